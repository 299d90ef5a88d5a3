import Connecting
import Glibc

/// A whole file per message: written aside, synced, linked into place, and its folder synced, once for all of a batch.
///
/// The same name with the same bytes is a redelivery and a success; with other bytes it is refused, never replaced.
final class WholeFiles {
    private let root: FileRoot
    private static let openLimit = 64

    init(_ root: FileRoot) { self.root = root }

    private struct Staged {
        let dispatch: Dispatch
        let path: FilePath
        let name: String
        let file: Descriptor
    }

    func write(_ batch: [Dispatch], into results: inout [DeliveryOutcome]) {
        var start = 0
        while start < batch.count {
            let upper = min(start + Self.openLimit, batch.count)
            writePart(batch[start..<upper], into: &results)
            start = upper
        }
    }

    private func writePart(_ part: ArraySlice<Dispatch>, into results: inout [DeliveryOutcome]) {
        var folders: [String: (folder: Descriptor, placed: [UInt64])] = [:]
        var staged: [Staged] = []
        for dispatch in part {
            do throws(FileFailure) {
                staged.append(try stage(dispatch))
            } catch {
                results.append(DeliveryOutcome(token: dispatch.token, result: .failure(error.delivery)))
            }
        }
        // Begins the write-out of all before waiting for the first: the file system then commits them together, where a
        // sync of each alone is a commit of its own.
        for item in staged { posix_fadvise(item.file.number, 0, 0, POSIX_FADV_DONTNEED) }
        for item in staged {
            do throws(FileFailure) {
                defer { unlinkat(root.staging.number, item.name, 0) }
                if fdatasync(item.file.number) != 0 { throw .last("syncing the file") }
                let key = item.path.folder
                if folders[key] == nil { folders[key] = (try root.folder(of: item.path), []) }
                guard let entry = folders[key] else { continue }
                try place(item, in: entry.folder)
                folders[key]?.placed.append(item.dispatch.token)
            } catch {
                results.append(DeliveryOutcome(token: item.dispatch.token, result: .failure(error.delivery)))
            }
        }
        for (_, entry) in folders { syncFolder(entry.folder, placed: entry.placed, into: &results) }
    }

    private func stage(_ dispatch: Dispatch) throws(FileFailure) -> Staged {
        let path = try FilePath(dispatch.request.target)
        let name = "\(dispatch.token).tmp"
        let number = openat(
            root.staging.number, name, O_RDWR | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, mode_t(0o640))
        guard let file = Descriptor(takingOwnershipOf: number) else { throw .last("making the file") }
        do throws(FileFailure) {
            let body = dispatch.request.body
            try writeFully(file.number, body, count: body.count, at: 0)
        } catch {
            unlinkat(root.staging.number, name, 0)
            throw error
        }
        return Staged(dispatch: dispatch, path: path, name: name, file: file)
    }

    private func place(_ item: Staged, in folder: Descriptor) throws(FileFailure) {
        if linkat(root.staging.number, item.name, folder.number, item.path.name, 0) == 0 { return }
        if errno == EEXIST { return try compare(item, in: folder) }
        guard errno == EPERM || errno == EOPNOTSUPP else { throw .last("placing the file") }
        // A file system without links: this connection is the only writer, so looking first is enough.
        if faccessat(folder.number, item.path.name, F_OK, 0) == 0 { return try compare(item, in: folder) }
        if renameat(root.staging.number, item.name, folder.number, item.path.name) != 0 {
            throw .last("placing the file")
        }
    }

    private func compare(_ item: Staged, in folder: Descriptor) throws(FileFailure) {
        let number = openat(folder.number, item.path.name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard let existing = Descriptor(takingOwnershipOf: number) else {
            throw .last("reading the file that is there")
        }
        var status = stat()
        if fstat(existing.number, &status) != 0 { throw .last("reading the file that is there") }
        let body = item.dispatch.request.body
        let other = FileFailure.refused("a file of this name with other content is there already")
        guard status.st_mode & S_IFMT == S_IFREG, Int64(status.st_size) == Int64(body.count) else { throw other }
        var offset = 0
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while offset < body.count {
            let count = pread(existing.number, &buffer, buffer.count, off_t(offset))
            if count < 0 && errno == EINTR { continue }
            if count < 0 { throw .last("reading the file that is there") }
            guard count > 0, count <= body.count - offset, body[offset..<offset + count].elementsEqual(buffer[..<count])
            else { throw other }
            offset += count
        }
        if fsync(existing.number) != 0 { throw .last("syncing the file") }
    }

    private func syncFolder(_ folder: Descriptor, placed: [UInt64], into results: inout [DeliveryOutcome]) {
        if placed.isEmpty { return }
        let failure = fsync(folder.number) == 0 ? nil : FileFailure.last("syncing the folder").delivery
        for token in placed {
            results.append(
                DeliveryOutcome(token: token, result: failure.map { .failure($0) } ?? .success(Delivered(status: 0))))
        }
    }
}
