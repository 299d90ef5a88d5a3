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

    func append(_ batch: [Dispatch], into results: inout [DeliveryOutcome]) {
        var start = 0
        while start < batch.count {
            // Mostly neighbours go to one file; order within a file is what must be kept.
            let target = batch[start].request.target
            var group: [Dispatch] = []
            var others: [Dispatch] = []
            for dispatch in batch[start...] {
                if dispatch.request.target == target { group.append(dispatch) } else { others.append(dispatch) }
            }
            appendGroup(target, group, into: &results)
            if others.isEmpty { return }
            append(others, into: &results)
            start = batch.count
        }
    }

    private func appendGroup(_ target: String, _ group: [Dispatch], into results: inout [DeliveryOutcome]) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(group.reduce(0) { $0 + $1.request.body.count + 1 })
        var ends: [(token: UInt64, end: Int64)] = []
        ends.reserveCapacity(group.count)
        for dispatch in group {
            if Self.hasLineBreak(dispatch.request.body) {
                let failure = FileFailure.refused("the body holds a line break, so it is no line").delivery
                results.append(DeliveryOutcome(token: dispatch.token, result: .failure(failure)))
                continue
            }
            bytes.append(contentsOf: dispatch.request.body)
            bytes.append(UInt8(ascii: "\n"))
            ends.append((dispatch.token, Int64(bytes.count)))
        }
        if ends.isEmpty { return }
        do throws(FileFailure) {
            let file = try current(target)
            let before = file.length
            try file.append(bytes)
            extents[target] = FileExtent(path: target, inode: file.inode, length: file.length)
            for (token, end) in ends {
                let extent = FileExtent(path: target, inode: file.inode, length: before + end)
                results.append(
                    DeliveryOutcome(token: token, result: .success(Delivered(status: 0, appended: extent))))
            }
        } catch {
            forget(target)
            for (token, _) in ends { results.append(DeliveryOutcome(token: token, result: .failure(error.delivery))) }
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

    private func forget(_ target: String) {
        if open.removeValue(forKey: target) != nil { order.removeAll { $0 == target } }
    }
}
