import Connecting
import Message

/// Walks the declarations of all files and resolves those that need no route.
struct DeclarationCollector {
    let sources: SourceSet
    let connectors: [ConnectorDescriptor]
    let reports: Reports
    let declarations = Declarations()

    /// Records first, then what refers to names, whatever the order of files.
    func collect(_ trees: [FileSyntax]) -> Declarations {
        let all = trees.flatMap(\.declarations)
        let locks = readLocks()
        reportDoubles(all)
        for declaration in all {
            switch declaration {
            case .use(let use): check(use)
            case .env(let variable): add(variable, isSecret: false)
            case .secret(let variable): add(variable, isSecret: true)
            case .route(let route): declarations.routes.append(route)
            case .tariff(let tariff): declarations.tariffs.append(tariff)
            case .template(let template): reports.notYet("template", at: template.name.span)
            case .test(let test): reports.notYet("test", at: test.title.span)
            case .connect, .queue, .policy, .record: continue
            }
        }
        collectRecords(all)
        for declaration in all {
            switch declaration {
            case .connect(let connect): add(connect, locks)
            case .queue(let queue): add(queue)
            case .policy(let policy): add(policy)
            case .use, .env, .secret, .route, .tariff, .template, .test, .record: continue
            }
        }
        return declarations
    }

    private func readLocks() -> [String: LockFile] {
        var locks: [String: LockFile] = [:]
        for (position, file) in sources.locks.enumerated() {
            let (lock, diagnostics) = LockFile.parse(file, index: sources.routes.count + position)
            reports.add(contentsOf: diagnostics)
            locks[file.path] = lock
        }
        return locks
    }

    /// One namespace a kind: a route may be called as its queue is.
    private func reportDoubles(_ all: [DeclarationSyntax]) {
        var seen: [String: Span] = [:]
        for declaration in all {
            guard let (kind, name) = Self.identity(of: declaration) else { continue }
            guard let first = seen.updateValue(name.span, forKey: "\(kind) \(name.text)") else { continue }
            seen["\(kind) \(name.text)"] = first
            reports.add(
                Diagnostic(
                    .declaredTwice, "\(kind) `\(name.text)` is declared twice", at: name.span,
                    origins: [Diagnostic.Origin("first declared here", at: first)],
                    edits: [.replace(name.span, with: "\(name.text)_2")]))
        }
    }

    private static func identity(of declaration: DeclarationSyntax) -> (String, NameSyntax)? {
        switch declaration {
        case .env(let env): ("env", env.name)
        case .secret(let secret): ("secret", secret.name)
        case .connect(let connect): ("connection", connect.name)
        case .queue(let queue): ("queue", queue.name)
        case .policy(let policy): ("policy", policy.name)
        case .record(let record): ("record", record.name)
        case .template(let template): ("template", template.name)
        case .route(let route): ("route", route.name)
        case .tariff(let tariff): ("tariff", tariff.name)
        case .use, .test: nil
        }
    }

    private func check(_ use: UseSyntax) {
        guard let path = use.path.constant else {
            reports.add(Diagnostic(.wrongSettingValue, "`use` names a file as it stands", at: use.path.span))
            return
        }
        let known = sources.routes.map(\.path)
        if known.contains(path) { return }
        let name = NameSyntax(text: path, span: use.path.span)
        let nearest = NearestWord.find(path, among: known)
        reports.add(
            Diagnostic(
                .unknownName, "there is no file `\(path)` in this folder", at: name.span,
                origins: [
                    Diagnostic.Origin(
                        "files: \(known.prefix(12).joined(separator: " "))\(known.count > 12 ? " ..." : "")")
                ],
                edits: nearest.map {
                    [
                        .replace(
                            name.span, with: "\"\($0)\"", isCertain: NearestWord.isCertain(path, $0, among: known))
                    ]
                } ?? []))
    }

    private func add(_ variable: VariableSyntax, isSecret: Bool) {
        var text: String?
        if let value = variable.defaultValue {
            if isSecret {
                reports.add(
                    Diagnostic(
                        .secretInText, "a secret does not stand in a route file", at: value.span,
                        edits: [.replace(variable.name.span.after.through(value.span), with: "")]))
            } else {
                text = constantText(value)
            }
        }
        let entry = Declarations.Variable(name: variable.name, defaultText: text)
        if isSecret {
            if declarations.secrets[variable.name.text] == nil { declarations.secrets[variable.name.text] = entry }
        } else if declarations.environment[variable.name.text] == nil {
            declarations.environment[variable.name.text] = entry
        }
    }

