import Message

/// A connection as CLIENT LIST prints it.
enum ClientLine {
    /// With its line end.
    static func text(_ client: BrokerClient, at time: Instant) -> String {
        let fields: [(String, String)] = [
            ("id", "\(client.id)"), ("addr", client.address), ("fd", "\(client.descriptor)"),
            ("name", String(decoding: client.name, as: UTF8.self)),
            ("age", seconds(time, since: client.connected)), ("idle", seconds(time, since: client.lastActive)),
            ("flags", flags(client)), ("qbuf", "\(client.inputBytes)"), ("qbuf-free", "0"),
            ("obl", "\(client.replies.count)"), ("oll", "0"), ("omem", "\(client.replies.count)"),
            ("events", client.replies.count == 0 ? "r" : "rw"),
            ("cmd", client.lastCommand.isEmpty ? "NULL" : client.lastCommand),
            ("user", client.user?.name ?? ""), ("resp", client.replies.isRESP3 ? "3" : "2"),
            ("lib-name", String(decoding: client.session.libraryName, as: UTF8.self)),
            ("lib-ver", String(decoding: client.session.libraryVersion, as: UTF8.self)),
        ]
        return fields.map { "\($0)=\($1)" }.joined(separator: " ") + "\n"
    }

    private static func seconds(_ time: Instant, since earlier: Instant) -> String {
        String(max(0, time.duration(since: earlier).count / 1_000_000))
    }

    private static func flags(_ client: BrokerClient) -> String {
        var flags = ""
        if client.isMonitor { flags += "O" }
        if client.isBlocked { flags += "b" }
        if client.closesAfterReplies { flags += "c" }
        if client.isKilled { flags += "A" }
        if client.isLocalSocket { flags += "U" }
        return flags.isEmpty ? "N" : flags
    }
}
