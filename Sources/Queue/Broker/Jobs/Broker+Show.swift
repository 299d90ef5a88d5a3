import Message
import Store

/// SHOW, and LOADJOB, which is refused.
extension Broker {
    func show(_ arguments: Arguments, _ client: BrokerClient) {
        guard isID(arguments[1], client) else { return }
        guard let (number, head) = living(arguments[1]) else { return client.replies.nullBulk() }
        guard mayTouch(number, client) else { return }
        if !describe(number, head, to: &client.replies) { client.replies.nullBulk() }
    }

    func loadJob(_ arguments: Arguments, _ client: BrokerClient) {
        client.replies.error("ERR LOADJOB is a special command only processed from AOF")
    }

    /// 15 names with their values, as SHOW and JSCAN REPLY all give them.
    func describe(_ number: JobNumber, _ head: JobHead, to replies: inout ReplyBuffer) -> Bool {
        guard let queue = queue(of: number) else { return false }
        let nodeID = jobs.nodeID
        return jobs.withContent(of: number) { content in
            let terms = content.terms
            replies.array(30)
            replies.bulk("id" as StaticString)
            replies.bulk(content.id)
            replies.bulk("queue" as StaticString)
            replies.bulk(queue.name)
            replies.bulk("state" as StaticString)
            replies.bulk(Self.name(of: head.state))
            replies.field("repl", 1)
            replies.field("ttl", secondsLeft(head))
            replies.field("ctime", Int64(clamping: terms.created))
            replies.field("delay", Int64(terms.delaySeconds))
            replies.field("retry", Int64(terms.retrySeconds))
            replies.field("nacks", Int64(head.nacks))
            replies.field("additional-deliveries", Int64(head.additionalDeliveries))
            replies.bulk("nodes-delivered" as StaticString)
            replies.array(1)
            replies.bulk(nodeID)
            replies.bulk("nodes-confirmed" as StaticString)
            replies.array(0)
            replies.bulk("next-requeue-within" as StaticString)
            replies.milliseconds(until: head.state == .queued ? .never : head.due, from: time)
            replies.bulk("next-awake-within" as StaticString)
            replies.milliseconds(
                until: head.state == .queued ? head.expires : min(head.due, head.expires), from: time)
            replies.bulk("body" as StaticString)
            replies.bulk(content.body)
            return true
        } ?? false
    }

    /// Seconds of life that are left; -1: no limit.
    private func secondsLeft(_ head: JobHead) -> Int64 {
        head.expires == .never ? -1 : max(0, head.expires.duration(since: time).count / 1_000_000)
    }

    /// A job that was handed out is in flight, for whatever it waits now.
    static func name(of state: JobState) -> StaticString {
        switch state {
        case .queued: "queued"
        case .delayed: "delayed"
        case .leased, .spent: "in-flight"
        }
    }
}

extension ReplyBuffer {
    /// A name and a number.
    mutating func field(_ name: StaticString, _ value: Int64) {
        bulk(name)
        integer(value)
    }

    /// Milliseconds until then; null: never.
    fileprivate mutating func milliseconds(until moment: Instant, from time: Instant) {
        if moment == .never { return nullBulk() }
        integer(max(0, moment.duration(since: time).count / 1_000))
    }
}
