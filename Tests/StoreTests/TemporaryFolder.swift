import Glibc

/// A folder of its own, removed with everything in it.
final class TemporaryFolder {
    let path: String

    init(in parent: String = "/tmp") throws {
        var template = Array((parent + "/waybill-store-XXXXXX").utf8CString)
        guard mkdtemp(&template) != nil else { throw FolderError() }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    struct FolderError: Error {}

    deinit { Self.remove(path) }

    private static func remove(_ path: String) {
        if let folder = opendir(path) {
            while let entry = readdir(folder) {
                let name = withUnsafePointer(to: &entry.pointee.d_name) {
                    $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
                }
                if name != "." && name != ".." { remove(path + "/" + name) }
            }
            closedir(folder)
            rmdir(path)
        } else {
            unlink(path)
        }
    }
}
