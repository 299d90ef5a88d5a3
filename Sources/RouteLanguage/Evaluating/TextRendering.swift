import Message

/// How a value reads as text: in interpolation and in `text(x)`.
enum TextRendering {
    static func append(_ value: Value, to bytes: inout [UInt8]) throws(EvaluationError) {
        switch value {
        case .text(let text), .json(let text): bytes.append(contentsOf: text.utf8)
        case .int(let int): append(int, to: &bytes)
        case .decimal(let decimal): decimal.append(to: &bytes)
        case .bool(let bool): bytes.append(contentsOf: (bool ? "true" : "false").utf8)
        case .float(let float): bytes.append(contentsOf: float.description.utf8)
        case .date(let date): date.append(to: &bytes)
        case .time(let time): time.append(to: &bytes)
        case .datetime(let datetime): datetime.append(to: &bytes)
        case .instant(let instant): instant.append(to: &bytes)
        case .duration(let duration): duration.append(to: &bytes)
        case .missing, .bytes, .list, .record: throw EvaluationError("a value has no text of its own")
        }
    }

    static func text(of value: Value) throws(EvaluationError) -> String {
        if case .text(let text) = value { return text }
        var bytes: [UInt8] = []
        try append(value, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Ids and quantities fit in 64 bits: their digits are written without a detour through `String`.
    private static func append(_ int: Int128, to bytes: inout [UInt8]) {
        guard let small = Int64(exactly: int) else { return bytes.append(contentsOf: int.description.utf8) }
        if small < 0 { bytes.append(UInt8(ascii: "-")) }
        var rest = small.magnitude
        let start = bytes.count
        repeat {
            bytes.append(UInt8(ascii: "0") + UInt8(rest % 10))
            rest /= 10
        } while rest > 0
        bytes[start...].reverse()
    }
}
