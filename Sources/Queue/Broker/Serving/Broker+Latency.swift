import Message

extension Broker {
    /// LATENCY LATEST | HISTORY event | RESET [event...].
    func latency(_ arguments: Arguments, _ client: BrokerClient) {
        switch (arguments.lowercased(1), arguments.count) {
        case ("latest", 2): showLatest(client)
        case ("history", 3): showHistory(arguments.text(2), client)
        case ("reset", _): resetLatency(arguments, client)
        case ("graph", 3) where serving.latency.events[arguments.text(2)] == nil:
            client.replies.error("ERR No samples available for event '\(arguments.text(2))'")
        case ("graph", 3), ("doctor", 2):
            client.replies.error(
                "ERR LATENCY \(arguments.text(1)) is not offered: read the samples with LATENCY LATEST and LATENCY"
                    + " HISTORY event")
        default: client.replies.error("ERR syntax error")
        }
    }

    private func showLatest(_ client: BrokerClient) {
        let events = serving.latency.events.sorted { $0.key < $1.key }
        client.replies.array(events.count)
        for (name, event) in events {
            client.replies.array(4)
            client.replies.bulk(name)
            client.replies.integer(event.samples.last?.time ?? 0)
            client.replies.integer(event.samples.last?.milliseconds ?? 0)
            client.replies.integer(event.worst)
        }
    }

    private func showHistory(_ name: String, _ client: BrokerClient) {
        let samples = serving.latency.events[name]?.samples ?? []
        client.replies.array(samples.count)
        for sample in samples {
            client.replies.array(2)
            client.replies.integer(sample.time)
            client.replies.integer(sample.milliseconds)
        }
    }

    private func resetLatency(_ arguments: Arguments, _ client: BrokerClient) {
        let names =
            arguments.count == 2 ? Array(serving.latency.events.keys) : (2..<arguments.count).map { arguments.text($0) }
        let gone = names.count { serving.latency.reset($0) }
        client.replies.integer(Int64(gone))
    }
}
