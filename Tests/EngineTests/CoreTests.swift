import Connecting
import Engine
import Message
import RouteLanguage
import Store
import Synchronization
import Testing

@Suite struct CoreTests {
    private func bench(
        _ body: [Instruction] = [HandmadePlan.delivery("1"), .end], handlers: [HandlerPlan] = [], workers: Int = 64,
        orderingKey: Expression? = nil, keepMilliseconds: Int64? = nil, isAtMostOnce: Bool = false
    ) throws -> CoreBench {
        try CoreBench(
            HandmadePlan.plan(
                body: body, handlers: handlers, workers: workers, orderingKey: orderingKey,
                keepMilliseconds: keepMilliseconds, isAtMostOnce: isAtMostOnce))
    }

    private let deadLetterHandler = [HandlerPlan(only: nil, body: 2)]
    private func withDeadLetters(_ delivery: Instruction) -> [Instruction] {
        [delivery, .end, .deadLetter(queue: 1, step: StepID("orders/on/1")), .end]
    }

    @Test func aRowIsAdmittedSentAndBilledOnce() throws {
        let bench = try bench()
        try bench.read([.init(number: "N1")])
        #expect(bench.sent.count == 1, "admitted and sent in one turn")
        #expect(bench.sent[0].dispatch.request.idempotencyKey == "shop.orders/1:orders/1")
        #expect(bench.account.waiting == 1)
        try bench.succeed()
        #expect(bench.count(.delivered) == 1)
        #expect(bench.account.waiting == 0)
        #expect(bench.bills == 1)
        #expect(bench.store.entryCount == 0)
    }

    @Test func filteredDuplicateAndConflictAreCountedAndNotSent() throws {
        let bench = try bench()
        try bench.read([
            .init(number: "N1"), .init(number: "N1"), .init(number: "N1", remark: "other"),
            .init(number: "N2", status: "new"),
        ])
        #expect(bench.sent.count == 1)
        #expect(bench.count(.duplicate) == 1)
        #expect(bench.count(.conflict) == 1)
        #expect(bench.count(.filtered) == 1)
        #expect(bench.account.seen == 4)
    }

    @Test(arguments: [true, false]) func aRowThatCouldNotBeReadIsADeadLetterAndNoOtherWaits(hasHandler: Bool) throws {
        let delivery = HandmadePlan.delivery("1")
        let bench =
            try hasHandler
            ? bench(withDeadLetters(delivery), handlers: deadLetterHandler) : bench([delivery, .end])
        try bench.read([.init(number: "N1"), .init(number: "N2", problem: "the row is too long"), .init(number: "N3")])
        #expect(bench.sent.count == 2 && bench.count(.dead) == 1 && bench.account.seen == 3)
        #expect(bench.count(.filtered) == 0, "no step runs over values that are missing")
        try bench.succeed()
        let letter = try #require(try bench.store.deadLetters(route: nil, after: 0, limit: 10).first)
        #expect(letter.message == "shop.orders/2" && letter.reason.contains("the row is too long"))
        var input = TurnInput()
        input.commands = [
            .retryDead(.init(selection: .ids([letter.id]), force: true, who: "test")) { answer in
                #expect(answer.retried.isEmpty && answer.refused.first?.reason.contains("anew") == true)
            }
        ]
        try bench.turn(input)
        #expect(bench.sent.isEmpty && bench.count(.dead) == 1 && bench.bills == 2)
        try bench.read([.init(id: 2, number: "N2", problem: "the row is too long")], kind: .reread)
        #expect(bench.account.seen == 3)
    }

    @Test func aFilteredRowThatChangedIsWorkedWhenTheSweepSeesIt() throws {
        let bench = try bench()
        try bench.read([.init(id: 1, number: "N1", status: "new")])
        try bench.read([.init(id: 1, number: "N1", status: "new")], kind: .reread)
        #expect(bench.count(.filtered) == 1 && bench.account.seen == 1)
        try bench.read([.init(id: 1, number: "N1")], kind: .reread)
        #expect(bench.count(.filtered) == 0 && bench.account.seen == 1 && bench.account.waiting == 1)
        try bench.succeed()
        #expect(bench.count(.delivered) == 1)
        try bench.read([.init(id: 1, number: "N1", remark: "later")], kind: .reread)
        #expect(bench.account.seen == 1 && bench.sent.isEmpty, "what was delivered is known by its identity")
    }

