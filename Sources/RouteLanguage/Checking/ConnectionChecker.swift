import Connecting

/// `connect acme = http { ... }` against what the connector says it takes.
struct ConnectionChecker {
    let declarations: Declarations
    let connectors: [ConnectorDescriptor]
    let locks: [String: LockFile]
    let lockPaths: [String]
    let reports: Reports

    func connection(_ connect: ConnectSyntax, index: Int) -> Declarations.Connection {
        guard let descriptor = connectors.first(where: { $0.name == connect.connector.text }) else {
            reports.unknown(
                .unknownName, "no connector named `\(connect.connector.text)`", connect.connector,
                known: connectors.map(\.name), called: "connectors")
            return Declarations.Connection(
                syntax: connect, descriptor: nil, plan: plan(connect, []), index: index, lock: nil,
                timeoutMilliseconds: nil)
        }
        var settings: [(name: String, value: ConnectionPlan.SettingValue)] = []
        var timeout: Int64?
        for setting in connect.settings {
            guard let clause = descriptor.settings.first(where: { $0.name == setting.name.text }) else {
                reports.unknown(
                    .unknownClause,
                    "\(Article.of(descriptor.name)) \(descriptor.name) connection has no setting `\(setting.name.text)`",
                    setting.name, known: descriptor.settings.map(\.name), called: "settings")
                continue
            }
            guard !settings.contains(where: { $0.name == clause.name }) else {
                reports.add(Diagnostic(.clauseTwice, "`\(clause.name)` stands here twice", at: setting.name.span))
                continue
            }
            if let other = other(of: clause, before: setting, in: connect, descriptor) {
                reports.add(
                    Diagnostic(
                        .clauseTwice, "`\(other.name.text)` and `\(clause.name)` exclude each other",
                        at: setting.name.span, origins: [Diagnostic.Origin("the first", at: other.name.span)]))
                continue
            }
            guard let value = value(of: setting, clause) else { continue }
            settings.append((clause.name, value))
            if clause.name == "timeout", case .constant(.duration(let milliseconds)) = value { timeout = milliseconds }
        }
        reportMissing(connect, descriptor)
        return Declarations.Connection(
            syntax: connect, descriptor: descriptor, plan: plan(connect, settings), index: index,
            lock: descriptor.source.isEmpty ? nil : lock(of: connect), timeoutMilliseconds: timeout)
    }

    private func plan(
        _ connect: ConnectSyntax, _ settings: [(name: String, value: ConnectionPlan.SettingValue)]
    ) -> ConnectionPlan {
        ConnectionPlan(name: connect.name.text, connector: connect.connector.text, settings: settings)
    }

    /// A setting of the same group that stands before this one.
    private func other(
        of clause: Clause, before setting: ClauseSyntax, in connect: ConnectSyntax, _ descriptor: ConnectorDescriptor
    ) -> ClauseSyntax? {
        guard let group = clause.group else { return nil }
        let members = descriptor.settings.filter { $0.group == group && $0.name != clause.name }.map(\.name)
        return connect.settings.first {
            members.contains($0.name.text) && $0.name.span.start < setting.name.span.start
        }
    }

    private func reportMissing(_ connect: ConnectSyntax, _ descriptor: ConnectorDescriptor) {
        let written = Set(connect.settings.map(\.name.text))
        var groups: Set<String> = []
        for clause in descriptor.settings {
            if let group = clause.group {
                let members = descriptor.settings.filter { $0.group == group }.map(\.name)
                guard groups.insert(group).inserted, members.allSatisfy({ !written.contains($0) }) else { continue }
                reportMissing(clause, connect, "one of \(members.map { "`\($0)`" }.joined(separator: " "))")
            } else if clause.isRequired, !written.contains(clause.name) {
                reportMissing(clause, connect, "`\(clause.name)`")
            }
        }
    }

    private func reportMissing(_ clause: Clause, _ connect: ConnectSyntax, _ what: String) {
        let close = Span(
            file: connect.span.file, start: max(connect.span.start, connect.span.end - 1), end: connect.span.end)
        let comma = connect.settings.isEmpty ? " " : ", "
        let text = "\(clause.name) \(Self.example(of: clause))"
        let edit: Diagnostic.Edit =
            connect.settings.last.map { .replace($0.span.after, with: comma + text, shown: text) }
            ?? .insert(" \(text) ", before: close, shown: text)
        reports.add(
            Diagnostic(
                .missingClause, "connection `\(connect.name.text)` needs \(what)", at: connect.name.span,
                notes: [clause.summary], edits: [edit]))
    }

