extension Layout {
    /// On the current line where it fits with `suffix` columns behind it, else with its lists and objects broken.
    mutating func write(_ expression: ExpressionSyntax, suffix: Int = 0) {
        let flat = inline(expression)
        if !mustBreak(expression), fits(flat, suffix: suffix) || !isBreakable(expression) { return write(flat) }
        switch expression.kind {
        case .list(let elements) where !elements.isEmpty:
            writeBroken(
                elements, open: "[", close: "]", span: expression.span, spanOf: \.span, separator: ","
            ) { $0.write($1, suffix: 1) }
        case .object(let fields) where !fields.isEmpty: writeObject(fields, "{", expression.span)
        case .record(let name, let fields) where !fields.isEmpty:
            let braces = Span(
                file: expression.span.file, start: bracePosition(name.span.end, expression.span.end),
                end: expression.span.end)
            writeObject(fields, name.text + " {", braces)
        case .call(let name, let arguments) where !arguments.isEmpty:
            write(name.text)
            writeArguments(arguments, Span(file: 0, start: name.span.end, end: expression.span.end))
        case .method(let base, let name, let arguments, let isOptional):
            write(base)
            write((isOptional ? "?." : ".") + name.text)
            if arguments.isEmpty { return write("()") }
            writeArguments(arguments, Span(file: 0, start: name.span.end, end: expression.span.end))
        case .parenthesized(let inner):
            write("(")
            write(inner, suffix: suffix + 1)
            write(")")
        case .required(let inner):
            write(inner, suffix: suffix + 1)
            write("!")
        case .binary(let sign, _, let left, let right):
            write(left)
            write(" \(sign.rawValue) ")
            write(right, suffix: suffix)
        case .unary(let sign, let operand):
            write(sign == .not ? "not " : "-")
            write(operand, suffix: suffix)
        case .comprehension(let name, let list, let condition, let element):
            write("[for \(name.text) in \(inline(list))")
            if let condition { write(" if \(inline(condition))") }
            write(": ")
            write(element, suffix: suffix + 1)
            write("]")
        default: write(flat)
        }
    }

    private func bracePosition(_ start: Int, _ end: Int) -> Int {
        start + (Array(lines.text(start..<end).utf8).firstIndex(of: UInt8(ascii: "{")) ?? 0)
    }

    private mutating func writeObject(_ fields: [ObjectFieldSyntax], _ open: String, _ span: Span) {
        writeBroken(fields, open: open, close: "}", span: span, spanOf: \.span) { layout, field in
            layout.write(layout.source(field.name.span) + " = ")
            layout.write(field.value)
        }
    }

    private mutating func writeArguments(_ arguments: [ExpressionSyntax], _ span: Span) {
        writeBroken(arguments, open: "(", close: ")", span: span, spanOf: \.span, separator: ",") {
            $0.write($1, suffix: 1)
        }
    }

    /// It holds a comment, or something in it was broken after its opening sign.
    func mustBreak(_ expression: ExpressionSyntax) -> Bool {
        let span = expression.span
        guard lines.line(at: span.start) != lines.line(at: max(span.start, span.end - 1)) else { return false }
        return isBreakable(expression) && (hasComment(in: span) || hasBrokenPart(expression))
    }

    private func hasBrokenPart(_ expression: ExpressionSyntax) -> Bool {
        switch expression.kind {
        case .list(let elements):
            isBroken(expression.span, first: elements.first?.span) || elements.contains(where: hasBrokenPart)
        case .object(let fields), .record(_, let fields):
            isBroken(expression.span, first: fields.first?.span) || fields.contains { hasBrokenPart($0.value) }
        case .call(_, let arguments): arguments.contains(where: hasBrokenPart)
        case .method(let base, _, let arguments, _): hasBrokenPart(base) || arguments.contains(where: hasBrokenPart)
        case .parenthesized(let inner), .required(let inner), .unary(_, let inner): hasBrokenPart(inner)
        case .binary(_, _, let left, let right): hasBrokenPart(left) || hasBrokenPart(right)
        case .comprehension(_, _, _, let element): hasBrokenPart(element)
        default: false
        }
    }

