import Connecting
import Testing

@testable import MySQLConnector

@Suite struct MySQLPollingTests {
    static func settings(_ start: SourceRequest.StartPosition = .first, every: Int64 = 1_000, batch: Int = 100)
        -> PollingStateMachine.Settings
    { .init(key: .increasing, everyMilliseconds: every, batch: batch, start: start) }

    @Test func aLateCommitWithALowerIdIsFound() {
        var server = ModelServer()
        server.begin(1)
        server.begin(1)
        server.rollBack(1)
        server.insert()
        var reader = ModelReader(Self.settings())
        reader.connect(server)
        reader.run(&server, milliseconds: 5_000)
        #expect(reader.fresh == [3])
        #expect(reader.machine.gapsOpen == 1)
        server.commit(0)
        reader.run(&server, milliseconds: 3_000)
        #expect(reader.fresh == [3, 1])
        #expect(reader.machine.gapsOpen == 0)
    }

    @Test func aGapOfARollbackClosesOnceAllOlderTransactionsAreGone() {
        var server = ModelServer()
        server.insert()
        server.begin(3)
        server.rollBack(0)
        server.insert()
        var reader = ModelReader(Self.settings())
        reader.connect(server)
        reader.settle(server)
        #expect(reader.machine.gapsOpen == 1)
        reader.run(&server, milliseconds: 1_500)
        #expect(reader.machine.gapsOpen == 0)
    }

    @Test func idsReservedByOneStatementMayCommitInAnyOrder() {
        var server = ModelServer()
        server.begin(5)
        server.insert(2)
        var reader = ModelReader(Self.settings())
        reader.connect(server)
        reader.run(&server, milliseconds: 10_000)
        #expect(reader.fresh == [6, 7])
        server.rows.insert(3)
        reader.run(&server, milliseconds: 2_000)
        #expect(reader.fresh == [6, 7, 3])
        server.commit(0)
        reader.run(&server, milliseconds: 3_000)
        #expect(reader.fresh.sorted() == Array(1...7))
    }

    @Test func aConstantIncrementIsNoGap() {
        var server = ModelServer()
        server.facts = ServerFacts(uuid: "one", listsTransactions: true, increment: 10, offset: 1)
        for _ in 0..<50 { server.insert(step: 10) }
        var reader = ModelReader(Self.settings())
        reader.connect(server)
        reader.settle(server)
        #expect(reader.machine.gapsOpen == 0)
        server.begin(1, step: 10)
        server.insert(step: 10)
        reader.run(&server, milliseconds: 1_000)
        #expect(reader.machine.gapsOpen == 1)
    }

    @Test func gapsSurviveARestart() {
        var server = ModelServer()
        server.begin(2)
        server.insert()
        var reader = ModelReader(Self.settings())
        reader.connect(server)
        reader.run(&server, milliseconds: 3_000)
        var restarted = ModelReader(Self.settings(), position: reader.committed)
        restarted.connect(server)
        #expect(restarted.machine.gapsOpen == 1)
        server.commit(0)
        restarted.run(&server, milliseconds: 2_000)
        #expect(restarted.fresh == [1, 2])
    }

    @Test func withoutTheListGapsCloseByAge() {
        var server = ModelServer()
        server.facts = ServerFacts(uuid: "one", listsTransactions: false)
        server.begin(1)
        server.insert()
        var reader = ModelReader(Self.settings(every: 60_000))
        reader.connect(server)
        reader.settle(server)
        for _ in 0..<59 {
            server.pass(60_000)
            reader.settle(server)
        }
        #expect(reader.machine.gapsOpen == 1)
        for _ in 0..<10 {
            server.pass(60_000)
            reader.settle(server)
        }
        #expect(reader.machine.gapsOpen == 0)
    }

    @Test func startNowTakesWhatComesLaterAndWhatIsStillOpen() {
        var server = ModelServer()
        server.insert(5)
        server.begin(1)
        server.insert()
        var reader = ModelReader(Self.settings(.now))
        reader.connect(server)
        reader.settle(server)
        #expect(reader.fresh.isEmpty)
        #expect(reader.committed != nil)
        server.commit(0)
        server.insert()
        reader.run(&server, milliseconds: 3_000)
        #expect(reader.fresh.sorted() == [6, 8])
    }

    @Test func startNowOnAnEmptyTableTakesTheFirstRow() {
        var server = ModelServer()
        var reader = ModelReader(Self.settings(.now))
        reader.connect(server)
        reader.settle(server)
        server.insert(2)
        reader.run(&server, milliseconds: 2_000)
        #expect(reader.fresh == [1, 2])
    }

    @Test func startBehindAnIdTakesWhatIsAbove() {
        var server = ModelServer()
        server.insert(10)
        var reader = ModelReader(Self.settings(.after(7)))
        reader.connect(server)
        reader.settle(server)
        #expect(reader.fresh == [8, 9, 10])
    }

    @Test func theSweepReadsADayAgainButNothingBelowTheStart() {
        var server = ModelServer()
        server.insert(10)
        var reader = ModelReader(Self.settings(.after(4), every: 60_000))
        reader.connect(server)
        reader.settle(server)
        server.rows.remove(6)
        server.pass(3_600_000)
        reader.settle(server)
        #expect(reader.reread == [5, 7, 8, 9, 10])
        #expect(reader.fresh == Array(5...10))
    }

    @Test func theSweepOfTheSecondDayBeginsADayBack() {
        var server = ModelServer()
        var reader = ModelReader(Self.settings(every: 60_000))
        reader.connect(server)
        for _ in 0..<(30 * 60) {
            server.insert()
            server.pass(60_000)
            reader.settle(server)
        }
        reader.reread = []
        for _ in 0..<61 {
            server.pass(60_000)
            reader.settle(server)
        }
        let lowest = reader.reread.min() ?? 0
        #expect(lowest > 250 && lowest < 450)
        #expect(reader.machine.position.marks.marks.count < 60)
        #expect(reader.fresh.count == 1_800)
    }