    private static func example(of clause: Clause) -> String {
        if let text = clause.defaultText { return text }
        return switch clause.kind {
        case .secret: "secret.NAME"
        case .word(let words): words.first ?? ""
        case .integer(let range): String(range.lowerBound)
        case .duration: "10s"
        case .byteCount: "64KB"
        case .boolean: "true"
        case .constantTextList: "[\"\"]"
        default: "\"...\""
        }
    }

    // MARK: Values

    private func value(of setting: ClauseSyntax, _ clause: Clause) -> ConnectionPlan.SettingValue? {
        let value = setting.value.unparenthesized
        if case .unreadable = value.kind { return nil }
        if case .secret = clause.kind { return secret(value, setting) }
        if let name = Self.member(value, of: "secret") {
            reports.add(
                Diagnostic(
                    .secretInText, "`\(clause.name)` is no place for a secret", at: value.span,
                    label: "settings like this one are shown",
                    notes: ["`secret.\(name.text)` stands only where a secret is asked for"]))
            return nil
        }
        if let name = Self.member(value, of: "env") { return environment(name) }
        if let secretSpan = Self.interpolatedSecret(value) {
            reports.add(Diagnostic(.secretInText, "a secret cannot go into text", at: secretSpan))
            return nil
        }
        return plain(value, setting, clause)
    }

    private func plain(
        _ value: ExpressionSyntax, _ setting: ClauseSyntax, _ clause: Clause
    ) -> ConnectionPlan.SettingValue? {
        switch (clause.kind, value.kind) {
        case (.constantText, .text(let text)):
            if let constant = text.constant { return .constant(.text(constant)) }
            return wrong(setting, "`\(clause.name)` is known before the first message: no value stands inside it")
        case (.constantText, .name(let word)):
            return wrong(setting, "`\(clause.name)` needs a text", "\"\(word.text)\"")
        case (.constantTextList, .list(let elements)): return list(elements, setting)
        case (.constantTextList, .text):
            return wrong(setting, "`\(clause.name)` needs a list", "[\(reports.text(value.span))]")
        case (.word(let words), .name(let word)):
            if words.contains(word.text) { return .constant(.word(word.text)) }
            reports.unknown(
                .wrongSettingValue, "`\(clause.name)` is never `\(word.text)`", word, known: words, called: "words")
            return nil
        case (.integer(let range), .number(let number)):
            if let integer = number.integer, range.contains(integer) { return .constant(.integer(integer)) }
            return wrong(setting, "`\(clause.name)` is a whole number from \(range.lowerBound) to \(range.upperBound)")
        case (.duration, .measure(let measure)):
            if let milliseconds = measure.milliseconds { return .constant(.duration(milliseconds: milliseconds)) }
            return wrong(setting, "`\(clause.name)` needs a time, as 10s")
        case (.byteCount, .measure(let measure)):
            if let bytes = measure.bytes { return .constant(.byteCount(bytes)) }
            return wrong(setting, "`\(clause.name)` needs a size, as 64KB")
        case (.boolean, .boolean(let boolean)): return .constant(.boolean(boolean))
        default: return wrong(setting, "`\(clause.name)` needs \(clause.kind.inWords)")
        }
    }

    private func list(_ elements: [ExpressionSyntax], _ setting: ClauseSyntax) -> ConnectionPlan.SettingValue? {
        var values: [ConnectionPlan.SettingValue] = []
        var texts: [String] = []
        for element in elements {
            if case .text(let text) = element.kind, let constant = text.constant {
                values.append(.constant(.text(constant)))
                texts.append(constant)
            } else if let name = Self.member(element, of: "env"), let value = environment(name) {
                values.append(value)
            } else {
                return wrong(setting, "`\(setting.name.text)` is a list of texts")
            }
        }
        return texts.count == values.count ? .constant(.textList(texts)) : .list(values)
    }

