package import Message

extension Broker {
    /// Executes one command; its reply is appended to the client's.
    package func execute(_ arguments: Arguments, for client: BrokerClient, at time: Instant) {
        self.time = time
        if started == nil { started = time }
        guard arguments.count > 0 else { return }
        client.lastActive = time
        if client.session.replyMode == .on {
            perform(arguments, client)
        } else {
            performSilently(arguments, client)
        }
    }

    func perform(_ arguments: Arguments, _ client: BrokerClient) {
        let name = Keyword(arguments[0])
        if name == Self.quit {
            client.replies.status("OK")
            client.closesAfterReplies = true
            return
        }
        guard let index = CommandTable.index(of: name) else {
            let typed = String(decoding: arguments[0].prefix(128), as: UTF8.self)
            return client.replies.error("ERR unknown command '\(typed)'")
        }
        let command = CommandTable.all[index]
        guard mayRun(command, arguments, client) else { return }
        client.lastCommand = command.name
        run(command, place: index, arguments, client)
    }

    /// The checks before a command is executed, in the order in which clients know them; the first that fails is answered.
    private func mayRun(_ command: BrokerCommand, _ arguments: Arguments, _ client: BrokerClient) -> Bool {
        guard command.accepts(wordCount: arguments.count) else {
            client.replies.error("ERR wrong number of arguments for '\(command.name)' command")
            return false
        }
        guard client.access.isKnown || command.flags.contains(.open) else {
            client.replies.error("NOAUTH Authentication required.")
            return false
        }
        if let commandClass = command.commandClass, !may(client, commandClass) { return false }
        if command.flags.contains(.denyOOM), isDiskLow() {
            client.replies.error(
                "OOM the disk is nearly full (less than \(Self.freeBytesLeast >> 20) MB free): jobs are handed out and"
                    + " acknowledged, none is added until there is room again")
            return false
        }
        return true
    }

    /// Answers NOPERM where the client's user was not given this class of commands.
    func may(_ client: BrokerClient, _ commandClass: CommandClass) -> Bool {
        if client.access.allows(commandClass) { return true }
        client.replies.error(
            "NOPERM this user may not \(commandClass.rawValue): such commands are not among its rights")
        return false
    }

    private static let quit = Keyword("quit")
}
