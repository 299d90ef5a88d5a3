/// An expression as written.
package struct ExpressionSyntax: Sendable {
    package indirect enum Kind: Sendable {
        case text(TextSyntax)
        case number(NumberSyntax)
        /// `5s`, `64KB`.
        case measure(MeasureSyntax)
        /// `500ms..2m`.
        case measureRange(MeasureSyntax, MeasureSyntax)
        /// `4xx`: the first digit of a status.
        case statusClass(Int)
        /// `2026-01-01`.
        case date(DateSyntax)
        case boolean(Bool)
        /// `.`: all of the current message.
        case message
        /// `.x`, `."x y"`: a field of the current message.
        case field(NameSyntax)
        /// `@id`: the name without `@`.
        case metadata(NameSyntax)
        /// A bare word: a name, a function's name, a word of a clause (`json`, `full`, `now`).
        case name(NameSyntax)
        case call(NameSyntax, [ExpressionSyntax])
        /// `a.b`, and `a?.b` where `isOptional`.
        case member(ExpressionSyntax, NameSyntax, isOptional: Bool)
        /// `a.round(2)`.
        case method(ExpressionSyntax, NameSyntax, [ExpressionSyntax], isOptional: Bool)
        case index(ExpressionSyntax, ExpressionSyntax)
        /// `a!`.
        case required(ExpressionSyntax)
        /// Brackets, kept for the formatter. `unparenthesized` looks through them.
        case parenthesized(ExpressionSyntax)
        case list([ExpressionSyntax])
        /// `[for NAME in LIST if CONDITION: ELEMENT]`.
        case comprehension(
            NameSyntax, list: ExpressionSyntax, condition: ExpressionSyntax?, element: ExpressionSyntax)
        case object([ObjectFieldSyntax])
        /// `PartnerOrder { ... }`.
        case record(NameSyntax, [ObjectFieldSyntax])
        case conditional(ExpressionSyntax, then: ExpressionSyntax, otherwise: ExpressionSyntax)
        case unary(UnaryOperator, ExpressionSyntax)
        /// The span is the operator's.
        case binary(BinaryOperator, Span, ExpressionSyntax, ExpressionSyntax)
        /// `a is present`, `a is not present`.
        case isPresent(ExpressionSyntax, isNegated: Bool)
        /// `a is empty`, `a is not empty`.
        case isEmpty(ExpressionSyntax, isNegated: Bool)
        /// Could not be read; a diagnostic has been given. Say nothing more about it.
        case unreadable
    }

    package enum UnaryOperator: String, Sendable, Hashable {
        case not
        case negate = "-"
    }

    package enum BinaryOperator: String, Sendable, Hashable {
        case coalesce = "??"
        case or, and
        case equal = "=="
        case notEqual = "!="
        case less = "<"
        case lessOrEqual = "<="
        case greater = ">"
        case greaterOrEqual = ">="
        case isIn = "in"
        case like, matches
        case add = "+"
        case subtract = "-"
        case multiply = "*"
        case divide = "/"
        case remainder = "%"
    }

    package let kind: Kind
    package let span: Span
    /// Levels of nodes below and with this one, at most `Parser.depthLimit`: whoever walks the tree may recurse.
    package let height: Int

    package init(_ kind: Kind, span: Span) {
        self.kind = kind
        self.span = span
        height = 1 + kind.tallestChild
    }

    /// This expression without the brackets around it.
    package var unparenthesized: ExpressionSyntax {
        var inner = self
        while case .parenthesized(let content) = inner.kind { inner = content }
        return inner
    }
}

/// `name = value` of an object; the name may have been written as text.
package struct ObjectFieldSyntax: Sendable {
    package let name: NameSyntax
    package let value: ExpressionSyntax
    package let span: Span
}

/// `"a{expr}b"`, escapes resolved.
package struct TextSyntax: Sendable {
    package enum Part: Sendable {
        case literal(String, Span)
        case value(ExpressionSyntax)
    }
    package let parts: [Part]
    /// With the quotes.
    package let span: Span

    /// The text where nothing is interpolated.
    package var constant: String? {
        var text = ""
        for part in parts {
            guard case .literal(let literal, _) = part else { return nil }
            text += literal
        }
        return text
    }
}

