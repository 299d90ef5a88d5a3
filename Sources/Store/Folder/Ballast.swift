import Glibc

/// A file of written bytes that is given up when the disk is full, so that the turn under way can still be committed.
struct Ballast {
    private let path: String
    private let bytes: Int
    private(set) var isThere: Bool

    init(folder: String, bytes: Int) {
        path = folder + "/ballast"
        self.bytes = bytes
        var status = stat()
        isThere = stat(path, &status) == 0 && Int64(status.st_size) == Int64(bytes)
    }

    mutating func giveUp() {
        if unlink(path) == 0 || errno == ENOENT { isThere = false }
    }

    /// Writes the file anew; without space for it nothing is left behind.
    mutating func build() {
        guard bytes > 0 else { return }
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return }
        isThere = Self.fill(descriptor, bytes)
        close(descriptor)
        if !isThere { unlink(path) }
    }

    /// Bytes without a pattern: a file system that compresses or leaves holes must keep every block.
    private static func fill(_ descriptor: Int32, _ bytes: Int) -> Bool {
        var state: UInt64 = 0x9e37_79b9_7f4a_7c15
        var block = [UInt64](repeating: 0, count: 8192)
        var written = 0
        while written < bytes {
            for index in block.indices {
                state ^= state << 13
                state ^= state >> 7
                state ^= state << 17
                block[index] = state
            }
            let count = min(bytes - written, block.count * 8)
            let result = write(descriptor, block, count)
            if result <= 0 { return false }
            written += result
        }
        return true
    }
}