    /// Somewhere in it a line may end.
    private func isBreakable(_ expression: ExpressionSyntax) -> Bool {
        switch expression.kind {
        case .list(let elements): !elements.isEmpty
        case .object(let fields), .record(_, let fields): !fields.isEmpty
        case .call(_, let arguments): !arguments.isEmpty
        case .method(let base, _, let arguments, _): !arguments.isEmpty || isBreakable(base)
        case .parenthesized(let inner), .required(let inner), .unary(_, let inner): isBreakable(inner)
        case .binary(_, _, let left, let right): isBreakable(left) || isBreakable(right)
        case .comprehension(_, _, _, let element): isBreakable(element)
        default: false
        }
    }
}

// MARK: - On one line

extension Layout {
    func inline(_ expression: ExpressionSyntax) -> String {
        switch expression.kind {
        case .text(let text): inline(text)
        case .number, .measure, .statusClass, .date, .boolean, .name, .unreadable: source(expression.span)
        case .measureRange(let low, let high): "\(source(low.span))..\(source(high.span))"
        case .message: "."
        case .field(let name): "." + source(name.span)
        case .metadata(let name): "@" + name.text
        case .call(let name, let arguments): "\(name.text)(\(inline(arguments)))"
        case .member(let base, let name, let isOptional): inline(base) + (isOptional ? "?." : ".") + name.text
        case .method(let base, let name, let arguments, let isOptional):
            "\(inline(base))\(isOptional ? "?." : ".")\(name.text)(\(inline(arguments)))"
        case .index(let base, let index): "\(inline(base))[\(inline(index))]"
        case .required(let inner): inline(inner) + "!"
        case .parenthesized(let inner): "(\(inline(inner)))"
        case .list(let elements): "[\(inline(elements))]"
        case .comprehension(let name, let list, let condition, let element):
            "[for \(name.text) in \(inline(list))\(condition.map { " if " + inline($0) } ?? ""): \(inline(element))]"
        case .object(let fields): inline(fields)
        case .record(let name, let fields): "\(name.text) \(inline(fields))"
        case .conditional(let condition, let then, let otherwise):
            "if \(inline(condition)) then \(inline(then)) else \(inline(otherwise))"
        case .unary(let sign, let operand): (sign == .not ? "not " : "-") + inline(operand)
        case .binary(let sign, _, let left, let right): "\(inline(left)) \(sign.rawValue) \(inline(right))"
        case .isPresent(let inner, let isNegated): "\(inline(inner)) is \(isNegated ? "not " : "")present"
        case .isEmpty(let inner, let isNegated): "\(inline(inner)) is \(isNegated ? "not " : "")empty"
        }
    }

    func inline(_ elements: [ExpressionSyntax]) -> String { elements.map(inline).joined(separator: ", ") }

    private func inline(_ fields: [ObjectFieldSyntax]) -> String {
        guard !fields.isEmpty else { return "{}" }
        return "{ " + fields.map { "\(source($0.name.span)) = \(inline($0.value))" }.joined(separator: ", ") + " }"
    }

    /// Pieces keep the escapes that were written.
    func inline(_ text: TextSyntax) -> String {
        let parts = text.parts.map { part in
            switch part {
            case .literal(_, let span): source(span)
            case .value(let value): "{" + inline(value) + "}"
            }
        }
        return "\"" + parts.joined() + "\""
    }

    func inline(_ type: TypeSyntax) -> String {
        let text: String
        switch type.kind {
        case .named(let name, let arguments):
            text = name.text + (arguments.isEmpty ? "" : "(" + arguments.map(\.text).joined(separator: ",") + ")")
        case .oneOf(let texts): text = texts.map(inline).joined(separator: " | ")
        case .list(let element): text = "[\(inline(element))]"
        case .fields(let fields): text = inline(fields)
        case .unreadable: text = source(type.span)
        }
        return text + (type.isOptional ? "?" : "")
    }

    func inline(_ fields: [FieldDeclarationSyntax]) -> String {
        guard !fields.isEmpty else { return "{}" }
        return "{ " + fields.map { "\($0.name.text) \(inline($0.type))" }.joined(separator: ", ") + " }"
    }
}
