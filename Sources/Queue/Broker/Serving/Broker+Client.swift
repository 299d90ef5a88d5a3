import Message

extension Broker {
    static let clientSyntaxError =
        "ERR Syntax error, try CLIENT (LIST | KILL | GETNAME | SETNAME | SETINFO | ID | INFO | PAUSE | UNPAUSE | REPLY)"

    /// CLIENT: what a connection says of itself is open to everybody, what concerns others needs `administer`.
    func client(_ arguments: Arguments, _ client: BrokerClient) {
        switch (arguments.lowercased(1), arguments.count) {
        case ("id", 2): client.replies.integer(Int64(clamping: client.id))
        case ("info", 2): client.replies.bulk(ClientLine.text(client, at: time))
        case ("getname", 2): client.name.isEmpty ? client.replies.nullBulk() : client.replies.bulk(client.name)
        case ("setname", 3): setName(arguments[2], client)
        case ("setinfo", 4): setLibrary(arguments, client)
        case ("reply", 3): setReplyMode(arguments.lowercased(2), client)
        // Nothing is ever evicted here.
        case ("no-evict", 3), ("no-touch", 3): setSwitch(arguments.lowercased(2), client)
        case ("list", _), ("kill", 3...), ("pause", 3), ("pause", 4), ("unpause", 2):
            if may(client, .administer) { manageClients(arguments, client) }
        default: client.replies.error(Self.clientSyntaxError)
        }
    }

    private func manageClients(_ arguments: Arguments, _ client: BrokerClient) {
        switch arguments.lowercased(1) {
        case "list": listClients(arguments, client)
        case "kill": killClients(arguments, client)
        case "pause": pauseClients(arguments, client)
        default:
            releaseEverybody()
            client.replies.status("OK")
        }
    }

    private func setName(_ name: UnsafeRawBufferPointer, _ client: BrokerClient) {
        guard ClientName.isValid(name) else { return client.replies.error(ClientName.error) }
        client.name = Array(name)
        client.replies.status("OK")
    }

    private func setLibrary(_ arguments: Arguments, _ client: BrokerClient) {
        let field = arguments.lowercased(2)
        guard field == "lib-name" || field == "lib-ver" else {
            return client.replies.error("ERR Unrecognized option '\(arguments.text(2))'")
        }
        guard ClientName.isValid(arguments[3]) else {
            return client.replies.error("ERR \(field) cannot contain spaces, newlines or special characters.")
        }
        if field == "lib-name" {
            client.session.libraryName = Array(arguments[3])
        } else {
            client.session.libraryVersion = Array(arguments[3])
        }
        client.replies.status("OK")
    }

    private func setReplyMode(_ word: String, _ client: BrokerClient) {
        switch word {
        case "on":
            client.session.replyMode = .on
            client.replies.status("OK")
        case "off": client.session.replyMode = .off
        // OFF stays OFF.
        case "skip": if client.session.replyMode == .on { client.session.replyMode = .skipNext }
        default: client.replies.error(Self.clientSyntaxError)
        }
    }

    private func setSwitch(_ word: String, _ client: BrokerClient) {
        guard word == "on" || word == "off" else { return client.replies.error(Self.clientSyntaxError) }
        client.replies.status("OK")
    }

    private func listClients(_ arguments: Arguments, _ client: BrokerClient) {
        guard arguments.count == 2 || (arguments.count == 4 && arguments.lowercased(2) == "type") else {
            return client.replies.error(Self.clientSyntaxError)
        }
        if arguments.count == 4, arguments.lowercased(3) != "normal" {
            return client.replies.error("ERR Unknown client type '\(arguments.text(3))'")
        }
        var text = ""
        for client in clients.values.sorted(by: { $0.id < $1.id }) { text += ClientLine.text(client, at: time) }
        client.replies.bulk(text)
    }

    private static let pauseMillisecondsMost: Int64 = 3_600_000

    /// CLIENT PAUSE ms [WRITE | ALL].
    private func pauseClients(_ arguments: Arguments, _ client: BrokerClient) {
        // Nobody could end it: who would is held, too.
        guard let milliseconds = arguments.integer(2), milliseconds <= Self.pauseMillisecondsMost else {
            return client.replies.error(
                "ERR timeout is not an integer or out of range: at most \(Self.pauseMillisecondsMost)")
        }
        guard milliseconds >= 0 else { return client.replies.error("ERR timeout is negative") }
        if arguments.count == 4, !["write", "all"].contains(arguments.lowercased(3)) {
            return client.replies.error(Self.clientSyntaxError)
        }
        holdEverybody(until: time.advanced(by: Microseconds(milliseconds * 1_000)))
        client.replies.status("OK")
    }
}