    private func environment(_ name: NameSyntax) -> ConnectionPlan.SettingValue? {
        if declarations.environment[name.text] != nil { return .environment(name.text) }
        reports.unknown(
            .unknownName, "no environment variable named `\(name.text)`", name,
            known: declarations.environment.keys.sorted(), called: "declared")
        return nil
    }

    private func secret(_ value: ExpressionSyntax, _ setting: ClauseSyntax) -> ConnectionPlan.SettingValue? {
        if let name = Self.member(value, of: "secret") {
            if declarations.secrets[name.text] != nil { return .secret(name.text) }
            reports.unknown(
                .unknownName, "no secret named `\(name.text)`", name, known: declarations.secrets.keys.sorted(),
                called: "declared")
            return nil
        }
        if let span = Self.interpolatedSecret(value) {
            let name = reports.text(span)
            reports.add(
                Diagnostic(
                    .secretInText, "a secret cannot go into text", at: value.span,
                    origins: [Diagnostic.Origin("`\(setting.name.text)` takes the secret itself")],
                    edits: [
                        .replace(value.span, with: name, isCertain: true, shown: "\(setting.name.text) \(name)")
                    ]))
            return nil
        }
        let known = declarations.secrets.keys.sorted()
        reports.add(
            Diagnostic(
                .secretExpected, "`\(setting.name.text)` takes only a secret", at: value.span,
                label: "what stands in a route file is no secret",
                edits: known.first.map { [.replace(value.span, with: "secret.\($0)")] } ?? []))
        return nil
    }

    private func wrong(_ setting: ClauseSyntax, _ message: String, _ edit: String? = nil) -> ConnectionPlan
        .SettingValue?
    {
        reports.add(
            Diagnostic(
                .wrongSettingValue, message, at: setting.value.span,
                edits: edit.map { [.replace(setting.value.span, with: $0)] } ?? []))
        return nil
    }

    /// The name in `env.NAME` or `secret.NAME`.
    static func member(_ value: ExpressionSyntax, of namespace: String) -> NameSyntax? {
        guard case .member(let base, let name, _) = value.kind, case .name(let word) = base.kind, word.text == namespace
        else { return nil }
        return name
    }

    /// Where a text has a secret inside.
    static func interpolatedSecret(_ value: ExpressionSyntax) -> Span? {
        guard case .text(let text) = value.kind else { return nil }
        for case .value(let inner) in text.parts where member(inner, of: "secret") != nil { return inner.span }
        return nil
    }

    // MARK: Schema

    private func lock(of connect: ConnectSyntax) -> LockFile? {
        guard let setting = connect.settings.first(where: { $0.name.text == "schema" }),
            case .text(let text) = setting.value.kind, let path = text.constant
        else { return nil }
        if let lock = locks[path] { return lock }
        let nearest = NearestWord.find(path, among: lockPaths)
        reports.add(
            Diagnostic(
                .lockUnreadable, "there is no lock file `\(path)`", at: setting.value.span,
                notes: ["`waybill schema pull \(connect.name.text)` writes it"],
                edits: nearest.map { [.replace(setting.value.span, with: "\"\($0)\"")] } ?? []))
        return nil
    }
}

extension Clause.Kind {
    /// What a clause wants, for sentences.
    var inWords: String {
        switch self {
        case .constantText: "a text"
        case .constantTextList: "a list of texts"
        case .secret: "a secret"
        case .word(let words): "one of: \(words.joined(separator: " "))"
        case .integer(let range): "a whole number from \(range.lowerBound) to \(range.upperBound)"
        case .duration: "a time, as 10s"
        case .byteCount: "a size, as 64KB"
        case .boolean: "true or false"
        case .urlPath: "a URL path, as \"/orders\""
        case .filePath: "a file path, as \"{.id}.json\""
        case .headerText: "a text"
        case .headers: "headers, as { \"X-Name\" = \"text\" }"
        case .policy: "a policy"
        case .body: "a value"
        case .columns: "columns, as .id"
        case .startPosition: "first, now or an id"
        }
    }
}

/// `a` or `an`, for sentences with names of connectors.
enum Article {
    static func of(_ word: String) -> String {
        let spelledWithVowel = ["http", "https", "sftp", "ftp", "smtp", "s3", "amqp"]
        let isVowel = word.first.map { "aeio".contains($0) } ?? false
        return isVowel || spelledWithVowel.contains(word) ? "an" : "a"
    }
}
