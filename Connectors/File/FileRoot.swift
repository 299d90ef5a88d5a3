import Glibc

/// An open descriptor; closed with its owner.
final class Descriptor {
    let number: Int32
    init?(takingOwnershipOf number: Int32) {
        if number < 0 { return nil }
        self.number = number
    }
    deinit { close(number) }
}

/// A checked path below a root.
struct FilePath {
    let folders: [String]
    let name: String

    init(_ text: String) throws(FileFailure) {
        if text.utf8.count > 4_000 { throw .refused("the path is longer than 4,000 bytes") }
        var parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        for part in parts {
            if part.isEmpty { throw .refused("the path is absolute or has an empty part") }
            if part == "." || part == ".." { throw .refused("the path holds the part `.` or `..`") }
            // Room for `.torn`, and 255 bytes is what file systems take.
            if part.utf8.count > 250 { throw .refused("a part of the path is longer than 250 bytes") }
            if part.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) {
                throw .refused("the path holds a control byte")
            }
        }
        if parts[0] == FileRoot.stagingName { throw .refused("the folder `.waybill` belongs to Waybill") }
        name = parts.removeLast()
        folders = parts
    }

    var folder: String { folders.joined(separator: "/") }
}

/// The folder that every path lies in. Paths are walked part by part without following links, so no name and no planted
/// link leads out of it.
final class FileRoot {
    static let stagingName = ".waybill"
    private(set) var descriptor: Descriptor
    private(set) var staging: Descriptor
    private let path: String
    private var inode: UInt64
    private let device: UInt64
    /// Folders whose entry in their own folder is known to be durable.
    private var durable: Set<String> = []

    init(at path: String) throws(FileFailure) {
        self.path = path
        (descriptor, staging) = try Self.open(path)
        let status = try Self.status(descriptor)
        inode = UInt64(status.st_ino)
        device = UInt64(status.st_dev)
    }

    private static func open(_ path: String) throws(FileFailure) -> (Descriptor, Descriptor) {
        try makeFolders(path)
        guard let root = Descriptor(takingOwnershipOf: Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) else {
            throw .last("opening the folder")
        }
        if mkdirat(root.number, Self.stagingName, 0o700) != 0 && errno != EEXIST { throw .last("making `.waybill`") }
        return (root, try Self.openFolder(Self.stagingName, in: root))
    }

    private static func status(_ folder: Descriptor) throws(FileFailure) -> stat {
        var status = stat()
        if fstat(folder.number, &status) != 0 { throw .last("looking at the folder") }
        return status
    }

    private static func makeFolders(_ path: String) throws(FileFailure) {
        var made = path.hasPrefix("/") ? "/" : ""
        for part in path.split(separator: "/") {
            let parent = made.isEmpty ? "." : made
            made += part + "/"
            if mkdir(made, 0o750) == 0 {
                let folder = Descriptor(takingOwnershipOf: Glibc.open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC))
                if let folder, fsync(folder.number) != 0 { throw .last("syncing a folder") }
            } else if errno != EEXIST && errno != EROFS && errno != EACCES {
                throw .last("making the folder")
            }
        }
    }

    /// Sees to it that the folder that is open is the one that the path leads to: it may have been moved away, or
    /// removed and made anew. A missing one is made again, but never on another file system: then something that was
    /// mounted is gone, and what is written would lie hidden below it once it is back.
    /// - Returns: whether it is another folder than before.
    func follow() throws(FileFailure) -> Bool {
        var status = stat()
        var found = stat(path, &status) == 0
        if found, UInt64(status.st_ino) == inode, UInt64(status.st_dev) == device { return false }
        if !found, errno != ENOENT { throw .last("looking at the root") }
        var ancestor = path
        while !found, let slash = ancestor.lastIndex(of: "/"), slash != ancestor.startIndex {
            ancestor = String(ancestor[..<slash])
            found = stat(ancestor, &status) == 0
        }
        guard found, UInt64(status.st_dev) == device else {
            throw .away("the root `\(path)` lies on another file system than at the start: mount it again, or restart")
        }
        (descriptor, staging) = try Self.open(path)
        inode = UInt64(try Self.status(descriptor).st_ino)
        durable = []
        return true
    }

    private static func openFolder(_ name: String, in parent: Descriptor) throws(FileFailure) -> Descriptor {
        let number = openat(parent.number, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard let folder = Descriptor(takingOwnershipOf: number) else { throw .last("opening a folder") }
        return folder
    }

    /// Opens the folder of `path`, making what is missing of it durably.
    func folder(of path: FilePath) throws(FileFailure) -> Descriptor {
        var current = descriptor
        var name = ""
        for part in path.folders {
            name += part + "/"
            if mkdirat(current.number, part, 0o750) != 0 && errno != EEXIST { throw .last("making a folder") }
            // One that was there may have been made just before a crash, or before a sync that failed.
            if !durable.contains(name) {
                if fsync(current.number) != 0 { throw .last("syncing a folder") }
                if durable.count >= 4_096 { durable = [] }
                durable.insert(name)
            }
            current = try Self.openFolder(part, in: current)
        }
        return current
    }

    /// Removes files that were being written when an earlier run ended.
    func clearStaging() {
        for name in stagedNames() where name.hasSuffix(".tmp") { unlinkat(staging.number, name, 0) }
    }

    func stagedNames() -> [String] {
        let copy = openat(staging.number, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        if copy < 0 { return [] }
        guard let stream = fdopendir(copy) else {
            close(copy)
            return []
        }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names
    }
}

/// Writes the first `count` of `bytes` at `offset`, all of them.
func writeFully(_ descriptor: Int32, _ bytes: [UInt8], count: Int, at offset: Int64) throws(FileFailure) {
    let failure: FileFailure? = bytes.withUnsafeBytes { buffer in
        guard let start = buffer.baseAddress else { return nil }
        var written = 0
        while written < min(count, buffer.count) {
            let result = pwrite(descriptor, start + written, count - written, off_t(offset) + off_t(written))
            if result < 0 && errno == EINTR { continue }
            if result <= 0 { return .last("writing") }
            written += result
        }
        return nil
    }
    if let failure { throw failure }
}
