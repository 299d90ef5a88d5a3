import Connecting
import Glibc

/// Files that lines are added to: one write and one sync per file and batch.
final class AppendFiles {
    private let root: FileRoot
    /// How far each file is synced: what was committed at start, then what this run added.
    private var extents: [String: FileExtent] = [:]
    private var open: [String: AppendFile] = [:]
    /// Least recently used first.
    private var order: [String] = []
    private static let openLimit = 64

    /// Cuts each file to its committed length. What is wrong with a file is told to the first request for it.
    init(_ root: FileRoot, committed: [FileExtent]) {
        self.root = root
        for extent in committed { extents[extent.path] = extent }
        let markers = BeginMarkers(root)
        for extent in committed {
            try? AppendFile.recover(extent, root: root)
            markers.remove(inode: extent.inode)
        }
    }

    /// The lines for one file of a batch.
    private struct Group {
        let target: String
        var bytes: [UInt8] = []
        /// Where each line ends in `bytes`.
        var ends: [(token: UInt64, end: Int64)] = []
    }

    func append(_ batch: [Dispatch], into results: inout [DeliveryOutcome]) {
        let groups = grouped(batch, into: &results)
        var start = 0
        while start < groups.count {
            let upper = min(start + Self.openLimit, groups.count)
            append(groups[start..<upper], into: &results)
            start = upper
        }
    }

    /// Mostly neighbours go to one file; order within a file is what must be kept.
    private func grouped(_ batch: [Dispatch], into results: inout [DeliveryOutcome]) -> [Group] {
        var groups: [Group] = []
        var places: [String: Int] = [:]
        var place = 0
        for dispatch in batch {
            let body = dispatch.request.body
            if Self.hasLineBreak(body) {
                let failure = FileFailure.refused("the body holds a line break, so it is no line").delivery
                results.append(DeliveryOutcome(token: dispatch.token, result: .failure(failure)))
                continue
            }
            let target = dispatch.request.target
            if groups.isEmpty || groups[place].target != target {
                place = places[target] ?? groups.count
                if place == groups.count {
                    places[target] = place
                    groups.append(Group(target: target))
                    if place == 0 { groups[0].bytes.reserveCapacity(batch.count * (body.count + 1)) }
                }
            }
            groups[place].bytes.append(contentsOf: body)
            groups[place].bytes.append(UInt8(ascii: "\n"))
            groups[place].ends.append((dispatch.token, Int64(groups[place].bytes.count)))
        }
        return groups
    }

    /// Writes all, lets the system begin to write them out together, then waits for each.
    private func append(_ groups: ArraySlice<Group>, into results: inout [DeliveryOutcome]) {
        var written: [(group: Group, file: AppendFile)] = []
        for group in groups {
            do throws(FileFailure) {
                let file = try current(group.target)
                try file.write(group.bytes)
                written.append((group, file))
            } catch {
                fail(group, error, into: &results)
            }
        }
        if written.count > 1 { for (_, file) in written { file.beginSync() } }
        for (group, file) in written {
            do throws(FileFailure) {
                let before = file.length
                try file.sync()
                succeed(group, file, from: before, into: &results)
            } catch {
                fail(group, error, into: &results)
            }
        }
    }

    private func succeed(_ group: Group, _ file: AppendFile, from start: Int64, into results: inout [DeliveryOutcome]) {
        extents[group.target] = FileExtent(path: group.target, inode: file.inode, length: file.length)
        for (token, end) in group.ends {
            let extent = FileExtent(path: group.target, inode: file.inode, length: start + end)
            results.append(DeliveryOutcome(token: token, result: .success(Delivered(status: 0, appended: extent))))
        }
    }

    private func fail(_ group: Group, _ failure: FileFailure, into results: inout [DeliveryOutcome]) {
        forget(group.target)
        for (token, _) in group.ends {
            results.append(DeliveryOutcome(token: token, result: .failure(failure.delivery)))
        }
    }

    private static func hasLineBreak(_ body: [UInt8]) -> Bool {
        body.withUnsafeBytes { bytes in
            guard let start = bytes.baseAddress else { return false }
            return memchr(start, 0x0A, bytes.count) != nil
        }
    }

    /// The open file of this name, if it is still the one in its place; else the file that is there now.
    private func current(_ target: String) throws(FileFailure) -> AppendFile {
        if let file = open[target], try file.isInPlace() {
            if order.last != target {
                order.removeAll { $0 == target }
                order.append(target)
            }
            return file
        }
        forget(target)
        let file = try AppendFile(FilePath(target), extent: extents[target], target: target, root: root)
        open[target] = file
        order.append(target)
        if order.count > Self.openLimit { open[order.removeFirst()] = nil }
        return file
    }

    /// The root is another folder now: what is open lies in the old one.
    func forgetAll() {
        open = [:]
        order = []
    }

    private func forget(_ target: String) {
        if open.removeValue(forKey: target) != nil { order.removeAll { $0 == target } }
    }
}
