import Message

/// `{"ready":false,"problems":["..."]}`.
enum ReadinessText {
    static func json(_ problems: [String]) -> [UInt8] {
        var bytes = Array("{\"ready\":false,\"problems\":".utf8)
        JSONText.append(.list(problems.map { Value.text($0) }), to: &bytes)
        bytes.append(contentsOf: "}\n".utf8)
        return bytes
    }
}
