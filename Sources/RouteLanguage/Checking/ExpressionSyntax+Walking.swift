extension ExpressionSyntax {
    /// The elements of a list, or the one expression there is.
    var elements: [ExpressionSyntax] {
        if case .list(let elements) = unparenthesized.kind { elements } else { [self] }
    }

    /// The first column of the row that stands in an expression, `.x` or `order.x`.
    func firstColumn(names: [String], where isWanted: (String) -> Bool) -> (name: String, span: Span)? {
        switch kind {
        case .field(let name) where isWanted(name.text): return (name.text, span)
        case .member(let base, let name, _):
            if case .name(let word) = base.kind, names.contains(word.text), isWanted(name.text) {
                return (name.text, span)
            }
        default: break
        }
        for child in children {
            if let found = child.firstColumn(names: names, where: isWanted) { return found }
        }
        return nil
    }

    /// Expressions directly below this one, in the order they were written.
    var children: [ExpressionSyntax] {
        switch kind {
        case .number, .measure, .measureRange, .statusClass, .date, .boolean, .message, .field, .metadata, .name,
            .unreadable:
            []
        case .text(let text):
            text.parts.compactMap(\.value)
        case .call(_, let arguments): arguments
        case .member(let base, _, _): [base]
        case .method(let base, _, let arguments, _): [base] + arguments
        case .index(let base, let index): [base, index]
        case .required(let inner), .parenthesized(let inner), .unary(_, let inner), .isPresent(let inner, _),
            .isEmpty(let inner, _):
            [inner]
        case .list(let elements): elements
        case .comprehension(_, let list, let condition, let element):
            [list] + (condition.map { [$0] } ?? []) + [element]
        case .object(let fields), .record(_, let fields): fields.map(\.value)
        case .conditional(let condition, let then, let otherwise): [condition, then, otherwise]
        case .binary(_, _, let left, let right): [left, right]
        }
    }
}

extension TextSyntax.Part {
    /// What stands in braces.
    var value: ExpressionSyntax? {
        switch self {
        case .literal: nil
        case .value(let expression): expression
        }
    }
}
