/// The parameters of a query, decoded, each known to its command.
struct QueryParameters {
    private var values: [String: String] = [:]

    /// - Throws: 400 for a name that is not in `allowed`, stands there twice, or does not decode to UTF-8.
    init(_ query: Substring, allowed: Set<String>) throws(Refusal) {
        for pair in query.split(separator: "&") {
            let name = String(pair.prefix { $0 != "=" })
            guard allowed.contains(name) else {
                let known = allowed.sorted().joined(separator: ", ")
                throw Refusal(400, "unknown parameter; known here: \(known.isEmpty ? "none" : known)")
            }
            guard values[name] == nil else { throw Refusal(400, "the parameter `\(name)` stands there twice") }
            guard let value = Self.decoded(pair.dropFirst(name.count + 1)) else {
                throw Refusal(400, "the parameter `\(name)` is not UTF-8")
            }
            values[name] = value
        }
    }

    func text(_ name: String) -> String? { values[name] }

    func int(_ name: String, default standard: Int64, in range: ClosedRange<Int64>) throws(Refusal) -> Int64 {
        guard let text = values[name] else { return standard }
        guard let number = Int64(text), range.contains(number) else {
            throw Refusal(400, "`\(name)` is a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    func format() throws(Refusal) -> AnswerFormat {
        guard let text = values["format"] else { return .json }
        guard let format = AnswerFormat(rawValue: text) else { throw Refusal(400, "`format` is json or text") }
        return format
    }

    /// Escapes are known to be well-formed; `+` stands for itself.
    private static func decoded(_ text: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.first {
            rest = rest.dropFirst()
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) else { return nil }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        return String(validating: bytes, as: UTF8.self)
    }
}
