import Glibc

/// The file that NAME_FILE names.
enum SecretFile {
    private static let sizeLimit = 64 * 1024

    /// nil where it cannot be read, is too long, or is not UTF-8.
    static func text(_ path: String) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 4_096)
        while true {
            let count = read(descriptor, &part, part.count)
            if count == 0 { break }
            guard count > 0, bytes.count + count <= sizeLimit else { return nil }
            bytes.append(contentsOf: part[..<count])
        }
        return String(validating: bytes, as: UTF8.self)
    }
}
