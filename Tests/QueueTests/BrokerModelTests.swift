import Message
import Testing

@testable import Queue

/// Random commands in a queue and in its model: same replies, same counts, turn after turn.
@Suite("Broker: against its model") struct BrokerModelTests {
    @Test(arguments: UInt64(1)...20) func sameAnswers(seed: UInt64) throws {
        var run = try Run(seed: seed)
        for _ in 0..<400 where run.step() {}
    }

    private struct Run {
        let desk: BrokerDesk
        let client: BrokerClient
        let waiters: [BrokerClient]
        var model = BrokerModel()
        var random: SplitMix
        let seed: UInt64
        var turn = 0
        /// Ids in order of creation, the ended ones too.
        var ids: [String] = []
        static let queues = ["a", "b"]

        init(seed: UInt64) throws {
            let desk = try BrokerDesk()
            self.desk = desk
            client = desk.client()
            waiters = (0..<4).map { _ in desk.client() }
            random = SplitMix(seed: seed)
            self.seed = seed
        }

        mutating func below(_ bound: Int) -> Int { Int(random.next() % UInt64(bound)) }
        mutating func pick<T>(_ choices: [T]) -> T { choices[below(choices.count)] }

        /// - Returns: whether all is the same still.
        mutating func step() -> Bool {
            turn += 1
            let what = act()
            let over = model.endTurn()
            var isSame = true
            for (index, waiter) in waiters.enumerated() {
                let expected = over.filter { $0.client == index }.map { $0.job.map { [[$0]] as [[String]] } }
                let got = desk.replies(waiter).map { reply -> [[String]]? in
                    reply == .nullArray ? nil : reply.elements.map { [$0.elements[1].text] }
                }
                isSame = isSame && got == expected
                #expect(got == expected, "waiter \(index), seed \(seed), turn \(turn): \(what)")
            }
            return isSame && compare(what)
        }

        private func compare(_ what: String) -> Bool {
            for queue in Self.queues + Self.queues.map({ $0 + ".dead" }) {
                let stat = desk.run(client, "QSTAT", queue)
                for state in ["queued", "delayed", "in-flight"] {
                    let value = stat[state] ?? 0
                    guard value == .integer(Int64(model.count(queue, state))) else {
                        Issue.record("\(queue) \(state) \(value), seed \(seed), turn \(turn): \(what)")
                        return false
                    }
                }
                guard stat["expired"] ?? 0 == .integer(Int64(model.expired[queue] ?? 0)),
                    stat["dead-lettered"] ?? 0 == .integer(Int64(model.dead[queue] ?? 0))
                else {
                    Issue.record("endings of \(queue): \(stat), seed \(seed), turn \(turn): \(what)")
                    return false
                }
            }
            return true
        }

        private func expect(_ reply: Reply, _ expected: Reply, _ what: String) {
            #expect(reply == expected, "seed \(seed), turn \(turn): \(what)")
        }

        // MARK: Commands

        private mutating func act() -> String {
            switch below(20) {
            case 0...4: return add()
            case 5...8: return fetch()
            case 9: return wait()
            case 10...14: return change()
            case 15: return working()
            case 16: return below(4) == 0 ? moveOrPurge() : pause()
            default:
                let milliseconds = Int64(pick([1, 400, 1_000, 2_500]))
                model.now += milliseconds
                desk.pass(milliseconds: milliseconds)
                return "\(milliseconds) ms"
            }
        }

        private mutating func add() -> String {
            let queue = pick(Self.queues)
            let (retry, delay, ttl) = (pick([0, 1, 2]), pick([0, 0, 0, 1, 3]), pick([0, 0, 4, 8]))
            let most = pick([0, 0, 1, 2])
            var words = ["ADDJOB", queue, "body", "0", "RETRY", "\(retry)", "DELAY", "\(delay)"]
            if ttl > 0 { words += ["TTL", "\(ttl)"] }
            if most > 0 { words += ["MAXDELIVERIES", "\(most)"] }
            let reply = desk.run(client, words)
            if model.isPaused(queue, "in") {
                #expect(reply.token == "PAUSED", "seed \(seed), turn \(turn)")
            } else {
                ids.append(reply.text)
                model.add(
                    reply.text, queue, retry: Int64(retry) * 1_000, delay: Int64(delay) * 1_000,
                    ttl: Int64(ttl) * 1_000, most: most)
            }
            return words.joined(separator: " ")
        }

