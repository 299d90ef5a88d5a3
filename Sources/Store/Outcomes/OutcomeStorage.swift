import Message

/// Endings and delivery marks, a packed row of each a commit, and the counters that stay for ever.
final class OutcomeStorage {
    private let endings = PackedBuffer(capacity: 32 * 1024)
    private let marks = PackedBuffer(capacity: 64 * 1024)
    private var latestEnding = Int64.min
    private var latestMark = Int64.min
    private(set) var accounts: AccountTable

    private let putEndings: Statement
    private let putMarks: Statement

    init(_ database: Database) throws(StoreError) {
        putEndings = database.prepare("INSERT INTO endings (at_us, endings) VALUES (?1, ?2)")
        putMarks = database.prepare("INSERT INTO marks (at_us, marks) VALUES (?1, ?2)")
        accounts = try AccountTable(database)
    }

    var hasChanges: Bool { endings.count > 0 || marks.count > 0 || accounts.hasChanges }

    func ended(_ ending: Ending, reopened: Bool) {
        latestEnding = max(latestEnding, ending.at.microseconds)
        PackedEnding.append(ending, reopened: reopened, to: endings)
        accounts.add(reopened ? -1 : 1, route: ending.route, word: ending.word)
    }

    func delivered(_ mark: DeliveryMark) {
        latestMark = max(latestMark, mark.at.microseconds)
        PackedMark.append(mark, to: marks)
    }

    func seen(_ route: RouteID, _ word: FinalWord?) {
        accounts.addSeen(route)
        if let word { accounts.add(1, route: route, word: word) }
    }

    func seenAgain(_ route: RouteID, before: FinalWord, after: FinalWord?) {
        accounts.add(-1, route: route, word: before)
        if let after { accounts.add(1, route: route, word: after) }
    }

    func write() throws(StoreError) {
        if endings.count > 0 {
            putEndings.bind(1, latestEnding)
            try putEndings.run(blob: endings.bytes, at: 2)
        }
        if marks.count > 0 {
            putMarks.bind(1, latestMark)
            try putMarks.run(blob: marks.bytes, at: 2)
        }
        try accounts.write()
    }

    func committed() {
        endings.removeAll()
        marks.removeAll()
        latestEnding = Int64.min
        latestMark = Int64.min
        accounts.committed()
    }
}
