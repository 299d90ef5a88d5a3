import CSQLite

/// The write-ahead log. SQLite's own automatic checkpoint hides a failed sync; this one does not.
extension Database {
    /// Begins to count; call once.
    func countLogPages() {
        sqlite3_wal_hook(
            handle,
            { context, _, _, pages in
                context?.assumingMemoryBound(to: Int.self).pointee = Int(pages)
                return SQLITE_OK
            }, logCount)
    }

    /// Moves what no reader needs into the file.
    /// - Throws: what the disk says. A full disk and busy readers are none: the log stays and is moved later.
    func checkpoint() throws(StoreError) {
        let code = sqlite3_wal_checkpoint_v2(handle, nil, SQLITE_CHECKPOINT_PASSIVE, nil, nil)
        guard code != SQLITE_OK, code & 0xff != SQLITE_BUSY else { return }
        let failure = error(code, operation: "checkpoint")
        if failure != .full { throw failure }
    }
}

/// A whole database as bytes.
extension Database {
    func serialized() throws(StoreError) -> [UInt8] {
        var size: Int64 = 0
        guard let bytes = sqlite3_serialize(handle, "main", &size, 0) else {
            throw .failed(operation: "serialize", message: "out of memory")
        }
        defer { sqlite3_free(bytes) }
        return Array(UnsafeBufferPointer(start: bytes, count: Int(size)))
    }

    func load(_ bytes: [UInt8]) throws(StoreError) {
        guard !bytes.isEmpty else { return }
        guard let copy = sqlite3_malloc64(UInt64(bytes.count)) else {
            throw .failed(operation: "load", message: "out of memory")
        }
        bytes.withUnsafeBytes { copy.copyMemory(from: $0.baseAddress ?? UnsafeRawPointer(copy), byteCount: $0.count) }
        let flags = UInt32(SQLITE_DESERIALIZE_FREEONCLOSE | SQLITE_DESERIALIZE_RESIZEABLE)
        let count = Int64(bytes.count)
        let code = sqlite3_deserialize(handle, "main", copy.assumingMemoryBound(to: UInt8.self), count, count, flags)
        guard code == SQLITE_OK else { throw error(code, operation: "load") }
    }
}

extension Database {
    /// Closing does not checkpoint either: only the writing connection does.
    func neverCheckpoints() {
        _ = waybill_sqlite3_no_checkpoint_on_close(handle)
        sqlite3_wal_autocheckpoint(handle, 0)
    }
}