        private mutating func fetch() -> String {
            let (queue, count) = (pick(Self.queues), 1 + below(3))
            let reply = desk.run(client, "GETJOB", "NOHANG", "COUNT", "\(count)", "WITHCOUNTERS", "FROM", queue)
            let taken = model.take(queue, count)
            let expected = taken.map { id -> Reply in
                let job = model.jobs[id]
                return [
                    .bulk(queue), .bulk(id), "body", "nacks", .integer(Int64(job?.nacks ?? -1)),
                    "additional-deliveries", .integer(Int64(job?.additional ?? -1)),
                ]
            }
            expect(reply, taken.isEmpty ? .nullArray : .array(expected), "GETJOB")
            return "GETJOB \(queue)"
        }

        private mutating func wait() -> String {
            let (index, queue, timeout) = (below(4), pick(Self.queues), Int64(pick([0, 500, 5_000])))
            guard !waiters[index].isBlocked else { return "nothing" }
            desk.execute(waiters[index], "GETJOB", "TIMEOUT", "\(timeout)", "FROM", queue)
            desk.endTurn()
            model.waiting.append((index, queue, timeout == 0 ? .max : model.now + timeout))
            return "waiter \(index) for \(queue)"
        }

        private mutating func change() -> String {
            let command = pick(["ACKJOB", "NACK", "NACK", "ENQUEUE", "DEQUEUE", "DELJOB"])
            guard !ids.isEmpty else { return "nothing" }
            let some = (0...below(3)).map { _ in ids[max(0, ids.count - 1 - below(12))] }
            let delay = command == "NACK" && below(2) == 0 ? Int64(700) : 0
            var count: Int64 = 0
            for id in some {
                guard let job = model.jobs[id] else { continue }
                switch command {
                case "ACKJOB", "DELJOB": model.jobs[id] = nil
                case "DEQUEUE":
                    guard job.state == "queued" else { continue }
                    model.jobs[id]?.state = "delayed"
                    model.jobs[id]?.due = job.retry == 0 ? .max : model.now + job.retry
                default:
                    guard model.isOut(id) else { continue }
                    model.comeBack(id, isRejected: command == "NACK", delay: delay)
                }
                count += 1
            }
            let reply = desk.run(client, [command] + some + (delay > 0 ? ["DELAY", "\(delay)"] : []))
            expect(reply, .integer(count), "\(command) \(some)")
            return "\(command) \(some)"
        }

        private mutating func working() -> String {
            guard !ids.isEmpty else { return "nothing" }
            let id = ids[max(0, ids.count - 1 - below(8))]
            let reply = desk.run(client, "WORKING", id)
            guard let job = model.jobs[id] else {
                #expect(reply.token == "NOJOB", "seed \(seed), turn \(turn)")
                return "WORKING"
            }
            guard reply.token != "TOOLATE" else { return "WORKING" }
            expect(reply, .integer(job.retry / 1_000), "WORKING")
            guard job.retry > 0 else { return "WORKING" }
            if job.state == "queued" { model.jobs[id]?.state = job.deliveries > 0 ? "in-flight" : "delayed" }
            model.jobs[id]?.due = model.now + job.retry
            return "WORKING \(id)"
        }

        private mutating func pause() -> String {
            let (queue, state) = (pick(Self.queues), pick(["none", "none", "in", "out", "all"]))
            expect(desk.run(client, "PAUSE", queue, state), .status(state), "PAUSE")
            model.paused[queue] = state
            return "PAUSE \(queue) \(state)"
        }

        private mutating func moveOrPurge() -> String {
            if below(3) == 0 {
                let gone = model.jobs.filter {
                    $0.value.queue == "a" && ["queued", "delayed"].contains($0.value.state)
                }
                for id in gone.keys { model.jobs[id] = nil }
                expect(desk.run(client, "QPURGE", "a"), .integer(Int64(gone.count)), "QPURGE")
                return "QPURGE"
            }
            let moved = model.isPaused("b", "in") ? [] : Array(model.queued("a").prefix(2))
            let reply = desk.run(client, "QMOVE", "a", "b", "COUNT", "2")
            if reply.token != "PAUSED" { expect(reply, .integer(Int64(moved.count)), "QMOVE") }
            model.move(moved, to: "b")
            return "QMOVE"
        }
    }
}
