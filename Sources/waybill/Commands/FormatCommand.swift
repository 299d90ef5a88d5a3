import RouteLanguage

/// `waybill fmt`: the one layout of route files.
enum FormatCommand {
    static let command = Command(
        "fmt", .write, "Lay out route files: two spaces, one step a line, comments kept.",
        details:
            "Rewrites the files and prints the names of those that changed. A file with mistakes is left as it is.",
        flags: [
            .routes,
            Flag("--check", "Change nothing; exit with 1 where a file would change."),
            Flag("--diff", "Change nothing; print what would change."),
        ],
        examples: ["waybill fmt", "waybill fmt --check --diff"]
    ) { arguments, terminal throws(CommandFailure) in
        let folder = RouteFolder(path: try arguments.required("--routes"))
        let sources = try folder.read()
        let isDry = arguments.has("--check") || arguments.has("--diff")
        var (changed, unreadable) = (0, 0)
        for (index, file) in sources.routes.enumerated() {
            switch Formatter.format(file, index: index) {
            case .unreadable(let diagnostics):
                unreadable += 1
                let renderer = DiagnosticRenderer(files: sources.files, isColoured: terminal.isErrorColoured)
                terminal.say(renderer.render(diagnostics))
            case .formatted(let text) where text != file.text:
                changed += 1
                if !isDry { try folder.write(file.path, text) }
                show(file, text, arguments, terminal)
            case .formatted: break
            }
        }
        if unreadable > 0 { return .failed }
        return changed > 0 && arguments.has("--check") ? .failed : .ok
    }

    private static func show(_ file: SourceSet.File, _ text: String, _ arguments: Arguments, _ terminal: Terminal) {
        if arguments.has("--diff") {
            terminal.print(TextDifference.text(file.path, before: file.text, after: text))
        } else {
            terminal.print(file.path + "\n")
        }
    }
}
