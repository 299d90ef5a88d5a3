import Message

/// `{"ready":false,"problems":["..."],"notes":[]}`.
enum ReadinessText {
    static func json(_ readiness: Readiness) -> [UInt8] {
        var bytes = Array("{\"ready\":\(readiness.problems.isEmpty),\"problems\":".utf8)
        JSONText.append(.list(readiness.problems.map { Value.text($0) }), to: &bytes)
        bytes.append(contentsOf: ",\"notes\":".utf8)
        JSONText.append(.list(readiness.notes.map { Value.text($0) }), to: &bytes)
        bytes.append(contentsOf: "}\n".utf8)
        return bytes
    }
}
