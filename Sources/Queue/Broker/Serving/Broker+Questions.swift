import Message

extension Broker {
    func ping(_ arguments: Arguments, _ client: BrokerClient) {
        switch arguments.count {
        case 1: client.replies.status("PONG")
        case 2: client.replies.bulk(arguments[1])
        default: client.replies.error("ERR wrong number of arguments for 'ping' command")
        }
    }

    func time(_ arguments: Arguments, _ client: BrokerClient) {
        let (seconds, fraction) = time.microseconds.quotientAndRemainder(dividingBy: 1_000_000)
        client.replies.array(2)
        client.replies.bulk(String(seconds))
        client.replies.bulk(String(fraction))
    }

    /// COMMAND, COMMAND COUNT, COMMAND INFO name...
    func commandList(_ arguments: Arguments, _ client: BrokerClient) {
        guard arguments.count > 1 else {
            client.replies.array(CommandTable.all.count)
            for command in CommandTable.all { describe(command, client) }
            return
        }
        switch arguments.lowercased(1) {
        case "count" where arguments.count == 2: client.replies.integer(Int64(CommandTable.all.count))
        case "info":
            client.replies.array(arguments.count - 2)
            for index in 2..<arguments.count {
                if let place = CommandTable.index(of: arguments[index]) {
                    describe(CommandTable.all[place], client)
                } else {
                    client.replies.nullBulk()
                }
            }
        default: client.replies.error("ERR Unknown subcommand or wrong number of arguments.")
        }
    }

    /// Six elements, no keys: queues are none.
    private func describe(_ command: BrokerCommand, _ client: BrokerClient) {
        let flags = command.flags.names
        client.replies.array(6)
        client.replies.bulk(command.name)
        client.replies.integer(Int64(command.arity))
        client.replies.array(flags.count)
        for flag in flags { client.replies.status(flag) }
        for _ in 0..<3 { client.replies.integer(0) }
    }
}

extension BrokerCommand.Flags {
    fileprivate var names: [StaticString] {
        var names: [StaticString] = []
        if contains(.write) { names.append("write") }
        if contains(.readonly) { names.append("readonly") }
        if contains(.denyOOM) { names.append("denyoom") }
        if contains(.admin) { names.append("admin") }
        if contains(.loading) { names.append("loading") }
        return names
    }
}
