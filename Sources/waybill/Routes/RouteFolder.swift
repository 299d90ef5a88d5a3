import Glibc
import RouteLanguage

/// A folder of route files on disk: read into what the compiler takes, and written back by `fmt` and `check --fix`.
struct RouteFolder {
    static let fileLimit = 10_000
    static let sizeLimit = 4 << 20
    static let depthLimit = 16

    let path: String

    /// Every `*.route` and `*.lock` file below the folder, sorted by path. Names that begin with a dot are passed over;
    /// links are followed to files inside the folder only.
    /// - Parameter canBeEmpty: whether there may be no route in it.
    func read(canBeEmpty: Bool = false) throws(CommandFailure) -> SourceSet {
        guard let root = Self.realPath(path) else {
            throw CommandFailure(
                .badConfiguration, "there is no folder \(path)", "give the folder of your route files: --routes DIR")
        }
        var routes: [SourceSet.File] = []
        var locks: [SourceSet.File] = []
        for name in try names(below: "", root: root, depth: 0).sorted() {
            let file = SourceSet.File(path: name, text: try text(of: name))
            if name.hasSuffix(".route") { routes.append(file) } else { locks.append(file) }
        }
        guard canBeEmpty || !routes.isEmpty else {
            throw CommandFailure(
                .badConfiguration, "there is no *.route file in \(path)", "write one, or give another --routes DIR")
        }
        return SourceSet(routes: routes, locks: locks)
    }

    /// Puts a file in place as a whole; what it held before stays until then.
    func write(_ name: String, _ text: String) throws(CommandFailure) {
        let target = "\(path)/\(name)"
        for (index, character) in name.enumerated() where character == "/" {
            mkdir("\(path)/\(name.prefix(index))", 0o755)
        }
        let temporary = "\(target).\(getpid()).tmp"
        let bytes = Array(text.utf8)
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o644)
        guard descriptor >= 0 else { throw Self.failure("cannot write", target) }
        let isWritten = Terminal.writeAll(descriptor, bytes) && fsync(descriptor) == 0
        close(descriptor)
        guard isWritten, rename(temporary, target) == 0 else {
            let failure = Self.failure("cannot write", target)
            unlink(temporary)
            throw failure
        }
    }

    // MARK: Reading

    private func names(below folder: String, root: String, depth: Int) throws(CommandFailure) -> [String] {
        guard depth <= Self.depthLimit else {
            throw CommandFailure(
                .badConfiguration, "\(path)/\(folder) lies too deep: at most \(Self.depthLimit) folders")
        }
        var found: [String] = []
        for entry in try entries(of: folder) {
            let name = folder.isEmpty ? entry : "\(folder)/\(entry)"
            var status = stat()
            guard lstat("\(path)/\(name)", &status) == 0 else { continue }
            switch status.st_mode & S_IFMT {
            case S_IFDIR: found += try names(below: name, root: root, depth: depth + 1)
            case S_IFREG: if Self.isWanted(entry) { found.append(name) }
            case S_IFLNK: if Self.isWanted(entry), isFileInside(root, name) { found.append(name) }
            default: break
            }
            guard found.count <= Self.fileLimit else {
                throw CommandFailure(.badConfiguration, "more than \(Self.fileLimit) files in \(path)")
            }
        }
        return found
    }

    private func entries(of folder: String) throws(CommandFailure) -> [String] {
        let full = folder.isEmpty ? path : "\(path)/\(folder)"
        guard let directory = opendir(full) else { throw Self.failure("cannot read", full) }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) { String(cString: $0) }
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names
    }

    private func isFileInside(_ root: String, _ name: String) -> Bool {
        guard let real = Self.realPath("\(path)/\(name)"), real.hasPrefix(root + "/") else { return false }
        var status = stat()
        return stat(real, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }

    private func text(of name: String) throws(CommandFailure) -> String {
        let full = "\(path)/\(name)"
        let descriptor = open(full, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Self.failure("cannot read", full) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = Glibc.read(descriptor, &part, part.count)
            if count == 0 { break }
            guard count > 0 else { throw Self.failure("cannot read", full) }
            bytes.append(contentsOf: part[..<count])
            guard bytes.count <= Self.sizeLimit else {
                throw CommandFailure(.badConfiguration, "\(full) is longer than \(Self.sizeLimit >> 20) MB")
            }
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw Self.notUTF8(full, bytes)
        }
        return text
    }

    /// With the line of the first byte that no UTF-8 has.
    private static func notUTF8(_ path: String, _ bytes: [UInt8]) -> CommandFailure {
        if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
            return CommandFailure(.badConfiguration, "\(path) is UTF-16", "save it as UTF-8")
        }
        var line = 1
        for part in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            if String(validating: part, as: UTF8.self) == nil { break }
            line += 1
        }
        return CommandFailure(.badConfiguration, "\(path):\(line): this line is not UTF-8", "save the file as UTF-8")
    }

    private static func isWanted(_ name: String) -> Bool { name.hasSuffix(".route") || name.hasSuffix(".lock") }

    private static func realPath(_ path: String) -> String? {
        guard let real = realpath(path, nil) else { return nil }
        defer { free(real) }
        return String(cString: real)
    }

    private static func failure(_ verb: String, _ path: String) -> CommandFailure {
        CommandFailure(.badConfiguration, "\(verb) \(path): \(String(cString: strerror(errno)))")
    }
}
