import RouteLanguage

/// `waybill check`: the routes, before any message meets them.
enum CheckCommand {
    static let command = Command(
        "check", .write, "Check the routes and say what is wrong, with the edit to write.",
        details: """
            Reads every *.route file of the folder and the lock files beside them; needs no network. Exits with 0 where
            nothing is wrong, with 1 where a route would not run.
            """,
        flags: [
            .routes,
            Flag("--fix", "Apply the edits that are certain, then check again."),
            Flag("--deny-warnings", "Treat advice as errors."),
            Flag("--live", "Compare the lock files with the databases, too. Needs the secrets of the connections."),
        ],
        examples: ["waybill check", "waybill check --routes Routes --json", "waybill check --fix"]
    ) { arguments, terminal throws(CommandFailure) in
        let folder = RouteFolder(path: try arguments.required("--routes"))
        if arguments.has("--fix") { try fix(folder, terminal) }
        let checked = try check(folder, arguments, terminal)
        show(checked, arguments, terminal)
        let hasWarnings = !checked.diagnostics.isEmpty && arguments.has("--deny-warnings")
        return checked.diagnostics.hasErrors || hasWarnings ? .failed : .ok
    }

    struct Checked {
        let sources: SourceSet
        let plan: Plan?
        let diagnostics: [Diagnostic]
    }

    static func check(
        _ folder: RouteFolder, _ arguments: Arguments, _ terminal: Terminal
    ) throws(CommandFailure) -> Checked {
        let sources = try folder.read()
        let compilation = Compiler.compile(sources, connectors: Connectors.descriptors)
        var diagnostics = compilation.diagnostics
        if arguments.has("--live") {
            guard let plan = compilation.plan else {
                return Checked(sources: sources, plan: nil, diagnostics: diagnostics)
            }
            diagnostics += try LiveSchema.compare(plan, sources, folder: folder, arguments, terminal)
        }
        return Checked(sources: sources, plan: compilation.plan, diagnostics: diagnostics)
    }

    /// Edits may uncover others: a few rounds, until none is certain any more.
    private static func fix(_ folder: RouteFolder, _ terminal: Terminal) throws(CommandFailure) {
        var edits: [String: Int] = [:]
        for _ in 0..<10 {
            let sources = try folder.read()
            let diagnostics = Compiler.compile(sources, connectors: Connectors.descriptors).diagnostics
            let (files, applied) = EditApplication.fix(sources.files, diagnostics)
            guard applied > 0 else { break }
            for (before, after) in zip(sources.files, files) where before.text != after.text {
                try folder.write(after.path, after.text)
                edits[after.path, default: 0] += 1
            }
        }
        for path in edits.keys.sorted() { terminal.say("fixed \(path)") }
        if edits.isEmpty { terminal.say("no edit is certain: nothing was changed") }
    }

    /// Diagnostics are the data of this command.
    private static func show(_ checked: Checked, _ arguments: Arguments, _ terminal: Terminal) {
        if arguments.isJSON {
            terminal.print(DiagnosticJSON(files: checked.sources.files).render(checked.diagnostics))
            return
        }
        let renderer = DiagnosticRenderer(files: checked.sources.files, isColoured: terminal.isOutputColoured)
        terminal.print(renderer.render(checked.diagnostics))
        guard let plan = checked.plan, !checked.diagnostics.hasErrors else { return }
        terminal.say("\(counted(plan.routes.count, "route")) and \(counted(plan.tariffs.count, "tariff")) check")
    }

    private static func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }
}
