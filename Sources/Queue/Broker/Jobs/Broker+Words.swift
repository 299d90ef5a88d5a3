import Message
import Store

/// Reading the words that many commands share.
extension Broker {
    /// The most that a command may say of seconds: RETRY, DELAY, TTL (68 years).
    static let secondsMost = Int64(Int32.max)

    /// The milliseconds of a timeout; answers an error where the word is none.
    func timeout(_ word: UnsafeRawBufferPointer, _ client: BrokerClient) -> Int64? {
        guard let value = IntegerText.parse(word) else {
            client.replies.error("ERR timeout is not an integer or out of range")
            return nil
        }
        guard value >= 0 else {
            client.replies.error("ERR timeout is negative")
            return nil
        }
        return value
    }

    func syntaxError(_ client: BrokerClient) { client.replies.error("ERR syntax error") }

    /// Milliseconds from now on; 0 is for ever.
    func deadline(in milliseconds: Int64) -> Instant {
        guard milliseconds > 0 else { return .never }
        return after(milliseconds: milliseconds)
    }

    func after(milliseconds: Int64) -> Instant {
        let (count, overflow) = milliseconds.multipliedReportingOverflow(by: 1_000)
        return overflow ? .never : time.advanced(by: Microseconds(count))
    }

    func after(seconds: UInt32) -> Instant { time.advanced(by: Microseconds(Int64(seconds) * 1_000_000)) }

    // MARK: Job ids

    /// Whether all words from `first` up to `end` are ids that the client may touch; else answers, and nothing is done.
    func areIDs(_ arguments: Arguments, _ range: Range<Int>, _ client: BrokerClient) -> Bool {
        for index in range where !Self.isID(arguments[index]) {
            client.replies.error("BADID Invalid Job ID format.")
            return false
        }
        guard !client.access.isEverywhere else { return true }
        for index in range {
            guard let number = find(arguments[index]) else { continue }
            guard mayTouch(number, client) else { return false }
        }
        return true
    }

    /// One id; answers BADID.
    func isID(_ word: UnsafeRawBufferPointer, _ client: BrokerClient) -> Bool {
        if Self.isID(word) { return true }
        client.replies.error("BADID Invalid Job ID format.")
        return false
    }

    /// Answers NOPERM where the job is in a queue that the client's user may not use.
    func mayTouch(_ number: JobNumber, _ client: BrokerClient) -> Bool {
        guard !client.access.isEverywhere, let queue = queue(of: number) else { return true }
        return queue.name.withUnsafeBytes { may(client, use: $0) }
    }

    /// The shape alone: an id of another server has it, too.
    static func isID(_ word: UnsafeRawBufferPointer) -> Bool {
        word.count == JobIDCipher.length && word[0] == UInt8(ascii: "D") && word[1] == UInt8(ascii: "-")
            && word[10] == UInt8(ascii: "-") && word[35] == UInt8(ascii: "-")
    }

    /// The job of this id, while it lives.
    func find(_ id: UnsafeRawBufferPointer) -> JobNumber? {
        switch ids.decode(id) {
        case .malformed, .unknown: nil
        case .job(let number, _): jobs.find(number)
        }
    }

    /// The same with its head; a job whose time is over is ended instead.
    func living(_ id: UnsafeRawBufferPointer) -> (number: JobNumber, head: JobHead)? {
        guard let number = find(id), let head = jobs.head(number) else { return nil }
        guard head.expires > time else {
            expire(number)
            return nil
        }
        return (number, head)
    }
}