    @Test func aServerThatLostItsNewestRowsIsComparedByContent() {
        var server = ModelServer()
        server.insert(100)
        var reader = ModelReader(Self.settings(every: 60_000))
        reader.connect(server)
        for _ in 0..<30 {
            server.pass(60_000)
            reader.settle(server)
        }
        server.insert(10)
        reader.run(&server, milliseconds: 61_000)
        server.facts.uuid = "two"
        server.rows.subtract(106...110)
        server.nextId = 106
        server.insert(3)
        reader.connect(server)
        reader.run(&server, milliseconds: 5_000)
        #expect(reader.failover == Array(101...108))
        server.insert(4)
        reader.run(&server, milliseconds: 61_000)
        #expect(reader.failover == Array(101...110))
        #expect(reader.fresh == Array(1...110) + [111, 112])
        #expect(reader.machine.position.failoverThrough == nil)
    }

    @Test func tooManyGapsAreLeftToTheSweep() {
        var server = ModelServer()
        server.facts = ServerFacts(uuid: "one", listsTransactions: false)
        for id in 1...400 where id % 2 == 0 { server.rows.insert(Int64(id)) }
        var settings = Self.settings()
        settings.gapLimit = 50
        var reader = ModelReader(settings)
        reader.connect(server)
        reader.settle(server)
        #expect(reader.machine.gapsOpen == 50)
        #expect(reader.machine.position.gapsForgotten == 150)
        server.rows.insert(5)
        for _ in 0..<61 {
            server.pass(60_000)
            reader.settle(server)
        }
        #expect(reader.reread.contains(5))
    }

    @Test func oldHolesAreNoGapsWhenFarBehind() {
        var server = ModelServer()
        for id in 1...30_000 where id % 3 != 0 { server.rows.insert(Int64(id)) }
        server.nextId = 30_001
        var reader = ModelReader(Self.settings(batch: 10_000))
        reader.connect(server)
        for _ in 0..<8 {
            reader.settle(server)
            server.pass(50)
        }
        #expect(reader.fresh.count == 20_000)
        #expect(reader.machine.gapsOpen == 0)
    }

    @Test func extremesDoNotTrap() {
        var server = ModelServer()
        server.rows = [.min, -5, 0, 7, .max - 1, .max]
        var reader = ModelReader(Self.settings(batch: 2))
        reader.connect(server)
        reader.run(&server, milliseconds: 3_000)
        #expect(reader.fresh == [.min, -5, 0, 7, .max - 1, .max])
    }

    @Test func aDamagedPositionIsAnErrorAndNoTrap() throws {
        var server = ModelServer()
        server.begin(1)
        server.insert(3)
        var reader = ModelReader(Self.settings())
        reader.connect(server)
        reader.settle(server)
        let bytes = try #require(reader.committed)
        for length in 0..<bytes.count {
            #expect(throws: (any Error).self) { try PollingPosition(decoding: Array(bytes[..<length])) }
        }
        for index in bytes.indices {
            var damaged = bytes
            damaged[index] ^= 0xff
            _ = try? PollingPosition(decoding: damaged)
        }
        let again = try PollingPosition(decoding: bytes)
        #expect(again.encoded == bytes)
    }
}

@Suite struct MySQLPollingHistories {
    /// Random histories of transactions, waits, reconnections and restarts: every committed row comes exactly once as
    /// fresh, and all gaps close in the end.
    @Test(arguments: 0..<8) func nothingIsMissedAndNothingIsFreshTwice(block: UInt64) {
        for seed in block * 400..<(block + 1) * 400 {
            var numbers = SeededNumbers(seed + 1)
            var server = ModelServer()
            let batch = Int.random(in: 1...7, using: &numbers)
            let settings = MySQLPollingTests.settings(every: .random(in: 50...3_000, using: &numbers), batch: batch)
            var reader = ModelReader(settings)
            reader.connect(server)
            var rereadBefore: [Int64] = []
            for _ in 0..<120 {
                Self.act(&server, &reader, settings, &numbers, &rereadBefore)
            }
            while !server.open.isEmpty { server.commit(0) }
            reader.run(&server, milliseconds: 20_000)
            let sorted = reader.fresh.sorted()
            #expect(sorted == server.rows.sorted(), "seed \(seed)")
            #expect(reader.machine.gapsOpen == 0, "seed \(seed)")
        }
    }

    private static func act(
        _ server: inout ModelServer, _ reader: inout ModelReader, _ settings: PollingStateMachine.Settings,
        _ numbers: inout SeededNumbers, _ rereadBefore: inout [Int64]
    ) {
        switch Int.random(in: 0..<20, using: &numbers) {
        case 0..<4: server.begin(.random(in: 1...4, using: &numbers))
        case 4..<7: if !server.open.isEmpty { server.commit(.random(in: 0..<server.open.count, using: &numbers)) }
        case 7: if !server.open.isEmpty { server.rollBack(.random(in: 0..<server.open.count, using: &numbers)) }
        case 8..<10: server.insert(.random(in: 1...3, using: &numbers))
        case 10: reader.connect(server)
        case 11:
            // A restart of the process: everything after the last committed position is forgotten.
            let (fresh, position) = (reader.fresh, reader.committed)
            reader = ModelReader(settings, position: position)
            reader.fresh = position == nil ? [] : fresh
            reader.connect(server)
        case 12..<16: for _ in 0..<Int.random(in: 1...6, using: &numbers) where !reader.step(server) { break }
        default: server.pass(.random(in: 1...800, using: &numbers))
        }
    }
}
