import Connecting
import Message

/// Positions of sources, crash marks of raw rows, and conflicts.
final class SourceStorage {
    private struct Position {
        let bytes: [UInt8]
        let text: String
    }

    private var positions: [RouteID: Position] = [:]
    private var movedRoutes: Set<RouteID> = []
    private var crashMarks: [RouteID: [RowIdentity: Int]] = [:]
    private var changedMarks: [RouteID: Set<RowIdentity>] = [:]
    private var conflicts: [Conflict] = []

    private let putPosition: Statement
    private let putMark: Statement
    private let deleteMark: Statement
    private let putConflict: Statement

    init(_ database: Database) throws(StoreError) {
        putPosition = database.prepare(
            "REPLACE INTO positions (route, position, position_text) VALUES (?1, ?2, ?3)")
        putMark = database.prepare("REPLACE INTO row_crash_marks (route, identity, marks) VALUES (?1, ?2, ?3)")
        deleteMark = database.prepare("DELETE FROM row_crash_marks WHERE route = ?1 AND identity = ?2")
        putConflict = database.prepare(
            "INSERT INTO conflicts (route, message, key, first_message, at_us) VALUES (?1, ?2, ?3, ?4, ?5)")
        let stored = database.prepare("SELECT route, position, position_text FROM positions")
        while try stored.next() {
            let route = RouteID(rawValue: UInt32(truncatingIfNeeded: stored.integer(0)))
            positions[route] = Position(bytes: stored.bytes(1), text: stored.text(2))
        }
        try loadMarks(database)
    }

    private func loadMarks(_ database: Database) throws(StoreError) {
        let stored = database.prepare("SELECT route, identity, marks FROM row_crash_marks")
        while try stored.next() {
            let route = RouteID(rawValue: UInt32(truncatingIfNeeded: stored.integer(0)))
            guard let identity = StoredIdentity.decode(stored.bytes(1)) else { throw .damaged(what: "a crash mark") }
            crashMarks[route, default: [:]][identity] = Int(clamping: stored.integer(2))
        }
    }

    var hasChanges: Bool { !movedRoutes.isEmpty || !changedMarks.isEmpty || !conflicts.isEmpty }

    func position(_ route: RouteID) -> [UInt8]? { positions[route]?.bytes }
    func marks(_ route: RouteID) -> [RowIdentity: Int] { crashMarks[route] ?? [:] }

    func moved(_ advance: SourceAdvance) {
        forgetMarks(of: advance)
        guard let bytes = advance.position else { return }
        positions[advance.route] = Position(bytes: bytes, text: advance.positionText)
        movedRoutes.insert(advance.route)
    }

    /// A row that is seen is read no more: its marks have done their work.
    private func forgetMarks(of advance: SourceAdvance) {
        guard let marks = crashMarks[advance.route], !marks.isEmpty else { return }
        for row in advance.rows where marks[row.identity] != nil {
            crashMarks[advance.route]?[row.identity] = nil
            changedMarks[advance.route, default: []].insert(row.identity)
        }
    }

    func crashed(_ route: RouteID, _ identity: RowIdentity) {
        crashMarks[route, default: [:]][identity, default: 0] += 1
        changedMarks[route, default: []].insert(identity)
    }

    func found(_ conflict: Conflict) { conflicts.append(conflict) }

    func write() throws(StoreError) {
        for route in movedRoutes { try writePosition(route) }
        for (route, identities) in changedMarks {
            for identity in identities { try writeMark(route, identity) }
        }
        for conflict in conflicts {
            putConflict.bind(1, Int64(conflict.route.rawValue))
            putConflict.bind(2, conflict.message)
            putConflict.bind(3, conflict.key)
            putConflict.bind(4, Int64(bitPattern: conflict.firstMessage))
            putConflict.bind(5, conflict.at.microseconds)
            try putConflict.run()
        }
    }

    private func writePosition(_ route: RouteID) throws(StoreError) {
        guard let position = positions[route] else { return }
        putPosition.bind(1, Int64(route.rawValue))
        position.bytes.withUnsafeBytes { putPosition.bind(2, $0) }
        putPosition.bind(3, position.text)
        try putPosition.run()
    }

    private func writeMark(_ route: RouteID, _ identity: RowIdentity) throws(StoreError) {
        let marks = crashMarks[route]?[identity]
        let statement = marks == nil ? deleteMark : putMark
        statement.bind(1, Int64(route.rawValue))
        statement.bind(2, StoredIdentity.encode(identity))
        if let marks { statement.bind(3, Int64(marks)) }
        try statement.run()
    }

    func committed() {
        movedRoutes.removeAll(keepingCapacity: true)
        changedMarks.removeAll()
        conflicts.removeAll()
    }
}

/// A row's identity as one blob: a tag, then the number or the bytes.
enum StoredIdentity {
    static func encode(_ identity: RowIdentity) -> [UInt8] {
        switch identity {
        case .int(let number): [0] + withUnsafeBytes(of: number.bigEndian) { Array($0) }
        case .bytes(let bytes): [1] + bytes
        }
    }

    static func decode(_ bytes: [UInt8]) -> RowIdentity? {
        switch bytes.first {
        case 0 where bytes.count == 9: .int(bytes.dropFirst().reduce(Int64(0)) { $0 << 8 | Int64($1) })
        case 1: .bytes(Array(bytes.dropFirst()))
        default: nil
        }
    }
}