    @Test func aFailureIsRetriedWithTheSameKeyAndBytes() throws {
        let bench = try bench()
        try bench.read([.init(number: "N1")])
        let first = bench.sent[0].dispatch.request
        try bench.fail(503)
        #expect(bench.sent.isEmpty)
        try bench.pass(seconds: 60)
        #expect(bench.sent.map(\.dispatch.request) == [first])
        try bench.succeed()
        #expect(bench.count(.delivered) == 1 && bench.bills == 1)
    }

    @Test func aRetryIsStillDueAfterARestart() throws {
        let bench = try bench()
        try bench.read([.init(number: "N1")])
        let first = bench.sent[0].dispatch.request
        try bench.fail(503)
        try bench.restart()
        try bench.pass(seconds: 60)
        #expect(bench.sent.map(\.dispatch.request) == [first])
    }

    @Test func whatWasUnderWayIsSentAgainAfterARestartAndBilledOnce() throws {
        let bench = try bench()
        try bench.read([.init(number: "N1"), .init(number: "N2")])
        try bench.restart()
        #expect(bench.sent.count == 2)
        try bench.succeed()
        #expect(bench.bills == 2 && bench.count(.delivered) == 2)
        try bench.restart()
        #expect(bench.sent.isEmpty && bench.bills == 2)
    }

    @Test func aPermanentFailureGoesToTheDeadLettersAndComesBackByRetry() throws {
        let bench = try bench(
            withDeadLetters(HandmadePlan.delivery("1")), handlers: deadLetterHandler)
        try bench.read([.init(number: "N1")])
        try bench.fail(422, isRetryable: false)
        #expect(bench.count(.dead) == 1 && bench.bills == 0)
        let letter = try #require(try bench.store.deadLetters(route: nil, after: 0, limit: 10).first)
        #expect(letter.queue == "failed" && letter.reason == "orders/1: HTTP 422")
        var input = TurnInput()
        input.commands = [
            .retryDead(.init(selection: .ids([letter.id]), force: false, who: "test")) { answer in
                #expect(answer.retried == [letter.id])
            }
        ]
        try bench.turn(input)
        #expect(bench.count(.dead) == 0 && bench.account.waiting == 1)
        try bench.succeed()
        #expect(bench.count(.delivered) == 1 && bench.bills == 1)
        #expect(try bench.store.deadLetters(route: nil, after: 0, limit: 10).isEmpty)
    }

    @Test func retriesEndWithTheCountOfThePolicy() throws {
        let policy = RetryPolicy(limit: .count(2), backoffMilliseconds: 100...100, hasJitter: false, only: nil)
        let bench = try bench(
            withDeadLetters(HandmadePlan.delivery("1", policy: policy)), handlers: deadLetterHandler)
        try bench.read([.init(number: "N1")])
        for _ in 0..<2 {
            try bench.fail(500)
            #expect(bench.count(.dead) == 0)
            try bench.pass(seconds: 1)
            #expect(bench.sent.count == 1)
        }
        try bench.fail(500)
        #expect(bench.count(.dead) == 1)
    }

    @Test func aStepThatSucceededIsNotRepeatedByARetryOfALaterOne() throws {
        let bench = try bench([HandmadePlan.delivery("1"), HandmadePlan.delivery("2", connection: 1), .end])
        try bench.read([.init(number: "N1")])
        try bench.succeed()
        #expect(bench.sent.map(\.connection) == [1])
        try bench.fail(503)
        try bench.restart()
        try bench.pass(seconds: 60)
        #expect(bench.sent.map(\.connection) == [1])
        try bench.succeed()
        #expect(bench.bills == 2 && bench.count(.delivered) == 1)
    }

