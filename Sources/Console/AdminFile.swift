import Glibc

/// A file of the data folder that `serve` and the commands share could not be used.
package struct AdminFileError: Error, Sendable, Hashable, CustomStringConvertible {
    package let problem: String
    package let remedy: String
    package init(problem: String, remedy: String) {
        self.problem = problem
        self.remedy = remedy
    }
    package var description: String { "\(problem); \(remedy)" }
}

/// Small files of one line, readable by their owner only.
enum AdminFile {
    private static let sizeLimit = 4_096

    /// Contents without surrounding blanks; nil: there is no such file.
    /// - Throws: where others can read it, or it is not a plain file.
    static func read(_ path: String) throws(AdminFileError) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw failure("cannot read", path)
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw AdminFileError(problem: "\(path) is not a plain file", remedy: "remove it")
        }
        guard status.st_mode & 0o077 == 0 else {
            throw AdminFileError(problem: "\(path) can be read by others", remedy: "chmod 600 \(path)")
        }
        var bytes = [UInt8](repeating: 0, count: sizeLimit)
        let count = Glibc.read(descriptor, &bytes, bytes.count)
        guard count >= 0 else { throw failure("cannot read", path) }
        return String(decoding: trimmed(bytes[..<count]), as: UTF8.self)
    }

    /// Fails where the file is there already.
    static func create(_ path: String, _ text: String) throws(AdminFileError) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw failure("cannot create", path) }
        defer { close(descriptor) }
        let bytes = Array(text.utf8)
        guard write(descriptor, bytes, bytes.count) == bytes.count, fsync(descriptor) == 0 else {
            throw failure("cannot write", path)
        }
    }

    /// Puts the file in place as a whole, over an older one.
    static func replace(_ path: String, _ text: String) throws(AdminFileError) {
        let temporary = "\(path).\(getpid()).tmp"
        unlink(temporary)
        try create(temporary, text)
        guard rename(temporary, path) == 0 else { throw failure("cannot write", path) }
    }

    private static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var rest = bytes.drop { $0 <= 0x20 }
        while let last = rest.last, last <= 0x20 { rest = rest.dropLast() }
        return rest
    }

    private static func failure(_ verb: String, _ path: String) -> AdminFileError {
        AdminFileError(
            problem: "\(verb) \(path): \(String(cString: strerror(errno)))",
            remedy: "give the data folder to the user that runs this")
    }
}

/// Where the running service of a data folder listens: written when it is ready, removed when it ends.
package enum AdminAddressFile {
    package static let fileName = "admin.address"

    package static func write(_ address: ConsoleAddress, folder: String) throws(AdminFileError) {
        try AdminFile.replace(folder + "/" + fileName, "\(address)\n")
    }

    package static func read(folder: String) throws(AdminFileError) -> ConsoleAddress? {
        guard let text = try AdminFile.read(folder + "/" + fileName) else { return nil }
        guard let address = ConsoleAddress(text) else {
            throw AdminFileError(
                problem: "\(folder)/\(fileName) does not hold HOST:PORT",
                remedy: "remove it, or start the service again")
        }
        return address
    }

    package static func remove(folder: String) { unlink(folder + "/" + fileName) }
}
