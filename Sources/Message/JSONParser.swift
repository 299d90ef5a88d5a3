extension JSONText {
    /// Containers within containers beyond this many are refused.
    package static let depthLimit = 128

    /// Reads one JSON document, strictly as RFC 8259 has it: no comments, no trailing commas, no NaN.
    ///
    /// Numbers are exact: `int` without point or exponent, `decimal` with one, as long as 38 digits hold them, else
    /// `float`. `null` is `missing`. Of a key that comes twice the last value counts, at the place of the first. Half
    /// of a surrogate pair becomes U+FFFD.
    package static func parse(_ bytes: [UInt8]) throws(JSONError) -> Value {
        try bytes.withUnsafeBufferPointer { (buffer) throws(JSONError) in
            var parser = JSONParser(bytes: buffer)
            return try parser.document()
        }
    }
}

/// A recursive descent over bytes; every function leaves `index` behind what it took.
struct JSONParser {
    let bytes: UnsafeBufferPointer<UInt8>
    private(set) var index = 0
    private var shapes = JSONShapes()

    init(bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    mutating func document() throws(JSONError) -> Value {
        let result = try value(depth: 0)
        skipSpace()
        if index < bytes.count { throw error("something follows the end of the document") }
        return result
    }

    private mutating func value(depth: Int) throws(JSONError) -> Value {
        skipSpace()
        guard index < bytes.count else { throw error("a value is missing") }
        switch bytes[index] {
        case UInt8(ascii: "{"): return try object(depth: depth + 1)
        case UInt8(ascii: "["): return try array(depth: depth + 1)
        case UInt8(ascii: "\""): return .text(try string())
        case UInt8(ascii: "t"): return try literal("true", .bool(true))
        case UInt8(ascii: "f"): return try literal("false", .bool(false))
        case UInt8(ascii: "n"): return try literal("null", .missing)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
        default: throw error("a value is missing")
        }
    }

    private mutating func object(depth: Int) throws(JSONError) -> Value {
        try enter(depth)
        var fields = JSONFields()
        if skip(after: UInt8(ascii: "}")) { return shapes.record(fields) }
        while true {
            skipSpace()
            guard index < bytes.count, bytes[index] == UInt8(ascii: "\"") else { throw error("a key is missing") }
            let name = try string()
            guard skip(after: UInt8(ascii: ":")) else { throw error("`:` is missing after a key") }
            fields.set(name, try value(depth: depth))
            if skip(after: UInt8(ascii: ",")) { continue }
            guard skip(after: UInt8(ascii: "}")) else { throw error("`,` or `}` is missing") }
            return shapes.record(fields)
        }
    }

    private mutating func array(depth: Int) throws(JSONError) -> Value {
        try enter(depth)
        var items: [Value] = []
        if skip(after: UInt8(ascii: "]")) { return .list(items) }
        while true {
            items.append(try value(depth: depth))
            if skip(after: UInt8(ascii: ",")) { continue }
            guard skip(after: UInt8(ascii: "]")) else { throw error("`,` or `]` is missing") }
            return .list(items)
        }
    }

    private mutating func enter(_ depth: Int) throws(JSONError) {
        if depth > JSONText.depthLimit { throw error("more than \(JSONText.depthLimit) levels") }
        index += 1
    }

    private mutating func literal(_ word: StaticString, _ value: Value) throws(JSONError) -> Value {
        let count = word.utf8CodeUnitCount
        guard bytes.count - index >= count else { throw error("a value is missing") }
        for position in 0..<count where bytes[index + position] != word.utf8Start[position] {
            throw error("a value is missing")
        }
        index += count
        return value
    }

    /// Takes white space and then `byte`, or only the white space.
    private mutating func skip(after byte: UInt8) -> Bool {
        skipSpace()
        guard index < bytes.count, bytes[index] == byte else { return false }
        index += 1
        return true
    }

    private mutating func skipSpace() {
        while index < bytes.count {
            switch bytes[index] {
            case 0x20, 0x0a, 0x0d, 0x09: index += 1
            default: return
            }
        }
    }

    func error(_ problem: String) -> JSONError { JSONError(offset: index, in: bytes, problem: problem) }
}

// MARK: Strings

extension JSONParser {
    private mutating func string() throws(JSONError) -> String {
        let start = index
        index += 1
        let first = index
        while index < bytes.count, bytes[index] != UInt8(ascii: "\""), bytes[index] != UInt8(ascii: "\\"),
            bytes[index] >= 0x20
        { index += 1 }
        if index < bytes.count, bytes[index] == UInt8(ascii: "\"") {
            let text = String(validating: UnsafeBufferPointer(rebasing: bytes[first..<index]), as: UTF8.self)
            index += 1
            if let text { return text }
            index = start
            throw error("a string is not UTF-8")
        }
        return try stringWithEscapes(from: first, start: start)
    }

    private mutating func stringWithEscapes(from first: Int, start: Int) throws(JSONError) -> String {
        var text = Array(bytes[first..<index])
        while index < bytes.count {
            let byte = bytes[index]
            switch byte {
            case UInt8(ascii: "\""):
                index += 1
                if let string = String(validating: text, as: UTF8.self) { return string }
                index = start
                throw error("a string is not UTF-8")
            case UInt8(ascii: "\\"):
                index += 1
                try escape(into: &text)
            case 0..<0x20: throw error("a control character must be escaped")
            default:
                text.append(byte)
                index += 1
            }
        }
        throw error("a string does not end")
    }

