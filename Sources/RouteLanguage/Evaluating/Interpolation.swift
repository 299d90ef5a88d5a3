import Message

extension Frame {
    /// Renders a text with values inside for the place it goes to.
    ///
    /// - Throws: where a value is missing, or its place refuses it: such a message fails, nothing is sent.
    func interpolate(_ parts: [Expression.TextPart], _ place: TextPlace) throws(EvaluationError) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(64)
        var isQuery = false
        for part in parts {
            switch part {
            case .literal(let text):
                if place == .url {
                    PercentEncoding.append(literal: text, to: &bytes)
                    isQuery = isQuery || text.utf8.contains(UInt8(ascii: "?"))
                } else {
                    bytes.append(contentsOf: text.utf8)
                }
            case .value(let expression):
                let start = bytes.count
                let value = try evaluate(expression)
                if case .missing = value { throw EvaluationError("a value inside a text is missing") }
                try TextRendering.append(value, to: &bytes)
                try TextPlaceRules.apply(place, to: &bytes, from: start, isQuery: isQuery)
            }
            guard bytes.count <= TextLimit.bytes else { throw TextLimit.exceeded }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// The longest text that an expression may make: one megabyte.
enum TextLimit {
    static let bytes = 1 << 20
    static let exceeded = EvaluationError("a text is longer than 1 MB")

    static func checked(_ text: String) throws(EvaluationError) -> Value {
        guard text.utf8.count <= bytes else { throw exceeded }
        return .text(text)
    }
}

/// What a value may hold at the place that a text goes to.
enum TextPlaceRules {
    /// - Parameter start: where the value begins in `bytes`; what stands before it is the route's own.
    static func apply(
        _ place: TextPlace, to bytes: inout [UInt8], from start: Int, isQuery: Bool
    ) throws(EvaluationError) {
        switch place {
        case .plain: return
        case .header:
            for byte in bytes[start...] where byte == 0 || byte == 10 || byte == 13 {
                throw EvaluationError("a header value holds a line break or NUL")
            }
        case .filePath:
            let value = bytes[start...]
            if value.isEmpty { throw EvaluationError("a file name has an empty part") }
            if value.elementsEqual(".".utf8) || value.elementsEqual("..".utf8) {
                throw EvaluationError("a file name has the part `.` or `..`")
            }
            for byte in value where byte == 0 || byte == UInt8(ascii: "/") {
                throw EvaluationError("a part of a file name holds `/` or NUL")
            }
        case .url:
            let value = bytes[start...]
            if !isQuery, value.elementsEqual(".".utf8) || value.elementsEqual("..".utf8) {
                throw EvaluationError("a part of a URL path is `.` or `..`")
            }
            PercentEncoding.encode(&bytes, from: start)
        }
    }
}

/// RFC 3986: unreserved characters stay, every other byte of a value becomes `%XX`.
enum PercentEncoding {
    private static let hex = Array("0123456789ABCDEF".utf8)

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "~"):
            true
        default: false
        }
    }

    static func encode(_ bytes: inout [UInt8], from start: Int) {
        guard let first = bytes[start...].firstIndex(where: { !isUnreserved($0) }) else { return }
        let rest = Array(bytes[first...])
        bytes.removeSubrange(first...)
        for byte in rest {
            if isUnreserved(byte) { bytes.append(byte) } else { append(escaped: byte, to: &bytes) }
        }
    }

    /// Text of the route itself: its `/`, `?`, `&` and `%` mean what they say; blanks, controls and letters beyond ASCII
    /// are encoded.
    static func append(literal text: String, to bytes: inout [UInt8]) {
        for byte in text.utf8 {
            if byte <= 0x20 || byte >= 0x7F { append(escaped: byte, to: &bytes) } else { bytes.append(byte) }
        }
    }

    private static func append(escaped byte: UInt8, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "%"))
        bytes.append(hex[Int(byte >> 4)])
        bytes.append(hex[Int(byte & 15)])
    }
}
