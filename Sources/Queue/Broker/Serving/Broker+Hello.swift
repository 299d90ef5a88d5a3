import Store

extension Broker {
    /// HELLO alone: Disque's list of nodes. `HELLO 2|3 [AUTH user password] [SETNAME name]`: Redis' handshake.
    func hello(_ arguments: Arguments, _ client: BrokerClient) {
        guard arguments.count > 1 else { return listNodes(client) }
        guard let version = arguments.integer(1) else {
            return client.replies.error("ERR Protocol version is not an integer or out of range")
        }
        guard version == 2 || version == 3 else {
            return client.replies.error("NOPROTO unsupported protocol version")
        }
        guard let wishes = handshake(arguments, client) else { return }
        if let login = wishes.login, !logIn(arguments[login], password: arguments[login + 1], client) { return }
        guard client.user != nil else {
            return client.replies.error(
                "NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO <proto> AUTH"
                    + " <user> <pass> option can be used to authenticate the client and select the RESP protocol"
                    + " version at the same time")
        }
        if let name = wishes.name { client.name = Array(arguments[name]) }
        client.replies.isRESP3 = version == 3
        introduce(client, version: version)
    }

    /// Places of words in a HELLO: of the user (the password follows it) and of the name.
    private struct Handshake {
        var login: Int?
        var name: Int?
    }

    /// nil: it was answered with an error.
    private func handshake(_ arguments: Arguments, _ client: BrokerClient) -> Handshake? {
        var wishes = Handshake()
        var index = 2
        while index < arguments.count {
            switch arguments.lowercased(index) {
            case "auth" where index + 2 < arguments.count:
                wishes.login = index + 1
                index += 3
            case "setname" where index + 1 < arguments.count:
                guard ClientName.isValid(arguments[index + 1]) else {
                    client.replies.error(ClientName.error)
                    return nil
                }
                wishes.name = index + 1
                index += 2
            default:
                client.replies.error("ERR Syntax error in HELLO option '\(arguments.text(index))'")
                return nil
            }
        }
        return wishes
    }

    private func listNodes(_ client: BrokerClient) {
        guard client.user != nil else { return client.replies.error("NOAUTH Authentication required.") }
        client.replies.array(3)
        client.replies.integer(1)
        client.replies.bulk(jobs.nodeID)
        client.replies.array(4)
        client.replies.bulk(jobs.nodeID)
        client.replies.bulk(client.localHost)
        client.replies.bulk(String(client.localPort))
        client.replies.bulk(jobs.isLeaving ? "100" : "1")
    }

    private func introduce(_ client: BrokerClient, version: Int64) {
        client.replies.map(7)
        client.replies.bulk("server")
        client.replies.bulk("waybill")
        client.replies.bulk("version")
        client.replies.bulk(settings.version)
        client.replies.bulk("proto")
        client.replies.integer(version)
        client.replies.bulk("id")
        client.replies.integer(Int64(clamping: client.id))
        client.replies.bulk("mode")
        client.replies.bulk("standalone")
        client.replies.bulk("role")
        client.replies.bulk("master")
        client.replies.bulk("modules")
        client.replies.array(0)
    }
}

/// What a connection may be called.
enum ClientName {
    static let error = "ERR Client names cannot contain spaces, newlines or special characters."
    private static let bytesMost = 1 << 10

    static func isValid(_ name: UnsafeRawBufferPointer) -> Bool {
        name.count <= bytesMost && name.allSatisfy { $0 > 0x20 && $0 < 0x7f }
    }
}