    @Test func atMostOnceIsLostByARestartAndNeverSentAgain() throws {
        let bench = try bench(isAtMostOnce: true)
        try bench.read([.init(number: "N1")])
        try bench.restart()
        #expect(bench.sent.isEmpty)
        #expect(bench.count(.lost) == 1 && bench.bills == 0)
        let letter = try #require(try bench.store.deadLetters(route: nil, after: 0, limit: 10).first)
        for force in [false, true] {
            var input = TurnInput()
            input.commands = [
                .retryDead(.init(selection: .ids([letter.id]), force: force, who: "test")) { answer in
                    #expect(answer.refused.isEmpty == force)
                }
            ]
            try bench.turn(input)
            #expect(bench.sent.count == (force ? 1 : 0))
        }
        try bench.succeed()
        #expect(bench.count(.lost) == 0 && bench.count(.delivered) == 1)
    }

    @Test func oneKeyIsWorkedOneAtATimeInOrder() throws {
        let bench = try bench(orderingKey: HandmadePlan.field("customer_id"))
        try bench.read([
            .init(number: "N1", customer: 1), .init(number: "N2", customer: 1), .init(number: "N3", customer: 2),
        ])
        #expect(
            Set(bench.sent.map(\.dispatch.request.idempotencyKey)) == [
                "shop.orders/1:orders/1", "shop.orders/3:orders/1",
            ])
        try bench.fail(503)
        try bench.restart()
        #expect(bench.sent.isEmpty, "who retries keeps its key")
        try bench.pass(seconds: 120)
        #expect(bench.sent.count == 2)
        try bench.succeed()
        #expect(bench.sent.map(\.dispatch.request.idempotencyKey) == ["shop.orders/2:orders/1"])
    }

    @Test func aDeadHostKeepsNobodyElseWaiting() throws {
        let toEither: [Instruction] = [
            .branch(.binary(.equal, HandmadePlan.field("customer_id"), .constant(.int(1))), otherwise: 3),
            HandmadePlan.delivery("1"), .end, HandmadePlan.delivery("2", connection: 1), .end,
        ]
        let bench = try bench(toEither, workers: 4)
        try bench.read((0..<200).map { .init(number: "N\($0)", customer: $0 % 2 == 0 ? 1 : 2) })
        for _ in 0..<60 {
            try bench.answer { request in
                request.idempotencyKey.hasSuffix("/1")
                    ? .failure(
                        DeliveryFailure(cause: .noAnswer, reason: "refused", isRetryable: true, concernsHost: true))
                    : .success(Delivered(status: 200))
            }
        }
        #expect(bench.count(.delivered) == 100)
        #expect(bench.account.waiting == 100)
    }

    @Test func workersBoundWhatIsUnderWay() throws {
        let bench = try bench(workers: 3)
        try bench.read((0..<10).map { .init(number: "N\($0)") })
        #expect(bench.sent.count == 3)
        try bench.succeed()
        #expect(bench.sent.count == 3)
    }

    @Test func aMessageThatWaitsTooLongExpires() throws {
        let bench = try bench(keepMilliseconds: 60_000)
        try bench.read([.init(number: "N1")])
        try bench.fail(503)
        try bench.pass(seconds: 3_600)
        #expect(bench.sent.isEmpty && bench.count(.expired) == 1)
    }

    @Test func childrenAreMessagesOfTheirOwnAndTheParentWaitsForThem() throws {
        let split: [Instruction] = [
            .split(
                SplitPlan(
                    step: StepID("orders/1"), items: HandmadePlan.field("lines"), itemSlot: 2, body: 2, workers: nil)),
            .end,
            HandmadePlan.delivery("1/1"), .end,
        ]
        let bench = try bench(split)
        try bench.read([.init(number: "N1", lines: ["a", "b", "c"])])
        try bench.turn()
        #expect(bench.sent.count == 3)
        #expect(
            Set(bench.sent.map(\.dispatch.request.idempotencyKey)).contains("shop.orders/1/1/0:orders/1/1"))
        try bench.restart()
        #expect(bench.account.seen == 1 && bench.account.waiting == 1)
        try bench.succeed()
        #expect(bench.count(.delivered) == 1 && bench.bills == 3 && bench.store.entryCount == 0)
    }

    @Test func aDeadChildMakesTheParentDeadAndItsRetryMovesTheWord() throws {
        let split: [Instruction] = [
            .split(
                SplitPlan(
                    step: StepID("orders/1"), items: HandmadePlan.field("lines"), itemSlot: 2, body: 2, workers: nil)),
            .end,
            HandmadePlan.delivery("1/1"), .end, .deadLetter(queue: 1, step: StepID("orders/on/1")), .end,
        ]
        let bench = try bench(split, handlers: [HandlerPlan(only: nil, body: 4)])
        try bench.read([.init(number: "N1", lines: ["a", "b"])])
        try bench.turn()
        try bench.answer { request in
            request.idempotencyKey.contains("/1/1:")
                ? .failure(DeliveryFailure(cause: .status(422), reason: "HTTP 422", isRetryable: false))
                : .success(Delivered(status: 200))
        }
        #expect(bench.count(.dead) == 1 && bench.bills == 1)
        let letter = try #require(try bench.store.deadLetters(route: nil, after: 0, limit: 10).first)
        var input = TurnInput()
        input.commands = [.retryDead(.init(selection: .ids([letter.id]), force: false, who: "test")) { _ in }]
        try bench.turn(input)
        #expect(bench.count(.dead) == 1 && bench.account.waiting == 0, "its word moves when its part is delivered")
        try bench.restart()
        try bench.succeed()
        #expect(bench.count(.delivered) == 1 && bench.count(.dead) == 0 && bench.bills == 2)
    }

    /// Two children, one of which is dead; then a delivery of the parent itself.
    private func splitAndDeliver() throws -> CoreBench {
        try bench([
            .split(
                SplitPlan(
                    step: StepID("orders/1"), items: HandmadePlan.field("lines"), itemSlot: 2, body: 3, workers: nil)),
            HandmadePlan.delivery("2", connection: 1), .end,
            HandmadePlan.delivery("1/1"), .end,
        ])
    }

    private func refusingTheSecondPart(_ request: DeliveryRequest) -> Result<Delivered, DeliveryFailure> {
        request.idempotencyKey.contains("/1/1:")
            ? .failure(DeliveryFailure(cause: .status(422), reason: "HTTP 422", isRetryable: false))
            : .success(Delivered(status: 200))
    }

    private func retryDead(_ bench: CoreBench, latest: Bool = false) throws -> DeadLetterRetry.Answer {
        let answered = Mutex(DeadLetterRetry.Answer())
        var input = TurnInput()
        input.commands = [
            .retryDead(.init(selection: .all(route: nil), latest: latest, who: "test")) { answer in
                answered.withLock { $0 = answer }
            }
        ]
        try bench.turn(input)
        return answered.withLock { $0 }
    }

    @Test func aPartIsNotRetriedWhileItsMessageIsWorked() throws {
        let bench = try splitAndDeliver()
        try bench.read([.init(number: "N1", lines: ["a", "b"])])
        try bench.turn()
        try bench.answer(refusingTheSecondPart)
        #expect(bench.sent.map(\.connection) == [1], "the parent goes on")
        #expect(try retryDead(bench).refused.count == 1)
        try bench.succeed()
        #expect(bench.sent.isEmpty && bench.count(.dead) == 1 && bench.bills == 2)
        #expect(try retryDead(bench).retried.count == 1)
        try bench.succeed()
        #expect(bench.count(.dead) == 0 && bench.count(.delivered) == 1 && bench.bills == 3)
    }

    @Test func aRepeatFromTheDurabilityLineIsNotBilledAgain() throws {
        let bench = try bench([HandmadePlan.delivery("1"), HandmadePlan.delivery("2", connection: 1), .end])
        try bench.read([.init(number: "N1"), .init(number: "N2")])
        try bench.succeed()
        try bench.answer { request in
            request.idempotencyKey.contains("/1:")
                ? .failure(DeliveryFailure(cause: .status(422), reason: "HTTP 422", isRetryable: false))
                : .success(Delivered(status: 200))
        }
        #expect(bench.count(.dead) == 1 && bench.bills == 3)
        #expect(try retryDead(bench, latest: true).retried.count == 1)
        #expect(bench.sent.map(\.connection) == [0], "what was delivered is delivered again")
        try bench.restart()
        try bench.succeed()
        try bench.succeed()
        #expect(bench.count(.delivered) == 2 && bench.bills == 4)
        let audit = try Audit.run(StoreReader(bytes: bench.store.serialized()))
        #expect(audit.addsUp)
    }

    @Test func aRetriedMessageTakesItsPlaceAmongThoseOfItsKey() throws {
        let bench = try bench(orderingKey: HandmadePlan.field("customer_id"))
        try bench.read([.init(number: "N1")])
        try bench.fail(422, isRetryable: false)
        try bench.read([.init(number: "N2")])
        #expect(bench.sent.count == 1)
        #expect(try retryDead(bench).retried.count == 1)
        #expect(bench.sent.count == 1, "one of a key at a time")
        try bench.succeed()
        #expect(bench.sent.count == 1 && bench.count(.delivered) == 1)
    }

    @Test func whatFailedIsSentAgainAsItWasAlsoWhenItHadToWait() throws {
        let bench = try bench(workers: 1)
        try bench.read([.init(number: "N1")])
        let first = bench.sent[0].dispatch.request
        try bench.fail(422, isRetryable: false)
        try bench.read([.init(number: "N2")])
        _ = try retryDead(bench)
        try bench.restart()
        try bench.succeed()
        #expect(bench.sent.map(\.dispatch.request) == [first])
    }

    @Test func aParentThatCrashesTheEngineIsPutAsideWhenItsChildrenHaveEnded() throws {
        let bench = try splitAndDeliver()
        try bench.read([.init(number: "N1", lines: ["a"])])
        try bench.turn()
        var parent: EntryID?
        bench.store.forEachHead { if $0.state == .parked { parent = $0.id } }
        for _ in 0..<3 { try bench.restart(suspects: [.entry(#require(parent))]) }
        #expect(bench.sent.count == 1 && bench.count(.dead) == 0)
        try bench.succeed()
        #expect(bench.sent.isEmpty && bench.count(.dead) == 1 && bench.bills == 1 && bench.store.entryCount == 0)
    }

    @Test func aRowThatCrashesTheEngineIsPutAsideAndNeverDeliveredUnseenByTheSteps() throws {
        let bench = try bench()
        for _ in 0..<3 { try bench.restart(suspects: [.row(bench.route, 1)]) }
        try bench.read([.init(number: "N1", status: "new")])
        #expect(bench.sent.isEmpty && bench.count(.dead) == 1)
        #expect(try retryDead(bench).refused.first?.reason.contains("anew") == true)
        #expect(bench.sent.isEmpty && bench.count(.dead) == 1)
    }

    @Test func anUnpricedDeliveryIsRecordedAndAlarmed() throws {
        let bench = try CoreBench(
            Plan(
                hash: "handmade", connections: HandmadePlan.plan(body: []).connections,
                queues: HandmadePlan.plan(body: []).queues,
                routes: HandmadePlan.plan(body: [HandmadePlan.delivery("1"), .end]).routes, tariffs: [],
                shapes: [HandmadePlan.shape], environment: [], secrets: []))
        try bench.read([.init(number: "N1")])
        try bench.succeed()
        #expect(bench.bills == 1)
        #expect(bench.notices.contains { $0.level == .error && $0.text.contains("no tariff") })
    }

    @Test func afterADrainNothingIsTakenUpButOutcomesCount() throws {
        let bench = try bench(workers: 1)
        try bench.read([.init(number: "N1"), .init(number: "N2")])
        bench.core.drain()
        try bench.succeed()
        #expect(bench.sent.isEmpty && bench.count(.delivered) == 1 && bench.account.waiting == 1)
    }
}
