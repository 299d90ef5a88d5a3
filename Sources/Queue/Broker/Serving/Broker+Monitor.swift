import Message

extension Broker {
    /// Bytes of a word that a monitor sees.
    private static let wordBytesMost = 16 << 10

    func monitor(_ arguments: Arguments, _ client: BrokerClient) {
        client.replies.status("OK")
        guard !client.isMonitor else { return }
        client.isMonitor = true
        serving.monitors.append(client)
    }

    /// `+seconds.microseconds [address] "COMMAND" "word"...` to everybody who watches and still has the right to.
    func showMonitors(_ arguments: Arguments, _ client: BrokerClient) {
        serving.monitors.removeAll { clients[$0.id] !== $0 || $0.isKilled }
        let watching = serving.monitors.filter { $0.access.allows(.administer) }
        guard !watching.isEmpty else { return }
        let line = monitorLine(arguments, client)
        for monitor in watching {
            if monitor.replies.bytes.isEmpty { woken.append(monitor) }
            line.withUnsafeBytes { monitor.replies.status($0) }
        }
    }

    private func monitorLine(_ arguments: Arguments, _ client: BrokerClient) -> [UInt8] {
        let (seconds, fraction) = time.microseconds.quotientAndRemainder(dividingBy: 1_000_000)
        let digits = String(fraction)
        let padding = String(repeating: "0", count: max(0, 6 - digits.utf8.count))
        var line = Array("\(seconds).\(padding)\(digits) [\(client.address)]".utf8)
        for word in CommandText.words(of: arguments, wordsMost: arguments.count, bytesMost: Self.wordBytesMost) {
            line.append(UInt8(ascii: " "))
            CommandText.appendQuoted(word, to: &line)
        }
        return line
    }
}
