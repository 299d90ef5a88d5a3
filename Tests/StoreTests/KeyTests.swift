import Message
import Store
import StoreSamples
import Testing

@Suite("Accepted keys") struct KeyTests {
    private static var settings: StoreSettings {
        var settings = StoreSettings()
        settings.recentKeys = 256
        return settings
    }

    /// Accepts `numbers` in turns of 64.
    private func accept(_ numbers: Range<Int>, in store: SQLiteStore, days: Int64 = 30) throws {
        for start in stride(from: numbers.lowerBound, to: numbers.upperBound, by: 64) {
            for number in start..<min(start + 64, numbers.upperBound) {
                store.record(.keyAccepted(Sample.key(number, days: days)))
            }
            try store.commit()
        }
    }

    @Test func areFoundAtEveryStageOfTheirWay() throws {
        let store = try SQLiteStore(settings: Self.settings)
        for turn in 0..<120 {
            try accept(turn * 64..<turn * 64 + 64, in: store)
            for number in stride(from: 0, to: turn * 64 + 64, by: 37) {
                #expect(store.key(Sample.fingerprint(number)) == Sample.key(number))
            }
            #expect(store.key(Sample.fingerprint(1_000_000 + turn)) == nil)
        }
    }

    @Test func areFoundAfterARestartAtEveryTurn() throws {
        var store = try SQLiteStore(settings: Self.settings)
        for turn in 0..<60 {
            try accept(turn * 64..<turn * 64 + 64, in: store)
            store = try SQLiteStore(inMemory: try store.serialized(), settings: Self.settings)
            for number in stride(from: 0, to: turn * 64 + 64, by: 41) {
                #expect(store.key(Sample.fingerprint(number)) == Sample.key(number))
            }
        }
    }

    @Test func areMergedIntoFewTables() throws {
        let store = try SQLiteStore(settings: Self.settings)
        try accept(0..<64 * 400, in: store)
        let reader = try StoreReader(bytes: try store.serialized())
        #expect(try reader.keyTableCount() <= 40)
        for number in stride(from: 0, to: 64 * 400, by: 97) {
            #expect(store.key(Sample.fingerprint(number)) == Sample.key(number))
        }
    }

    @Test func areForgottenWithTheirTable() throws {
        let store = try SQLiteStore(settings: Self.settings)
        try accept(0..<4096, in: store, days: 1)
        let before = try StoreReader(bytes: try store.serialized()).keyTableCount()
        #expect(before > 1)
        let later = Instant(microseconds: Sample.start + 2 * 86_400_000_000)
        for number in 0..<2000 {
            store.record(.ended(Ending(route: RouteID(rawValue: 1), message: "m", word: .stopped, at: later)))
            if number > 100 { store.record(.keyAccepted(Sample.key(100_000 + number))) }
            try store.commit()
        }
        #expect(store.key(Sample.fingerprint(5)) == nil)
        #expect(store.key(Sample.fingerprint(100_500)) == Sample.key(100_500))
    }

    @Test func countsTheLatestAcceptance() throws {
        let store = try SQLiteStore(settings: Self.settings)
        try accept(0..<640, in: store, days: 10)
        store.record(.keyAccepted(Sample.key(5, days: 40)))
        #expect(store.key(Sample.fingerprint(5)) == Sample.key(5, days: 40))
        try store.commit()
        try accept(1000..<9000, in: store)
        #expect(store.key(Sample.fingerprint(5)) == Sample.key(5, days: 40))
    }
}