/// A number with the exact digits that were written: `0.0500`, never rounded. Digits, maybe a point and digits.
package struct NumberSyntax: Sendable, Hashable {
    package let text: String
    package let span: Span

    /// Its value where it is whole and fits.
    package var integer: Int64? { Int64(text) }
    package var isWhole: Bool { !text.utf8.contains(UInt8(ascii: ".")) }
}

/// A number with its unit: `500ms`, `7d`, `64KB`.
package struct MeasureSyntax: Sendable, Hashable {
    package enum Unit: String, Sendable, Hashable, CaseIterable {
        case milliseconds = "ms"
        case seconds = "s"
        case minutes = "m"
        case hours = "h"
        case days = "d"
        case kilobytes = "KB"
        case megabytes = "MB"
        case gigabytes = "GB"
    }
    package let number: NumberSyntax
    package let unit: Unit
    package let span: Span

    /// Whole milliseconds; nil for bytes, fractions of a millisecond, and what does not fit.
    package var milliseconds: Int64? {
        switch unit {
        case .milliseconds: scaled(by: 1)
        case .seconds: scaled(by: 1_000)
        case .minutes: scaled(by: 60_000)
        case .hours: scaled(by: 3_600_000)
        case .days: scaled(by: 86_400_000)
        case .kilobytes, .megabytes, .gigabytes: nil
        }
    }

    /// Bytes, by powers of 1,024; nil for times, fractions of a byte, and what does not fit.
    package var bytes: Int64? {
        switch unit {
        case .kilobytes: scaled(by: 1 << 10)
        case .megabytes: scaled(by: 1 << 20)
        case .gigabytes: scaled(by: 1 << 30)
        case .milliseconds, .seconds, .minutes, .hours, .days: nil
        }
    }

    private func scaled(by factor: Int64) -> Int64? {
        var (value, divisor) = (Int64(0), Int64(1))
        var isFraction = false
        for byte in number.text.utf8 {
            if byte == UInt8(ascii: ".") {
                isFraction = true
                continue
            }
            let (product, productOverflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, sumOverflow) = product.addingReportingOverflow(Int64(byte) - 48)
            guard !productOverflow, !sumOverflow else { return nil }
            value = sum
            guard isFraction else { continue }
            let (next, overflow) = divisor.multipliedReportingOverflow(by: 10)
            guard !overflow else { return nil }
            divisor = next
        }
        let (total, overflow) = value.multipliedReportingOverflow(by: factor)
        guard !overflow, total % divisor == 0 else { return nil }
        return total / divisor
    }
}

/// `2026-01-01`: four, two and two digits; whether the day exists is the checker's question.
package struct DateSyntax: Sendable, Hashable {
    package let text: String
    package let span: Span
}

extension ExpressionSyntax.Kind {
    fileprivate var tallestChild: Int {
        switch self {
        case .number, .measure, .measureRange, .statusClass, .date, .boolean, .message, .field, .metadata, .name,
            .unreadable:
            0
        case .text(let text):
            text.parts.reduce(0) { tallest, part in
                guard case .value(let value) = part else { return tallest }
                return max(tallest, value.height)
            }
        case .call(_, let arguments): arguments.tallest
        case .member(let base, _, _): base.height
        case .method(let base, _, let arguments, _): max(base.height, arguments.tallest)
        case .index(let base, let index): max(base.height, index.height)
        case .required(let inner), .parenthesized(let inner), .unary(_, let inner), .isPresent(let inner, _),
            .isEmpty(let inner, _):
            inner.height
        case .list(let elements): elements.tallest
        case .comprehension(_, let list, let condition, let element):
            max(list.height, condition?.height ?? 0, element.height)
        case .object(let fields), .record(_, let fields): fields.reduce(0) { max($0, $1.value.height) }
        case .conditional(let condition, let then, let otherwise):
            max(condition.height, then.height, otherwise.height)
        case .binary(_, _, let left, let right): max(left.height, right.height)
        }
    }
}

extension [ExpressionSyntax] {
    fileprivate var tallest: Int { reduce(0) { Swift.max($0, $1.height) } }
}
