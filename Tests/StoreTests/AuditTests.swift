import Billing
import Connecting
import Message
import Store
import StoreSamples
import Testing

@Suite("The audit") struct AuditTests {
    /// A store whose account adds up: delivered, filtered, dead and waiting messages, a parked parent and its child.
    private struct Ledgered {
        let store: SQLiteStore
        let work: Workload
        let ids: [EntryID]

        init() throws {
            store = try SQLiteStore()
            work = Workload(store)
            ids = work.admit(1..<101)
            try store.commit()
            work.settle(1..<51, Array(ids.prefix(50)))
            store.record(.seen(Sample.advance(work.route, [Sample.row(200, word: .filtered)])))
            store.record(.ended(Sample.ending(work.route, 51, .dead)))
            store.record(.removed(ids[50]))
            store.record(.reopened(Sample.ending(work.route, 51, .dead)))
            queue("\(Sample.message(51))")
            queue("\(Sample.message(60))/orders/3/0")
            try store.commit()
        }

        func queue(_ message: String) {
            let body = Sample.body(message, bytes: 80)
            let id = store.newEntryID(bodyBytes: body.count)
            store.record(
                .admitted(
                    NewEntry(head: Sample.head(id, queue: work.queue, route: work.route, plan: work.plan), body: body)))
        }

        func audit() throws -> AuditReport {
            try store.commit()
            return try Audit.run(StoreReader(bytes: try store.serialized()))
        }

        func finding() throws -> AuditReport.Finding? {
            let report = try audit()
            #expect(!report.addsUp)
            #expect(report.findings.count == 1, "\(report.text)")
            return report.findings.first
        }
    }

    @Test func addsUp() throws {
        let report = try Ledgered().audit()
        #expect(report.addsUp, "\(report.text)")
        #expect(report.routes.first?.queued == 50)
        #expect(report.billedDeliveries == 50 && report.billingRecords == 50)
        #expect(
            report.text == """
                orders: seen 101, delivered 50, filtered 1, waiting 50
                deliveries with a bill: 50, billing records: 50
                everything adds up

                """)
        #expect(
            String(decoding: report.json, as: UTF8.self).hasPrefix(
                #"{"adds_up":true,"routes":[{"route":"orders","adds_up":true,"seen":101,"delivered":50,"filtered":1"#))
    }

    @Test func namesAMessageThatVanished() throws {
        let kept = try Ledgered()
        kept.store.record(.removed(kept.ids[70]))
        let finding = try kept.finding()
        #expect(finding?.kind == .vanished && finding?.ids == [Sample.message(71)])
    }

    @Test func namesAMessageThatEndedTwice() throws {
        let kept = try Ledgered()
        kept.store.record(.ended(Sample.ending(kept.work.route, 7)))
        let finding = try kept.finding()
        #expect(finding?.kind == .endedTwice && finding?.ids == [Sample.message(7)])
    }

    @Test func namesAFilteredMessageThatEnded() throws {
        let kept = try Ledgered()
        kept.store.record(.ended(Sample.ending(kept.work.route, 200)))
        #expect(try kept.finding()?.kind == .endedTwice)
    }

    @Test func namesAMessageThatEndedAndWaits() throws {
        let kept = try Ledgered()
        kept.store.record(.ended(Sample.ending(kept.work.route, 71)))
        let finding = try kept.finding()
        #expect(finding?.kind == .endedAndWaiting && finding?.ids == [Sample.message(71)])
    }

    @Test func namesAMessageThatIsQueuedTwice() throws {
        let kept = try Ledgered()
        kept.queue(Sample.message(71))
        let finding = try kept.finding()
        #expect(finding?.kind == .queuedTwice && finding?.ids == [Sample.message(71)])
    }

    @Test func namesAnEndingThatNobodySaw() throws {
        let kept = try Ledgered()
        kept.store.record(.ended(Sample.ending(kept.work.route, 9000)))
        let finding = try kept.finding()
        #expect(finding?.kind == .endedUnseen && finding?.ids == [Sample.message(9000)])
    }

    @Test func namesAnEntryThatNobodySaw() throws {
        let kept = try Ledgered()
        kept.queue("shop.orders/9000/orders/3/0")
        let finding = try kept.finding()
        #expect(finding?.kind == .queuedUnseen && finding?.ids == ["shop.orders/9000/orders/3/0"])
    }

    @Test func namesAMessageThatWasTakenUpAgainWithoutAnEnd() throws {
        let kept = try Ledgered()
        kept.store.record(.reopened(Sample.ending(kept.work.route, 71, .dead)))
        let report = try kept.audit()
        #expect(report.findings.map(\.kind) == [.reopenedUnended])
        #expect(report.routes.first?.addsUp == false)
    }

    @Test func namesADeliveryWithoutABill() throws {
        let kept = try Ledgered()
        kept.store.record(.delivered(Sample.mark(kept.work.route, 71)))
        let finding = try kept.finding()
        #expect(finding?.kind == .deliveredUnbilled && finding?.ids == ["acme shop.orders/71 orders/7/1"])
    }

    @Test func namesABillWithoutADelivery() throws {
        let kept = try Ledgered()
        kept.store.record(.charged(Sample.record(71, after: kept.store.ledgerHead())))
        let finding = try kept.finding()
        #expect(finding?.kind == .billedUndelivered && finding?.ids == ["acme shop.orders/71 orders/7/1"])
    }

    @Test func namesADeliveryThatWasMarkedTwice() throws {
        let kept = try Ledgered()
        kept.store.record(.delivered(Sample.mark(kept.work.route, 7)))
        #expect(try kept.finding()?.kind == .deliveredTwice)
    }

    @Test func leavesDeliveriesWithoutABillAlone() throws {
        let kept = try Ledgered()
        kept.store.record(.delivered(Sample.mark(kept.work.route, 7, customer: nil)))
        #expect(try kept.audit().addsUp)
    }

    @Test func countsExactlyAndListsSome() throws {
        let kept = try Ledgered()
        for id in kept.ids[60..<90] { kept.store.record(.removed(id)) }
        try kept.store.commit()
        let report = try Audit.run(StoreReader(bytes: try kept.store.serialized()), listing: 3)
        #expect(report.findings.count == 1)
        #expect(report.findings[0].count == 30 && report.findings[0].ids.count == 3)
        #expect(report.text.contains("  and 27 more"))
        #expect(report.routes.first?.addsUp == false)
    }

    @Test func callsNothingWrongThatIsTooOldToKnow() throws {
        let kept = try Ledgered()
        // Four months on, a message that was admitted then ends; its seen row and the old endings are forgotten.
        let later = Instant(microseconds: Sample.start + 120 * 86_400_000_000)
        for _ in 0..<4 {
            kept.store.record(
                .ended(Ending(route: kept.work.route, message: Sample.message(90), word: .delivered, at: later)))
            kept.store.record(
                .reopened(Ending(route: kept.work.route, message: Sample.message(90), word: .delivered, at: later)))
            try kept.store.commit()
        }
        kept.store.record(
            .ended(Ending(route: kept.work.route, message: Sample.message(90), word: .delivered, at: later)))
        kept.store.record(.removed(kept.ids[89]))
        let report = try kept.audit()
        #expect(report.addsUp, "\(report.text)")
        #expect(report.beyondRetention > 0)
        #expect(kept.store.seen(kept.work.route, .int(5)) == nil)
    }
}
