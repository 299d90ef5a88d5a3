import Message

/// An expression that was checked: how the engine evaluates it, its type, and what is known about it.
struct Checked {
    let expression: Expression
    let type: Type
    let span: Span
    /// Where the value lives, for what `is present` teaches.
    var path: Path?
    /// What is present where the condition holds, and where it does not.
    var whenTrue: Set<Path> = []
    var whenFalse: Set<Path> = []
    /// Where its type was declared.
    var origin: Diagnostic.Origin?
    /// A conversion that can fail: `int(i.quantity)`.
    var isConversion = false
    /// A division that is not rounded yet, as the two sides.
    var quotient: Quotient?

    struct Quotient {
        let dividend: Side
        let divisor: Side
        /// The divisor is written in the file and not zero.
        let cannotBeZero: Bool
    }

    /// One side of a division.
    struct Side {
        let expression: Expression
        let type: Type
    }

    init(_ expression: Expression, _ type: Type, at span: Span) {
        self.expression = expression
        self.type = type
        self.span = span
    }

    static func unknown(at span: Span) -> Checked { Checked(.constant(.missing), .unknown, at: span) }

    var constant: Value? { if case .constant(let value) = expression, !type.isUnknown { value } else { nil } }

    var constantText: String? { if case .text(let text)? = constant { text } else { nil } }
}

/// The place of a value that may be missing: a live value and the fields below it. Two names of one value share it.
struct Path: Hashable {
    let root: ValueID
    let fields: [String]
}

/// A value that lives in a route. `map`, `set` and `let` make new ones; `as` names one that is there.
struct ValueID: Hashable {
    let number: Int
}
