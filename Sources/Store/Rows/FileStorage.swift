import Connecting
import Message

/// How far appended files reach, and the notes of who did what.
final class FileStorage {
    private struct Key: Hashable {
        let connection: String
        let path: String
    }

    private var extents: [Key: FileExtent] = [:]
    private var changed: Set<Key> = []
    private var notes: [AuditNote] = []
    private let putExtent: Statement
    private let putNote: Statement

    init(_ database: Database) throws(StoreError) {
        putExtent = database.prepare(
            "REPLACE INTO extents (connection, path, inode, length_bytes) VALUES (?1, ?2, ?3, ?4)")
        putNote = database.prepare("INSERT INTO audit_notes (at_us, who, what) VALUES (?1, ?2, ?3)")
        let stored = database.prepare("SELECT connection, path, inode, length_bytes FROM extents")
        while try stored.next() {
            extents[Key(connection: stored.text(0), path: stored.text(1))] = FileExtent(
                path: stored.text(1), inode: UInt64(bitPattern: stored.integer(2)), length: stored.integer(3))
        }
    }

    var hasChanges: Bool { !changed.isEmpty || !notes.isEmpty }

    func extents(of connection: String) -> [FileExtent] {
        extents.filter { $0.key.connection == connection }.map(\.value).sorted { $0.path < $1.path }
    }

    func appended(_ connection: String, _ extent: FileExtent) {
        let key = Key(connection: connection, path: extent.path)
        extents[key] = extent
        changed.insert(key)
    }

    func acted(_ note: AuditNote) { notes.append(note) }

    func write() throws(StoreError) {
        for key in changed { try writeExtent(key) }
        for note in notes {
            putNote.bind(1, note.at.microseconds)
            putNote.bind(2, note.who)
            putNote.bind(3, note.what)
            try putNote.run()
        }
    }

    private func writeExtent(_ key: Key) throws(StoreError) {
        guard let extent = extents[key] else { return }
        putExtent.bind(1, key.connection)
        putExtent.bind(2, key.path)
        putExtent.bind(3, Int64(bitPattern: extent.inode))
        putExtent.bind(4, extent.length)
        try putExtent.run()
    }

    func committed() {
        changed.removeAll(keepingCapacity: true)
        notes.removeAll()
    }
}
