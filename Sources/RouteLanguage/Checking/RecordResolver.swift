/// Gives records their types, whatever order they are declared in; a record that holds itself is reported.
struct RecordResolver {
    let syntaxes: [String: RecordSyntax]
    let reports: Reports
    private(set) var resolved: [String: RecordType] = [:]
    private var open: [String] = []

    init(syntaxes: [String: RecordSyntax], reports: Reports) {
        self.syntaxes = syntaxes
        self.reports = reports
    }

    mutating func resolve(_ name: String) -> RecordType? {
        if let known = resolved[name] { return known }
        guard let syntax = syntaxes[name], !open.contains(name) else { return nil }
        open.append(name)
        defer { open.removeLast() }
        let record = RecordType(name: name, fields: fields(syntax.fields, of: name))
        resolved[name] = record
        return record
    }

    private mutating func fields(_ fields: [FieldDeclarationSyntax], of owner: String) -> [RecordType.Field] {
        var made: [RecordType.Field] = []
        var names: Set<String> = []
        for field in fields {
            guard names.insert(field.name.text).inserted else {
                reports.add(
                    Diagnostic(.declaredTwice, "field `\(field.name.text)` is declared twice", at: field.name.span))
                continue
            }
            let type = self.type(field.type)
            let origin = "\(owner).\(field.name.text) is `\(reports.text(field.type.span))`"
            made.append(RecordType.Field(name: field.name.text, type: type, span: field.span, origin: origin))
        }
        return made
    }

    mutating func type(_ syntax: TypeSyntax) -> Type {
        let base: Type
        switch syntax.kind {
        case .named(let name, let arguments): base = named(name, arguments)
        case .oneOf(let texts): base = .oneOf(texts.compactMap(\.constant))
        case .list(let element): base = .list(type(element))
        case .fields(let fields): base = .record(RecordType(name: nil, fields: self.fields(fields, of: "record")))
        case .unreadable: base = .unknown
        }
        return base.optional(if: syntax.isOptional)
    }

    private mutating func named(_ name: NameSyntax, _ arguments: [NumberSyntax]) -> Type {
        if name.text == "decimal" { return decimal(name, arguments) }
        if arguments.isEmpty, let simple = Type.simple(name.text) { return simple }
        if open.count >= Parser.depthLimit {
            reports.add(Diagnostic(.nestedTooDeep, "records nest too deep here", at: name.span))
            return .unknown
        }
        if open.contains(name.text) {
            reports.add(
                Diagnostic(.typesDoNotMeet, "record `\(name.text)` holds itself, it would never end", at: name.span))
            return .unknown
        }
        if let record = resolve(name.text) { return .record(record) }
        reports.unknown(
            .unknownName, "there is no type `\(name.text)`", name, known: Type.simpleWords + syntaxes.keys.sorted(),
            called: "types")
        return .unknown
    }

    private func decimal(_ name: NameSyntax, _ arguments: [NumberSyntax]) -> Type {
        let numbers = arguments.compactMap(\.integer)
        guard arguments.count == 2, numbers.count == 2, (1...38).contains(numbers[0]),
            (0...numbers[0]).contains(numbers[1])
        else {
            let whole = arguments.reduce(name.span) { $0.through($1.span) }
            reports.add(
                Diagnostic(
                    .typesDoNotMeet, "a decimal is written `decimal(12,2)`: up to 38 digits, so many behind the point",
                    at: whole, edits: arguments.isEmpty ? [.replace(name.span, with: "decimal(12,2)")] : []))
            return .unknown
        }
        return .decimal(precision: Int(numbers[0]), scale: Int(numbers[1]))
    }
}
