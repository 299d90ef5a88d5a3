import Billing
import Connecting
import Engine
import Message
import Queue
import RouteLanguage
import Store
import Testing

/// Routes that read jobs, turn by turn.
@Suite struct JobRouteTests {
    @Test func aJobIsAdmittedSentAndBilledOnce() throws {
        let bench = try CoreBench.parcels()
        let id = bench.addJob(#"{"id":1,"code":"A","weight":1.5,"more":true}"#)
        try bench.turn()
        #expect(bench.sent.count == 1 && bench.jobsWaiting == 0, "out of the queue and sent in one turn")
        let request = try #require(bench.sent.first).dispatch.request
        #expect(String(decoding: request.body, as: UTF8.self) == #"{"id":1,"code":"A","weight":1.50}"#)
        #expect(bench.account.waiting == 1 && bench.account.seen == 1)
        try bench.succeed()
        #expect(bench.count(.delivered) == 1 && bench.bills == 1 && bench.store.entryCount == 0)
        let report = try bench.audit()
        #expect(report.addsUp, "\(report)")
        #expect(id.utf8.count == 40)
        #expect(bench.store.position(of: bench.route) == nil, "a queue has no position")
    }

    @Test func filteredJobsAndKeysThatAreKnownHaveTheirWords() throws {
        let bench = try CoreBench.parcels(
            JobRoutePlan.parcels.replacing("  filter", with: "  unique by .code\n  filter"))
        bench.addJob(#"{"id":1,"code":"A"}"#)
        bench.addJob(#"{ "code" : "A", "id" : 1 }"#)
        bench.addJob(#"{"id":2,"code":"A"}"#)
        bench.addJob(#"{"id":3,"code":"skip"}"#)
        try bench.turn()
        #expect(bench.account.seen == 4 && bench.account.waiting == 1)
        #expect(bench.count(.duplicate) == 1 && bench.count(.conflict) == 1 && bench.count(.filtered) == 1)
        try bench.succeed()
        #expect(try bench.audit().addsUp && bench.jobsWaiting == 0)
    }

    @Test(arguments: [
        ("{\"id\":\"x\",\"code\":\"A\"}", "`.id` needs int, a text came"), ("{\"id\":1}", "`.code` is missing"),
        ("id=1", "not valid JSON"), ("[]", "no JSON object"),
    ]) func aBodyThatDoesNotFitIsADeadLetterWithTheReason(_ row: (body: String, reason: String)) throws {
        let bench = try CoreBench.parcels()
        let id = bench.addJob(row.body)
        bench.addJob(#"{"id":2,"code":"B"}"#)
        try bench.turn()
        #expect(bench.sent.count == 1 && bench.count(.dead) == 1 && bench.account.seen == 2)
        let letter = try #require(try bench.letters().first)
        #expect(letter.message == "queue.inbox/\(id)" && letter.queue == "failed")
        #expect(letter.reason.contains(row.reason), "\(letter.reason)")
        #expect(!bench.notices.contains { $0.text.contains(row.body) })
        try bench.succeed()
        let report = try bench.audit()
        #expect(report.addsUp, "\(report)")
        let refused = try bench.retryAll()
        #expect(refused.retried.isEmpty && refused.refused.first?.reason.contains("still does not fit") == true)
    }

    @Test func aDeadBodyEntersTheRouteAnewWhenItFits() throws {
        let bench = try CoreBench.parcels()
        bench.addJob(#"{"id":1}"#)
        bench.addJob(#"{"id":2}"#)
        try bench.turn()
        #expect(bench.count(.dead) == 2)
        // The mistake is mended: the newest plan takes what has no code.
        try bench.swap(in: JobRoutePlan.compile(JobRoutePlan.lenient))
        #expect(try bench.retryAll(dryRun: true).retried.count == 2)
        #expect(bench.count(.dead) == 2)
        #expect(try bench.retryAll().retried.count == 2)
        #expect(bench.count(.dead) == 0 && bench.count(.filtered) == 1 && bench.sent.count == 1)
        try bench.succeed()
        #expect(bench.count(.delivered) == 1 && bench.bills == 1)
        let report = try bench.audit()
        #expect(report.addsUp, "\(report)")
    }

    @Test func onlyAThousandMessagesAreTakenAndTheRestStaysInTheQueue() throws {
        let bench = try CoreBench.parcels()
        for number in 0..<1_500 { bench.addJob(#"{"id":\#(number),"code":"c\#(number)"}"#) }
        try bench.turn()
        #expect(bench.account.waiting == 1_000 && bench.jobsWaiting == 500)
        #expect(!bench.core.hasWorkNow, "there is no room until something ends")
        try bench.succeed()
        #expect(bench.account.waiting == 1_000 && bench.jobsWaiting == 500 - Int(bench.count(.delivered)))
        for _ in 0..<40 { try bench.succeed() }
        #expect(bench.count(.delivered) == 1_500 && bench.jobsWaiting == 0 && bench.bills == 1_500)
        #expect(try bench.audit().addsUp)
    }

    @Test func aQueueThatIsPausedIsNotTakenFrom() throws {
        let bench = try CoreBench.parcels()
        bench.addJob(#"{"id":1,"code":"A"}"#)
        let jobs = bench.store.jobs
        let queue = try #require(Array("inbox".utf8).withUnsafeBytes { jobs.queue(named: $0) })
        jobs.setPause(.output, of: queue)
        try bench.turn()
        #expect(bench.sent.isEmpty && bench.jobsWaiting == 1 && !bench.core.hasWorkNow)
        jobs.setPause(.input, of: queue)
        try bench.turn()
        #expect(bench.sent.count == 1 && bench.jobsWaiting == 0)
    }

    @Test func whatExpiresIsSeenOnceAndNeverDelivered() throws {
        let bench = try CoreBench.parcels()
        bench.addJob(#"{"id":1,"code":"A"}"#, expiresIn: 5)
        bench.addJob(#"{"id":2,"code":"B"}"#)
        bench.now += 6_000_000
        try bench.turn()
        #expect(bench.sent.count == 1 && bench.count(.expired) == 1 && bench.account.seen == 2)
        try bench.succeed()
        #expect(try bench.audit().addsUp && bench.jobsWaiting == 0)
    }

    @Test func aJobThatTrapsIsPutAsideWithItsBodyAfterThreeCrashes() throws {
        let bench = try CoreBench.parcels()
        bench.addJob(#"{"id":1,"code":"A"}"#)
        bench.addJob(#"{"id":2,"code":"B"}"#)
        let jobs = bench.store.jobs
        let queue = try #require(Array("inbox".utf8).withUnsafeBytes { jobs.queue(named: $0) })
        let first = try #require(jobs.firstQueued(in: queue))
        for _ in 0..<3 {
            bench.store.record(
                .rowCrashMarked(route: bench.route, identity: .int(Int64(bitPattern: first.rawValue | 1 << 62))))
        }
        try bench.turn()
        #expect(bench.sent.count == 1 && bench.count(.dead) == 1)
        #expect(try bench.letters().first?.reason.contains("crashed the engine 3 times") == true)
        #expect(bench.store.rowCrashMarks(bench.route).isEmpty, "its marks have done their work")
        #expect(try bench.retryAll().retried.count == 1, "a version that does not trap works it")
        #expect(bench.sent.count == 2)
        try bench.succeed()
        #expect(bench.count(.delivered) == 2)
        #expect(try bench.audit().addsUp)
    }

    @Test func aMessageOfAJobSurvivesARestart() throws {
        let bench = try CoreBench.parcels()
        bench.addJob(#"{"id":1,"code":"A"}"#)
        try bench.turn()
        let first = bench.sent.map(\.dispatch.request)
        try bench.restart()
        #expect(bench.sent.map(\.dispatch.request) == first)
        try bench.succeed()
        #expect(bench.count(.delivered) == 1 && bench.bills == 1)
        #expect(try bench.audit().addsUp)
    }
}

/// Queues that routes go through, as the queue's door sees them.
@Suite struct RouteQueueTests {
    private func bench(_ text: String = JobRoutePlan.orders) throws -> (CoreBench, QueueID) {
        let bench = try CoreBench.parcels(text, name: "orders")
        return (bench, bench.store.queueID("outbox"))
    }

    private func fill(_ bench: CoreBench, _ queue: QueueID, _ body: String) throws -> String {
        let result = Array(body.utf8).withUnsafeBytes { bench.core.fill(queue, body: $0) }
        try bench.turn()
        return String(decoding: try result.get(), as: UTF8.self)
    }

    private static func order(_ id: Int, number: String, status: String = "paid") -> String {
        #"{"id":\#(id),"number":"\#(number)","status":"\#(status)","country":null,"net":"#
            + #"12.5,"customer_id":7,"attrs":{"a":1}}"#
    }

    @Test func whatIsFilledInEntersAtTheTopAsARowWould() throws {
        let (bench, queue) = try bench()
        let first = try fill(bench, queue, Self.order(1, number: "N1"))
        #expect(first.utf8.count == 40 && first.hasPrefix("D-"))
        #expect(bench.sent.count == 1 && bench.sent[0].dispatch.request.idempotencyKey == "N1")
        let second = try fill(bench, queue, Self.order(1, number: "N1"))
        let third = try fill(bench, queue, Self.order(2, number: "N2", status: "new"))
        #expect(Set([first, second, third]).count == 3)
        #expect(bench.count(.duplicate) == 1 && bench.count(.filtered) == 1 && bench.account.seen == 3)
        try bench.succeed()
        #expect(bench.count(.delivered) == 1 && bench.bills == 1)
        #expect(try bench.audit().addsUp)
        let reader = try StoreReader(bytes: bench.store.serialized())
        #expect(try reader.ledgerLines(limit: 1).first?.charge.message == "queue.outbox/\(first)")
    }

    @Test func severalFillsOfOneTurnHaveIdsOfTheirOwn() throws {
        let (bench, queue) = try bench()
        let ids = (1...50).map { number in
            Array(Self.order(number, number: "N\(number)").utf8).withUnsafeBytes {
                try? bench.core.fill(queue, body: $0).get()
            }
        }
        #expect(Set(ids).count == 50 && !ids.contains(nil))
        try bench.turn()
        #expect(bench.account.seen == 50)
        let next = try fill(bench, queue, Self.order(51, number: "N51"))
        #expect(!ids.contains(Array(next.utf8)))
        let cipher = JobIDCipher(key: bench.store.jobs.idKey)
        #expect(Array(next.utf8).withUnsafeBytes { cipher.decode($0) } == .unknown, "it is the id of no job")
    }

    @Test func aBodyThatDoesNotFitIsRefusedAtOnce() throws {
        let (bench, queue) = try bench()
        for body in ["{}", "x", Self.order(1, number: "N1", status: "lost")] {
            guard case .failure(let refusal) = Array(body.utf8).withUnsafeBytes({ bench.core.fill(queue, body: $0) })
            else {
                Issue.record("\(body) was taken")
                continue
            }
            #expect(refusal.sentence.hasPrefix("the body is no message of route orders: "), "\(refusal.sentence)")
        }
        try bench.turn()
        #expect(bench.account.seen == 0)
    }

    @Test func aQueueOfTwoRoutesCannotBeFilled() throws {
        let (bench, queue) = try bench(
            JobRoutePlan.orders + "\n"
                + JobRoutePlan.orders.replacing("route orders", with: "route others")
                .replacing("post \"/orders\" as json key .number", with: "put \"/orders\" as json"))
        let result = Array("{}".utf8).withUnsafeBytes { bench.core.fill(queue, body: $0) }
        #expect(throws: RouteQueueRefusal("2 routes go through queue outbox, nobody can say which is meant")) {
            try result.get()
        }
    }

    @Test func countsFollowTheMessages() throws {
        let (bench, queue) = try bench()
        func counts() -> [Int] {
            let counts = bench.core.counts(of: queue)
            return [counts.queued, counts.delayed, counts.inFlight]
        }
        #expect(counts() == [0, 0, 0])
        for number in 1...100 { _ = try fill(bench, queue, Self.order(number, number: "N\(number)")) }
        #expect(counts() == [36, 0, 64])
        try bench.fail(503)
        #expect(counts()[1] == 64 && counts()[0] + counts()[2] == 36)
        try bench.restart()
        #expect(counts().reduce(0, +) == 100 && counts()[1] == 64)
        for _ in 0..<20 {
            try bench.pass(seconds: 120)
            try bench.succeed()
        }
        #expect(counts() == [0, 0, 0] && bench.core.counts(of: queue).delivered == 100)
        #expect(bench.core.counts(of: queue).jobsIn == 100 && bench.core.counts(of: queue).jobsOut == 100)
    }

    @Test func peekingShowsWhatWaits() throws {
        let (bench, queue) = try bench()
        bench.core.setPause(.output, of: queue)
        var ids: [String] = []
        for number in 1...5 { ids.append(try fill(bench, queue, Self.order(number, number: "N\(number)"))) }
        let oldest = bench.core.peek(queue, count: 2)
        #expect(oldest.map { String(decoding: $0.id, as: UTF8.self) } == ids.prefix(2).map { "queue.outbox/\($0)" })
        #expect(String(decoding: oldest[0].body, as: UTF8.self).contains(#""number":"N1""#))
        let newest = bench.core.peek(queue, count: -2)
        #expect(
            newest.map { String(decoding: $0.id, as: UTF8.self) }
                == ids.reversed().prefix(2).map { "queue.outbox/\($0)" })
        #expect(bench.core.peek(queue, count: 100).count == 5 && bench.core.peek(queue, count: 0).isEmpty)
    }

    @Test func aPauseStopsTheTakingAndSurvivesARestart() throws {
        let (bench, queue) = try bench()
        bench.core.setPause(.output, of: queue)
        _ = try fill(bench, queue, Self.order(1, number: "N1"))
        #expect(bench.sent.isEmpty && !bench.core.hasWorkNow && bench.core.nextWake == nil)
        try bench.restart()
        try bench.pass(seconds: 60)
        #expect(bench.sent.isEmpty && bench.store.pause(of: queue) == .output)
        bench.core.setPause([], of: queue)
        try bench.turn()
        #expect(bench.sent.count == 1)
        try bench.restart()
        #expect(bench.store.pause(of: queue) == [] && bench.sent.count == 1)
    }

    @Test func whatIsUnderWayWhenAPauseBeginsIsSettledAndNothingFollows() throws {
        let (bench, queue) = try bench()
        _ = try fill(bench, queue, Self.order(1, number: "N1"))
        bench.core.setPause(.output, of: queue)
        try bench.fail(503)
        try bench.pass(seconds: 3_600)
        #expect(bench.sent.isEmpty && bench.core.counts(of: queue).queued + bench.core.counts(of: queue).delayed == 1)
        bench.core.setPause([], of: queue)
        try bench.turn()
        #expect(bench.sent.count == 1)
        try bench.succeed()
        #expect(bench.count(.delivered) == 1)
    }

    @Test func whileNothingMayComeInRowsWaitAtTheirSource() throws {
        let (bench, queue) = try bench()
        bench.core.setPause(.input, of: queue)
        try bench.readOrders(1...3)
        try bench.readOrders(4...5)
        #expect(bench.account.seen == 0 && bench.granted == 0, "the reader gets no credit")
        bench.core.setPause([], of: queue)
        try bench.turn()
        #expect(bench.account.seen == 5 && bench.granted == 2 && bench.sent.count == 5)
    }

    @Test func whileNothingMayComeInJobsStayInTheirQueue() throws {
        let text = JobRoutePlan.parcels.replacing("  to acme", with: "  through outbox\n  to acme")
        let bench = try CoreBench.parcels(text)
        bench.core.setPause(.input, of: bench.store.queueID("outbox"))
        bench.addJob(#"{"id":1,"code":"A"}"#)
        try bench.turn()
        #expect(bench.jobsWaiting == 1 && bench.account.seen == 0)
        bench.core.setPause([], of: bench.store.queueID("outbox"))
        try bench.turn()
        #expect(bench.jobsWaiting == 0 && bench.sent.count == 1)
    }

    @Test func aPurgeRemovesWhatWaitsAndNothingUnderWay() throws {
        let (bench, queue) = try bench()
        for number in 1...70 { _ = try fill(bench, queue, Self.order(number, number: "N\(number)")) }
        #expect(bench.core.purge(queue, by: "anna at 127.0.0.1:4711") == 6)
        try bench.turn()
        #expect(bench.count(.removed) == 6 && bench.core.counts(of: queue).queued == 0)
        #expect(bench.core.counts(of: queue).inFlight == 64 && bench.core.counts(of: queue).purged == 6)
        try bench.succeed()
        #expect(bench.count(.delivered) == 64 && bench.store.entryCount == 0)
        let report = try bench.audit()
        #expect(report.addsUp, "\(report)")
        #expect(bench.core.purge(queue, by: "anna") == 0)
        #expect(bench.core.refusal(ofPurge: queue) == nil)
    }

    @Test func aQueueOfDeadLettersShowsThemAndIsNotPurged() throws {
        let (bench, queue) = try bench()
        let failed = bench.store.queueID("failed")
        #expect(bench.core.counts(of: failed).queued == 0)
        let id = try fill(bench, queue, Self.order(1, number: "N1"))
        try bench.fail(422, isRetryable: false)
        #expect(bench.core.counts(of: failed).queued == 1)
        let peeked = bench.core.peek(failed, count: 10)
        #expect(peeked.map { String(decoding: $0.id, as: UTF8.self) } == ["queue.outbox/\(id)"])
        #expect(peeked.first.map { String(decoding: $0.body, as: UTF8.self) }?.contains("HTTP 422") == true)
        #expect(bench.core.purge(failed, by: "anna") == 0)
        #expect(bench.core.refusal(ofPurge: failed)?.sentence.contains("waybill dead") == true)
        let refused = Array("{}".utf8).withUnsafeBytes { bench.core.fill(failed, body: $0) }
        #expect(throws: RouteQueueRefusal.self) { try refused.get() }
        #expect(try bench.retryAll().retried.count == 1)
        #expect(bench.core.counts(of: failed).queued == 0)
        try bench.restart()
        #expect(bench.core.counts(of: failed).queued == 0)
    }
}
