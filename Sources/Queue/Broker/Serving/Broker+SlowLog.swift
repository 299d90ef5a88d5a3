import Message

extension Broker {
    private static let slowEntriesShown: Int64 = 10

    /// SLOWLOG GET [n] | LEN | RESET.
    func slowlog(_ arguments: Arguments, _ client: BrokerClient) {
        switch (arguments.lowercased(1), arguments.count) {
        case ("get", 2): showSlow(Self.slowEntriesShown, client)
        case ("get", 3):
            guard let count = arguments.integer(2) else {
                return client.replies.error("ERR value is not an integer or out of range")
            }
            showSlow(count < 0 ? Int64(serving.slowLog.count) : count, client)
        case ("len", 2): client.replies.integer(Int64(serving.slowLog.count))
        case ("reset", 2):
            serving.slowLog.removeAll()
            client.replies.status("OK")
        default: client.replies.error("ERR Unknown SLOWLOG subcommand or wrong # of args. Try GET, RESET, LEN.")
        }
    }

    private func showSlow(_ count: Int64, _ client: BrokerClient) {
        let entries = serving.slowLog.newest(Int(min(count, Int64(serving.slowLog.count))))
        client.replies.array(entries.count)
        for entry in entries {
            client.replies.array(4)
            client.replies.integer(entry.id)
            client.replies.integer(entry.time.microseconds / 1_000_000)
            client.replies.integer(entry.taken.count)
            client.replies.array(entry.words.count)
            for word in entry.words { client.replies.bulk(word) }
        }
    }
}