    private func constantText(_ value: ExpressionSyntax) -> String? {
        switch value.unparenthesized.kind {
        case .text(let text): if let constant = text.constant { return constant }
        case .number(let number): return number.text
        case .measure: return reports.text(value.span)
        case .boolean(let boolean): return boolean ? "true" : "false"
        case .unreadable: return nil
        default: break
        }
        reports.add(Diagnostic(.wrongSettingValue, "a default is a text or a number, as it stands", at: value.span))
        return nil
    }

    // MARK: Records

    private func collectRecords(_ all: [DeclarationSyntax]) {
        var syntaxes: [String: RecordSyntax] = [:]
        for case .record(let record) in all where syntaxes[record.name.text] == nil {
            syntaxes[record.name.text] = record
        }
        var resolver = RecordResolver(syntaxes: syntaxes, reports: reports)
        for name in syntaxes.keys.sorted() { _ = resolver.resolve(name) }
        declarations.records = resolver.resolved
    }

    // MARK: Queues and policies

    private func add(_ queue: QueueSyntax) {
        var keep: Int64?
        var key: ExpressionSyntax?
        var isAtMostOnce = false
        var holds = Declarations.Holding.nothing
        for setting in queue.settings {
            switch setting.name.text {
            case "keep":
                if case .measure(let measure) = setting.value.kind, let value = measure.milliseconds, value > 0 {
                    keep = value
                } else {
                    refuse(setting.value, "`keep` needs a time, as 7d", edit: "7d")
                }
            case "key": key = setting.value
            case "holds": holds = holding(setting.value)
            case "deliver":
                if case .name(let word) = setting.value.kind,
                    word.text == "at_most_once" || word.text == "at_least_once"
                {
                    isAtMostOnce = word.text == "at_most_once"
                } else {
                    refuse(setting.value, "`deliver` is `at_least_once` or `at_most_once`", edit: "at_least_once")
                }
            default:
                reports.unknown(
                    .unknownClause, "a queue has no setting `\(setting.name.text)`", setting.name,
                    known: ["keep", "key", "deliver", "holds"], called: "settings")
            }
        }
        guard declarations.queues[queue.name.text] == nil else { return }
        let plan = QueuePlan(name: queue.name.text, keepMilliseconds: keep, isAtMostOnce: isAtMostOnce)
        declarations.queues[queue.name.text] = Declarations.Queue(
            syntax: queue, plan: plan, key: key, holds: holds)
    }

    /// `holds Parcel`: the record that the bodies of its jobs are.
    private func holding(_ value: ExpressionSyntax) -> Declarations.Holding {
        if case .unreadable = value.kind { return .unreadable }
        guard case .name(let name) = value.kind else {
            reports.add(
                Diagnostic(
                    .wrongSettingValue, "`holds` names a record, as `holds Parcel`", at: value.span,
                    notes: ["a record is declared as `record Parcel { id int, note text? }`"]))
            return .unreadable
        }
        if let record = declarations.records[name.text] { return .record(record) }
        reports.unknown(
            .unknownName, "there is no record `\(name.text)`", name, known: declarations.records.keys.sorted(),
            called: "records")
        return .unreadable
    }

    private func refuse(_ value: ExpressionSyntax, _ message: String, edit: String) {
        if case .unreadable = value.kind { return }
        reports.add(
            Diagnostic(.wrongSettingValue, message, at: value.span, edits: [.replace(value.span, with: edit)]))
    }

    private func add(_ policy: PolicySyntax) {
        let plan = PolicyChecker(reports: reports).policy(policy.clauses, of: "policy `\(policy.name.text)`")
        guard declarations.policies[policy.name.text] == nil else { return }
        declarations.policies[policy.name.text] = Declarations.Policy(plan: plan, span: policy.name.span)
    }

    private func add(_ connect: ConnectSyntax, _ locks: [String: LockFile]) {
        if connect.name.text == "queue" {
            reports.add(
                Diagnostic(
                    .unexpectedWord, "a connection cannot be called `queue`", at: connect.name.span,
                    label: "`from queue NAME` reads the jobs of a queue",
                    edits: [.replace(connect.name.span, with: "queue_db")]))
        }
        guard declarations.connections[connect.name.text] == nil else { return }
        let checker = ConnectionChecker(
            declarations: declarations, connectors: connectors, locks: locks, lockPaths: sources.locks.map(\.path),
            reports: reports)
        declarations.connections[connect.name.text] = checker.connection(
            connect, index: declarations.connections.count)
    }
}
