/// Help as a person reads it: what it does, how it is written, what it takes, an example.
struct HelpText {
    let commands: [Command]

    func text(_ topic: ArgumentParser.HelpTopic) -> String {
        switch topic {
        case .overview: overview
        case .family(let members): family(members)
        case .command(let command): page(command)
        }
    }

    private var overview: String {
        var text = """
            Waybill reads rows from MySQL, drops duplicates, keeps the rest in a durable queue,
            delivers them over HTTP and as files, and bills customers per message.

            Usage: waybill COMMAND [FLAGS]


            """
        for group in Command.Group.allCases {
            let members = commands.filter { $0.group == group }
            guard !members.isEmpty else { continue }
            let rows = members.map { (Self.usage($0), $0.summary) }
            text += group.rawValue + "\n" + Self.rows(rows, width: overviewWidth) + "\n"
        }
        text += "everywhere\n" + Self.rows(Flag.global.map { (Self.usage($0), $0.help) }, width: overviewWidth)
        text +=
            "\n`waybill COMMAND --help` says more about one of them. A first look: `waybill check`, `waybill serve`.\n"
        return text
    }

    private var overviewWidth: Int {
        (commands.map { Self.usage($0) } + Flag.global.map { Self.usage($0) }).map(\.count).max() ?? 0
    }

    private func family(_ members: [Command]) -> String {
        let rows = members.map { (Self.usage($0), $0.summary) }
        return "Usage: waybill \(members.first?.path.first ?? "") COMMAND [FLAGS]\n\n" + Self.rows(rows)
    }

    private func page(_ command: Command) -> String {
        var text = "\(command.summary)\n\nUsage: waybill \(Self.usage(command))"
        text += command.flags.isEmpty ? "\n" : " [FLAGS]\n"
        if !command.details.isEmpty { text += "\n\(command.details)\n" }
        if !command.flags.isEmpty {
            text += "\nFlags\n" + Self.rows(command.flags.map { (Self.usage($0), Self.help($0)) })
        }
        text += "\nEverywhere\n" + Self.rows(Flag.global.map { (Self.usage($0), $0.help) })
        if !command.examples.isEmpty {
            text += "\nExamples\n" + command.examples.map { "  \($0)\n" }.joined()
        }
        return text
    }

    private static func usage(_ command: Command) -> String {
        command.operands.isEmpty ? command.name : "\(command.name) \(command.operands)"
    }

    private static func usage(_ flag: Flag) -> String {
        let names = flag.short.map { "\($0), \(flag.name)" } ?? flag.name
        return flag.value.map { "\(names) \($0)" } ?? names
    }

    private static func help(_ flag: Flag) -> String {
        var text = flag.help
        if flag.isRequired { text += " Required." }
        switch (flag.standard, flag.environment) {
        case (let standard?, let variable?): text += " [\(variable), else \(standard)]"
        case (let standard?, nil): text += " [\(standard)]"
        case (nil, let variable?): text += " [\(variable)]"
        case (nil, nil): break
        }
        return text
    }

    private static func rows(_ rows: [(String, String)], width: Int? = nil) -> String {
        let width = width ?? rows.map(\.0.count).max() ?? 0
        return rows.map { name, help in
            "  " + name + String(repeating: " ", count: max(0, width - name.count) + 2) + help + "\n"
        }.joined()
    }
}
