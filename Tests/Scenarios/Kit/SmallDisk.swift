import ExampleShop
import Foundation

/// A tmpfs of a few megabytes; nil where mounting is not permitted.
struct SmallDisk {
    let path: String

    init?(_ folder: RunFolder, megabytes: Int) {
        path = folder.file("disk")
        try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        let mounted = try? CommandRun.run(["mount", "-t", "tmpfs", "-o", "size=\(megabytes)m", "tmpfs", path])
        guard mounted?.status == 0 else { return nil }
    }

    /// Takes room until so much is left.
    func fill(leavingMegabytes: Int) throws {
        let attributes = try FileManager.default.attributesOfFileSystem(forPath: path)
        let free = (attributes[.systemFreeSize] as? NSNumber)?.intValue ?? 0
        let taken = max(0, free - leavingMegabytes * 1_048_576)
        try Data(count: taken).write(to: URL(fileURLWithPath: path + "/taken"))
    }

    func free() throws { try FileManager.default.removeItem(atPath: path + "/taken") }

    func unmount() { _ = try? CommandRun.run(["umount", "-l", path]) }
}
