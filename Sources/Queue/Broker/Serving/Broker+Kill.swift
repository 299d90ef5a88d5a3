extension Broker {
    /// CLIENT KILL address, or CLIENT KILL [ID n] [TYPE normal] [ADDR address] [USER name] [SKIPME yes|no].
    func killClients(_ arguments: Arguments, _ client: BrokerClient) {
        if arguments.count == 3 { return killOne(arguments.text(2), client) }
        guard let filter = killFilter(arguments, client) else { return }
        let chosen = clients.values.filter { filter.matches($0) && !(filter.skipsCaller && $0 === client) }
        for other in chosen { kill(other, for: client) }
        client.replies.integer(Int64(chosen.count))
    }

    private func killOne(_ address: String, _ client: BrokerClient) {
        guard let other = clients.values.first(where: { $0.address == address }) else {
            return client.replies.error("ERR No such client")
        }
        kill(other, for: client)
        client.replies.status("OK")
    }

    /// Who kills itself still gets the reply.
    private func kill(_ other: BrokerClient, for client: BrokerClient) {
        if other === client { client.closesAfterReplies = true } else { kill(other) }
    }

    private struct KillFilter {
        var id: Int64?
        var address: String?
        var user: String?
        var skipsCaller = true

        func matches(_ client: BrokerClient) -> Bool {
            (id.map { Int64(clamping: client.id) == $0 } ?? true) && (address.map { client.address == $0 } ?? true)
                && (user.map { client.user?.name == $0 } ?? true)
        }
    }

    /// nil: it was answered with an error.
    private func killFilter(_ arguments: Arguments, _ client: BrokerClient) -> KillFilter? {
        var filter = KillFilter()
        for index in stride(from: 2, to: arguments.count, by: 2) {
            if let error = read(arguments, at: index, into: &filter) {
                client.replies.error(error)
                return nil
            }
        }
        return filter
    }

    private func read(_ arguments: Arguments, at index: Int, into filter: inout KillFilter) -> String? {
        guard index + 1 < arguments.count else { return "ERR syntax error" }
        let value = arguments.text(index + 1)
        switch (arguments.lowercased(index), value.lowercased()) {
        case ("id", _):
            guard let id = arguments.integer(index + 1) else { return "ERR value is not an integer or out of range" }
            filter.id = id
        case ("type", "normal"): break
        case ("type", _): return "ERR Unknown client type '\(value)'"
        case ("addr", _): filter.address = value
        case ("user", _): filter.user = value
        case ("skipme", "yes"): filter.skipsCaller = true
        case ("skipme", "no"): filter.skipsCaller = false
        default: return "ERR syntax error"
        }
        return nil
    }
}
