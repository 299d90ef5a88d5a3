import CSQLite

/// A statement, prepared when it is first used: a store that is opened for one turn needs few of them. Parameters count
/// from 1, columns from 0.
///
/// Text and blobs are copied by SQLite when they are bound, except by `run(blob:at:)`, which keeps them in place.
final class Statement {
    private let sql: String
    private var prepared: OpaquePointer?
    private unowned let database: Database

    init(_ sql: String, database: Database) {
        self.sql = sql
        self.database = database
    }

    deinit { sqlite3_finalize(prepared) }

    /// nil where the statement cannot be prepared, which the next step throws. SQLite takes nil for a mistake, not for a
    /// pointer.
    private var handle: OpaquePointer? { prepared ?? prepare() }

    private func prepare() -> OpaquePointer? {
        guard refusal == SQLITE_OK else { return nil }
        refusal = sqlite3_prepare_v3(database.handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &prepared, nil)
        return prepared
    }

    // MARK: Parameters

    func bind(_ index: Int32, _ value: Int64) { sqlite3_bind_int64(handle, index, value) }

    func bind(_ index: Int32, _ text: String) {
        var text = text
        let code = text.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) { characters in
                sqlite3_bind_text(
                    handle, index, characters.baseAddress ?? Self.nothing, Int32(clamping: bytes.count), Self.copied)
            }
        }
        noteRefusal(code)
    }

    func bind(_ index: Int32, _ bytes: [UInt8]?) {
        guard let bytes else {
            sqlite3_bind_null(handle, index)
            return
        }
        bytes.withUnsafeBytes { bind(index, $0) }
    }

    func bind(_ index: Int32, _ bytes: UnsafeRawBufferPointer) {
        let code =
            if let start = bytes.baseAddress {
                sqlite3_bind_blob64(handle, index, start, UInt64(bytes.count), Self.copied)
            } else {
                sqlite3_bind_zeroblob(handle, index, 0)
            }
        noteRefusal(code)
    }

    /// Not copied: the bytes must stay where they are until the statement has run.
    func bind(inPlace bytes: UnsafeRawBufferPointer, at index: Int32) {
        let code =
            if let start = bytes.baseAddress {
                sqlite3_bind_blob64(handle, index, start, UInt64(bytes.count), nil)
            } else {
                sqlite3_bind_zeroblob(handle, index, 0)
            }
        noteRefusal(code)
    }

    /// UTF-8 that is not copied: it must stay where it is until the statement has run.
    func bind(inPlaceText bytes: UnsafeRawBufferPointer, at index: Int32) {
        let start = bytes.baseAddress?.assumingMemoryBound(to: CChar.self) ?? Self.nothing
        noteRefusal(sqlite3_bind_text(handle, index, start, Int32(clamping: bytes.count), nil))
    }

    /// A value that SQLite would not take (too large); the next step throws it.
    private var refusal: Int32 = SQLITE_OK

    private func noteRefusal(_ code: Int32) {
        if refusal == SQLITE_OK { refusal = code }
    }

    // MARK: Running

    /// Steps to the end and makes ready for the next use.
    func run() throws(StoreError) {
        let code = step()
        try finish(code)
    }

    /// `run` with one large value that is not copied.
    func run(blob bytes: UnsafeRawBufferPointer, at index: Int32) throws(StoreError) {
        bind(inPlace: bytes, at: index)
        let code = step()
        defer { sqlite3_bind_null(handle, index) }
        try finish(code)
    }

    private func step() -> Int32 {
        let handle = handle
        return refusal == SQLITE_OK ? sqlite3_step(handle) : refusal
    }

    private func finish(_ code: Int32) throws(StoreError) {
        let failure: StoreError? =
            code == SQLITE_DONE || code == SQLITE_ROW
            ? nil : database.error(code, operation: String(sql.prefix(60)))
        reset()
        if let failure { throw failure }
    }

    /// The next row; false at the end, where the statement is reset by itself. Call `reset` when leaving earlier: a
    /// statement that is half read keeps a snapshot and the write-ahead log growing.
    func next() throws(StoreError) -> Bool {
        let code = step()
        if code == SQLITE_ROW { return true }
        try finish(code)
        return false
    }

    func reset() {
        sqlite3_reset(prepared)
        refusal = SQLITE_OK
    }

    // MARK: Columns

    func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(handle, column) }

    func isNull(_ column: Int32) -> Bool { sqlite3_column_type(handle, column) == SQLITE_NULL }

    func text(_ column: Int32) -> String {
        guard let characters = sqlite3_column_text(handle, column) else { return "" }
        let count = Int(sqlite3_column_bytes(handle, column))
        return String(decoding: UnsafeBufferPointer(start: characters, count: count), as: UTF8.self)
    }

    func bytes(_ column: Int32) -> [UInt8] { [UInt8](rawBytes(column)) }

    func optionalBytes(_ column: Int32) -> [UInt8]? { isNull(column) ? nil : bytes(column) }

    /// Valid until the next step or reset.
    func rawBytes(_ column: Int32) -> UnsafeRawBufferPointer {
        let start = sqlite3_column_blob(handle, column)
        return UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : Int(sqlite3_column_bytes(handle, column)))
    }

    /// `SQLITE_TRANSIENT`, a cast that Swift does not import.
    private nonisolated(unsafe) static let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
    /// Empty text must not be bound as NULL. A literal lives for ever and is never written to.
    private nonisolated(unsafe) static let nothing: UnsafePointer<CChar> = {
        let storage = UnsafeMutablePointer<CChar>.allocate(capacity: 1)
        storage.initialize(to: 0)
        return UnsafePointer(storage)
    }()
}
