import Message

/// The slots that expressions read.
enum ReadSlots {
    static func of(_ expressions: [Expression]) -> Set<Int> {
        var slots: Set<Int> = []
        for expression in expressions { gather(expression, &slots) }
        return slots
    }

    private static func gather(_ expression: Expression, _ slots: inout Set<Int>) {
        if case .slot(let slot) = expression { slots.insert(slot) }
        for child in expression.children { gather(child, &slots) }
    }
}

extension Expression {
    /// Expressions directly below this one.
    var children: [Expression] {
        switch self {
        case .constant, .slot, .metadata: []
        case .field(let base, _), .unary(_, let base), .required(let base, _), .isPresent(let base), .isEmpty(let base),
            .matches(let base, _):
            [base]
        case .call(_, let arguments), .list(let arguments), .record(_, let arguments): arguments
        case .binary(_, let left, let right), .and(let left, let right), .or(let left, let right),
            .coalesce(let left, let right), .index(let left, let right):
            [left, right]
        case .conditional(let condition, let yes, let no): [condition, yes, no]
        case .comprehension(_, let list, let condition, let element): [list, element] + (condition.map { [$0] } ?? [])
        case .interpolation(let parts, _):
            parts.compactMap(\.value)
        }
    }
}

extension Expression.TextPart {
    /// What stands in braces.
    var value: Expression? {
        switch self {
        case .literal: nil
        case .value(let expression): expression
        }
    }

    var literal: String? {
        switch self {
        case .literal(let text): text
        case .value: nil
        }
    }
}

/// Whether two keys can never be the same text, told by how they begin and end.
enum KeyText {
    static func differ(_ left: Expression, _ right: Expression) -> Bool {
        if case .constant(.text(let a)) = left, case .constant(.text(let b)) = right { return a != b }
        let (a, b) = (prefix(left), prefix(right))
        return !a.hasPrefix(b) && !b.hasPrefix(a)
    }

    /// What a key begins with for every message.
    static func prefix(_ key: Expression) -> String {
        switch key {
        case .constant(.text(let text)): text
        case .interpolation(let parts, _): parts.first?.literal ?? ""
        default: ""
        }
    }
}
