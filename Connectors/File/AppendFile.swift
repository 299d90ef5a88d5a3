import Connecting
import Glibc

/// One file that only this connection adds to.
final class AppendFile {
    let inode: UInt64
    /// Bytes that are durable.
    private(set) var length: Int64
    private var unsynced: Int64 = 0
    private let file: Descriptor
    private let folder: Descriptor
    private let name: String

    /// Opens the file and cuts it to `extent`, or begins it.
    ///
    /// A file that is there although nothing of it was committed is this connection's if a marker says so (a crash came
    /// before the commit): it is cut to nothing. Any other file that was not committed pauses the step.
    init(_ path: FilePath, extent: FileExtent?, target: String, root: FileRoot) throws(FileFailure) {
        let folder = try root.folder(of: path)
        self.folder = folder
        name = path.name
        if let file = Descriptor(
            takingOwnershipOf: openat(folder.number, path.name, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC))
        {
            let status = try Self.status(file)
            let found = UInt64(status.st_ino)
            var committed: Int64 = 0
            if let extent, extent.inode == found {
                committed = extent.length
            } else if status.st_size > 0 && !BeginMarkers(root).contains(inode: found, path: target) {
                throw .paused(
                    "`\(target)` is not the file that Waybill wrote: move it away, and Waybill begins a new one")
            }
            if Int64(status.st_size) < committed {
                throw .paused(
                    "`\(target)` is shorter (\(status.st_size) bytes) than what was delivered to it (\(committed)): "
                        + "restore it, or move it away and Waybill begins a new one")
            }
            if Int64(status.st_size) > committed {
                try Self.cut(file, from: committed, to: Int64(status.st_size), name: path.name, folder: folder)
            }
            if committed == 0 { try BeginMarkers(root).add(inode: found, path: target) }
            self.file = file
            inode = found
            length = committed
            return
        }
        if errno != ENOENT { throw .last("opening the file") }
        let made = openat(
            folder.number, path.name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode_t(0o640))
        guard let file = Descriptor(takingOwnershipOf: made) else { throw .last("making the file") }
        inode = UInt64(try Self.status(file).st_ino)
        length = 0
        self.file = file
        try BeginMarkers(root).add(inode: inode, path: target)
        if fsync(folder.number) != 0 { throw .last("syncing the folder") }
    }

    /// Cuts a file to its committed length at start. A missing file is none of its concern.
    static func recover(_ extent: FileExtent, root: FileRoot) throws(FileFailure) {
        let path = try FilePath(extent.path)
        let folder = try root.folder(of: path)
        if faccessat(folder.number, path.name, F_OK, AT_SYMLINK_NOFOLLOW) != 0 { return }
        _ = try AppendFile(path, extent: extent, target: extent.path, root: root)
    }

    private static func status(_ file: Descriptor) throws(FileFailure) -> stat {
        var status = stat()
        if fstat(file.number, &status) != 0 { throw .last("looking at the file") }
        if status.st_mode & S_IFMT != S_IFREG { throw .refused("what stands in the file's place is no file") }
        return status
    }

    /// Whether the name still leads to this file with the bytes that were written.
    func isInPlace() throws(FileFailure) -> Bool {
        var status = stat()
        if fstatat(folder.number, name, &status, AT_SYMLINK_NOFOLLOW) != 0 {
            if errno == ENOENT { return false }
            throw .last("looking at the file")
        }
        return UInt64(status.st_ino) == inode && Int64(status.st_size) == length
    }

    /// Adds `bytes`, which count once `sync` has succeeded. When either fails the file is cut back, and must be opened
    /// anew.
    func write(_ bytes: [UInt8]) throws(FileFailure) {
        do throws(FileFailure) {
            try writeFully(file.number, bytes, count: bytes.count, at: length + unsynced)
            unsynced += Int64(bytes.count)
        } catch {
            cutBack()
            throw error
        }
    }

    /// Lets the system begin to write out what was added, without waiting for it.
    func beginSync() { posix_fadvise(file.number, off_t(length), off_t(unsynced), POSIX_FADV_DONTNEED) }

    func sync() throws(FileFailure) {
        if fdatasync(file.number) != 0 {
            let failure = FileFailure.last("syncing the file")
            cutBack()
            throw failure
        }
        length += unsynced
        unsynced = 0
    }

    private func cutBack() {
        if ftruncate(file.number, off_t(length)) == 0 { fdatasync(file.number) }
        unsynced = 0
    }

    /// Moves what stands behind `length` into NAME.torn.
    private static func cut(
        _ file: Descriptor, from length: Int64, to end: Int64, name: String, folder: Descriptor
    ) throws(FileFailure) {
        let flags = O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC
        guard let torn = Descriptor(takingOwnershipOf: openat(folder.number, name + ".torn", flags, mode_t(0o640)))
        else { throw .last("making the file of torn lines") }
        var target = Int64(try status(torn).st_size)
        var offset = length
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while offset < end {
            let count = pread(file.number, &buffer, Int(min(Int64(buffer.count), end - offset)), off_t(offset))
            if count < 0 && errno == EINTR { continue }
            if count < 0 { throw .last("reading the torn lines") }
            if count == 0 { break }
            try writeFully(torn.number, buffer, count: count, at: target)
            offset += Int64(count)
            target += Int64(count)
        }
        if fsync(torn.number) != 0 || fsync(folder.number) != 0 { throw .last("syncing the torn lines") }
        if ftruncate(file.number, off_t(length)) != 0 || fdatasync(file.number) != 0 { throw .last("cutting the file") }
    }
}

/// Marks, in the staging folder, files that this connection began and of which nothing may be committed yet: so that
/// after a crash its own first lines are told from somebody else's file.
struct BeginMarkers {
    private let staging: Descriptor
    init(_ root: FileRoot) { staging = root.staging }

    private func name(_ inode: UInt64) -> String { "begun-\(inode)" }

    func add(inode: UInt64, path: String) throws(FileFailure) {
        let flags = O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC
        guard let file = Descriptor(takingOwnershipOf: openat(staging.number, name(inode), flags, mode_t(0o600))) else {
            throw .last("marking the file")
        }
        let bytes = Array(path.utf8)
        try writeFully(file.number, bytes, count: bytes.count, at: 0)
        if fsync(file.number) != 0 || fsync(staging.number) != 0 { throw .last("marking the file") }
    }

    func contains(inode: UInt64, path: String) -> Bool {
        guard
            let file = Descriptor(
                takingOwnershipOf: openat(staging.number, name(inode), O_RDONLY | O_NOFOLLOW | O_CLOEXEC))
        else { return false }
        var buffer = [UInt8](repeating: 0, count: 4_096)
        let count = read(file.number, &buffer, buffer.count)
        return count >= 0 && buffer[..<max(count, 0)].elementsEqual(path.utf8)
    }

    func remove(inode: UInt64) { unlinkat(staging.number, name(inode), 0) }
}
