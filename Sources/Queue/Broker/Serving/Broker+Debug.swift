import Message
import Store

extension Broker {
    func debug(_ arguments: Arguments, _ client: BrokerClient) {
        switch (arguments.lowercased(1), arguments.count) {
        case ("flushall", 2):
            removeEverything()
            client.replies.status("OK")
        case ("sleep", 3): sleep(arguments.text(2), client)
        case ("error", 3): client.replies.error(String(decoding: arguments[2], as: UTF8.self))
        case ("structsize", 2): client.replies.status(composed: Self.sizes)
        case ("segfault", _), ("assert", _), ("oom", _), ("crash-and-recover", _), ("restart", _), ("loadaof", _):
            client.replies.error(
                "ERR DEBUG \(arguments.text(1)) is not offered: no client can crash, stop or reload this queue")
        default:
            client.replies.error("ERR Unknown DEBUG subcommand or wrong number of arguments for '\(arguments.text(1))'")
        }
    }

    /// Only the client that asks sleeps: its next commands wait, everybody else's do not.
    private func sleep(_ text: String, _ client: BrokerClient) {
        guard let seconds = Double(text), (0...Self.sleepSecondsMost).contains(seconds) else {
            return client.replies.error("ERR seconds of sleep must be a number from 0 to 3600")
        }
        client.session.owesReply = true
        hold(client, until: time.advanced(by: Microseconds(Int64(seconds * 1_000_000))))
    }

    private static let sleepSecondsMost = 3_600.0

    private static let sizes =
        "bits:64 jobhead:\(MemoryLayout<JobHead>.stride) jobterms:\(MemoryLayout<JobTerms>.stride)"
        + " wait:\(MemoryLayout<BlockedWait>.stride) replies:\(MemoryLayout<ReplyBuffer>.stride)"
}
