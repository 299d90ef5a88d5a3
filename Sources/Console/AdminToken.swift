/// The secret that opens the admin paths: 32 random bytes as hex, in a file of the data folder that only its owner reads.
package struct AdminToken: Sendable, CustomStringConvertible {
    package static let fileName = "admin.token"
    private let bytes: [UInt8]

    /// - Throws: where it is too short or repeats itself: a token like that can be guessed.
    package init(_ text: some StringProtocol) throws(AdminFileError) {
        bytes = Array(text.utf8)
        guard bytes.count >= 32, bytes.count <= 512, bytes.allSatisfy({ $0 > 0x20 && $0 < 0x7f }),
            Set(bytes).count >= 8
        else { throw AdminFileError(problem: "the admin token is too weak", remedy: Self.remedy) }
    }

    /// The token of a data folder, made there at the first start.
    package static func load(folder: String) throws(AdminFileError) -> AdminToken {
        let path = folder + "/" + fileName
        if let text = try AdminFile.read(path) { return try AdminToken(text) }
        let token = try random()
        try AdminFile.replace(path, token.revealed + "\n")
        return token
    }

    /// The token of a folder whose service runs; nil: there is none.
    package static func existing(folder: String) throws(AdminFileError) -> AdminToken? {
        guard let text = try AdminFile.read(folder + "/" + fileName) else { return nil }
        return try AdminToken(text)
    }

    static func random() throws(AdminFileError) -> AdminToken {
        // The system's generator is getrandom(2).
        var system = SystemRandomNumberGenerator()
        let bytes = (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &system) }
        let digits = Array("0123456789abcdef".utf8)
        let hex = bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
        return try AdminToken(String(decoding: hex, as: UTF8.self))
    }

    /// Takes the same time wherever a wrong token differs.
    package func matches(_ candidate: some StringProtocol) -> Bool {
        let candidate = Array(candidate.utf8)
        var difference = candidate.count ^ bytes.count
        for index in bytes.indices {
            let other = candidate.isEmpty ? 0 : candidate[index % candidate.count]
            difference |= Int(bytes[index] ^ other)
        }
        return difference == 0
    }

    /// Only for the Authorization header.
    package var revealed: String { String(decoding: bytes, as: UTF8.self) }
    package var description: String { "••••" }

    private static let remedy = "remove the file, and the next start makes a new one of 64 random characters"
}
