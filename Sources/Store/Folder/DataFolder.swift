import Glibc

/// The folder that holds the store: `waybill.db` and its log, the lock, the ballast. Only its owner can read it.
struct DataFolder {
    let path: String
    var database: String { path + "/waybill.db" }

    /// Creates what is missing, and takes rights from others where they have some.
    func prepare() throws(StoreError) {
        if mkdir(path, 0o700) != 0, errno != EEXIST { throw failure("create \(path)") }
        guard chmod(path, 0o700) == 0 else { throw failure("restrict \(path)") }
    }

    /// The empty file that SQLite fills. Call with the folder's lock held.
    func prepareDatabase() throws(StoreError) {
        // SQLite gives the log and the shared memory the rights of this file. A file that is there is not opened:
        // closing it would drop the locks that a reader in this process holds on it.
        let descriptor = open(database, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        if descriptor >= 0 {
            close(descriptor)
        } else if errno != EEXIST {
            throw failure("create \(database)")
        }
        guard chmod(database, 0o600) == 0 else { throw failure("restrict \(database)") }
    }

    /// Bytes that this user can still write there; nil where the system does not say.
    func freeBytes() -> Int64? {
        var status = statvfs()
        guard statvfs(path, &status) == 0 else { return nil }
        let (bytes, overflow) = UInt64(status.f_bavail).multipliedReportingOverflow(by: UInt64(status.f_frsize))
        return overflow ? Int64.max : Int64(clamping: bytes)
    }

    private func failure(_ operation: String) -> StoreError {
        let code = errno
        return code == ENOSPC ? .full : .failed(operation: operation, message: String(cString: strerror(code)))
    }
}