    private mutating func escape(into text: inout [UInt8]) throws(JSONError) {
        guard index < bytes.count else { throw error("a string does not end") }
        let byte = bytes[index]
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0c)
        case UInt8(ascii: "n"): text.append(0x0a)
        case UInt8(ascii: "r"): text.append(0x0d)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"):
            index += 1
            text.append(contentsOf: String(try escapedScalar()).utf8)
            return
        default: throw error("`\\` is followed by a character that means nothing there")
        }
        index += 1
    }

    /// Four hexadecimal digits, or two times four for a surrogate pair.
    private mutating func escapedScalar() throws(JSONError) -> Unicode.Scalar {
        let high = try codeUnit()
        let replacement: Unicode.Scalar = "\u{fffd}"
        guard (0xd800..<0xdc00).contains(high) else { return Unicode.Scalar(high) ?? replacement }
        guard bytes.count - index >= 2, bytes[index] == UInt8(ascii: "\\"), bytes[index + 1] == UInt8(ascii: "u")
        else { return replacement }
        let afterHigh = index
        index += 2
        let low = try codeUnit()
        guard (0xdc00..<0xe000).contains(low) else {
            index = afterHigh
            return replacement
        }
        return Unicode.Scalar(0x10000 + (high - 0xd800) << 10 + (low - 0xdc00)) ?? replacement
    }

    private mutating func codeUnit() throws(JSONError) -> UInt32 {
        guard bytes.count - index >= 4 else { throw error("four hexadecimal digits are missing") }
        var value: UInt32 = 0
        for _ in 0..<4 {
            let byte = bytes[index]
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = value << 4 | UInt32(byte - 48)
            case UInt8(ascii: "a")...UInt8(ascii: "f"): value = value << 4 | UInt32(byte - 87)
            case UInt8(ascii: "A")...UInt8(ascii: "F"): value = value << 4 | UInt32(byte - 55)
            default: throw error("four hexadecimal digits are missing")
            }
            index += 1
        }
        return value
    }
}

// MARK: Numbers

extension JSONParser {
    private mutating func number() throws(JSONError) -> Value {
        let start = index
        if bytes[index] == UInt8(ascii: "-") { index += 1 }
        let wholeStart = index
        guard digits() else { throw error("a digit is missing") }
        if bytes[wholeStart] == UInt8(ascii: "0"), index - wholeStart > 1 {
            index = wholeStart
            throw error("a number must not begin with 0")
        }
        var isWhole = true
        if index < bytes.count, bytes[index] == UInt8(ascii: ".") {
            index += 1
            isWhole = false
            guard digits() else { throw error("a digit is missing after the point") }
        }
        let mantissa = UnsafeBufferPointer(rebasing: bytes[start..<index])
        guard index < bytes.count, bytes[index] | 0x20 == UInt8(ascii: "e") else {
            return plainNumber(mantissa, isWhole: isWhole)
        }
        let exponent = try exponent()
        return Self.scaled(mantissa, by: exponent)
            ?? .float(Double(String(decoding: bytes[start..<index], as: UTF8.self)) ?? .infinity)
    }

    private func plainNumber(_ text: UnsafeBufferPointer<UInt8>, isWhole: Bool) -> Value {
        if let exact = ExactDecimal(utf8: text) { return isWhole ? .int(exact.mantissa) : .decimal(exact) }
        let string = String(decoding: text, as: UTF8.self)
        if isWhole, let wide = Int128(string) { return .int(wide) }
        return .float(Double(string) ?? .infinity)
    }

    /// At least one.
    private mutating func digits() -> Bool {
        let start = index
        while index < bytes.count, bytes[index] &- 48 < 10 { index += 1 }
        return index > start
    }

    /// `e`, an optional sign and digits; beyond 9,999 it stays there.
    private mutating func exponent() throws(JSONError) -> Int {
        index += 1
        var isNegative = false
        if index < bytes.count, bytes[index] == UInt8(ascii: "-") || bytes[index] == UInt8(ascii: "+") {
            isNegative = bytes[index] == UInt8(ascii: "-")
            index += 1
        }
        let start = index
        guard digits() else { throw error("a digit is missing in the exponent") }
        var value = 0
        for position in start..<index { value = min(9999, value * 10 + Int(bytes[position] - 48)) }
        return isNegative ? -value : value
    }

    private static func scaled(_ mantissa: UnsafeBufferPointer<UInt8>, by exponent: Int) -> Value? {
        guard let number = ExactDecimal(utf8: mantissa) else { return nil }
        let scale = number.scale - exponent
        if (0...38).contains(scale) { return .decimal(ExactDecimal(mantissa: number.mantissa, scale: scale)) }
        guard scale < 0, scale >= -38 else { return nil }
        let power = ExactDecimal(PowersOfTen[-scale])
        return ExactDecimal(number.mantissa).multiplied(by: power).map { .decimal($0) }
    }
}
