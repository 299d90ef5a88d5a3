package import Message
package import RouteLanguage

extension SourceSet {
    private static let version: UInt8 = 1

    /// The bytes that the store keeps of a plan: its route and lock files as they were.
    package func encoded() -> [UInt8] {
        var writer = ByteWriter(reserving: 4096)
        writer.write(Self.version)
        for files in [routes, locks] {
            writer.writeVariable(UInt64(files.count))
            for file in files {
                writer.write(file.path)
                writer.write(file.text)
            }
        }
        return writer.bytes
    }

    package init(decoding bytes: [UInt8]) throws(ByteDecodingError) {
        var reader = ByteReader(bytes)
        guard try reader.read(UInt8.self) == Self.version else {
            throw ByteDecodingError(offset: 0, expected: "route files of version \(Self.version)")
        }
        let routes = try reader.readFiles()
        self.init(routes: routes, locks: try reader.readFiles())
    }
}

extension ByteReader {
    fileprivate mutating func readFiles() throws(ByteDecodingError) -> [SourceSet.File] {
        var files: [SourceSet.File] = []
        for _ in 0..<min(try readVariable(), 1_000_000) {
            files.append(SourceSet.File(path: try readText(), text: try readText()))
        }
        return files
    }
}
