extension DeclarationSyntax {
    package var span: Span {
        switch self {
        case .use(let declaration): declaration.span
        case .env(let declaration), .secret(let declaration): declaration.span
        case .connect(let declaration): declaration.span
        case .queue(let declaration): declaration.span
        case .policy(let declaration): declaration.span
        case .record(let declaration): declaration.span
        case .template(let declaration): declaration.span
        case .route(let declaration): declaration.span
        case .tariff(let declaration): declaration.span
        case .test(let declaration): declaration.span
        }
    }
}

extension Layout {
    mutating func write(_ declaration: DeclarationSyntax) {
        switch declaration {
        case .use(let use): write("use " + inline(use.path))
        case .env(let variable): write("env", variable)
        case .secret(let variable): write("secret", variable)
        case .connect(let connect):
            write("connect \(connect.name.text) = \(connect.connector.text)")
            write(settings: connect.settings, span: braces(behind: connect.connector.span, connect.span))
        case .queue(let queue):
            write("queue \(queue.name.text)")
            let span = braces(behind: queue.name.span, queue.span)
            if !queue.settings.isEmpty || hasComment(in: span) { write(settings: queue.settings, span: span) }
        case .policy(let policy):
            write("policy \(policy.name.text) =")
            for clause in policy.clauses {
                write(" \(clause.name.text) ")
                write(clause.value)
            }
        case .record(let record): write(record)
        case .template(let template):
            write(template)
            write(template.block)
        case .route(let route):
            write("route \(route.name.text)")
            write(route.block)
        case .tariff(let tariff): write(tariff)
        case .test(let test):
            write("test \(inline(test.title)) of \(test.route.text)")
            write(test.block)
        }
    }

    /// From the first brace behind `name` to the end of the declaration.
    private func braces(behind name: Span, _ declaration: Span) -> Span {
        let gap = Array(lines.text(name.end..<declaration.end).utf8)
        let offset = gap.firstIndex(of: UInt8(ascii: "{")) ?? gap.count
        return Span(file: name.file, start: name.end + offset, end: declaration.end)
    }

    private mutating func write(_ word: String, _ variable: VariableSyntax) {
        write("\(word) \(variable.name.text)")
        if let type = variable.type { write(" " + inline(type)) }
        guard let value = variable.defaultValue else { return }
        write(" = ")
        write(value)
    }

    private mutating func write(_ record: RecordSyntax) {
        write("record \(record.name.text) ")
        let span = braces(behind: record.name.span, record.span)
        let flat = inline(record.fields)
        let isBroken = isBroken(span, first: record.fields.first?.span) || hasComment(in: span)
        if !isBroken, fits(flat) || record.fields.isEmpty { return write(flat) }
        writeBroken(record.fields, open: "{", close: "}", span: span, spanOf: \.span) { layout, field in
            layout.write("\(field.name.text) \(layout.inline(field.type))")
        }
    }

    private mutating func write(_ template: TemplateSyntax) {
        write("template \(template.name.text)")
        let flat = "(" + template.parameters.map(inline).joined(separator: ", ") + ")"
        let span = Span(file: 0, start: template.name.span.end, end: template.block.span.start)
        if !hasComment(in: span), fits(flat, suffix: 2) || template.parameters.isEmpty { return write(flat) }
        writeBroken(
            template.parameters, open: "(", close: ")", span: span, spanOf: \.span, separator: ","
        ) { $0.write($0.inline($1)) }
    }

    private func inline(_ parameter: ParameterSyntax) -> String {
        "\(parameter.name.text): \(inline(parameter.type))" + (parameter.defaultValue.map { " = " + inline($0) } ?? "")
    }
}
