import Glibc

/// The exclusive hold on a data folder: one process at a time writes there. It ends with the process.
final class FolderLock {
    private let descriptor: Int32

    /// Takes the folder or says who has it.
    init(folder: String) throws(StoreError) {
        let path = folder + "/lock"
        let opened = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard opened >= 0 else { throw .failed(operation: "open \(path)", message: Self.reason(errno)) }
        guard flock(opened, LOCK_EX | LOCK_NB) == 0 else {
            let code = errno
            let holder = Self.holder(opened)
            close(opened)
            guard code == EWOULDBLOCK else { throw .failed(operation: "lock \(path)", message: Self.reason(code)) }
            throw .held(folder: folder, by: holder)
        }
        descriptor = opened
        let line = Array("\(getpid())\n".utf8)
        // The number is for people: without space for it the lock still holds.
        if ftruncate(descriptor, 0) == 0 { _ = pwrite(descriptor, line, line.count, 0) }
    }

    deinit { close(descriptor) }

    private static func holder(_ descriptor: Int32) -> String {
        var text = [UInt8](repeating: 0, count: 20)
        let count = pread(descriptor, &text, text.count, 0)
        let digits = text.prefix(max(0, count)).prefix { (48...57).contains($0) }
        return digits.isEmpty ? "another process" : "process \(String(decoding: digits, as: UTF8.self))"
    }

    private static func reason(_ code: Int32) -> String { String(cString: strerror(code)) }
}
