import Message

extension Frame {
    /// Conversions answer missing where the value is no such thing; they fail only for what no value should be.
    func conversion(
        _ function: Function, _ subject: Value, _ arguments: [Expression]
    ) throws(EvaluationError) -> Value {
        switch function {
        case .text: return try TextLimit.checked(try textOf(subject))
        case .int: return int(subject)
        case .decimal: return try decimal(subject, arguments)
        case .float: return Self.float(subject)
        case .bool: return Self.bool(subject)
        case .uuid:
            guard case .text(let text) = subject, Self.isUUID(text) else { return .missing }
            return .text(text.lowercased())
        case .json: return try json(subject)
        case .bytes:
            guard case .text(let text) = subject else { return subject }
            return .bytes(Array(text.utf8))
        case .member: return try member(subject, try textArgument(1, arguments))
        case .elements: return try elements(subject)
        default: throw EvaluationError("`\(function.rawValue)` is no conversion")
        }
    }

    private func elements(_ value: Value) throws(EvaluationError) -> Value {
        guard case .json(let document) = value, case .list(let items)? = try? JSONText.parse(Array(document.utf8))
        else {
            throw EvaluationError("a JSON document is no array")
        }
        return .list(
            items.map { item in
                var bytes: [UInt8] = []
                JSONText.append(item, to: &bytes)
                return .json(String(decoding: bytes, as: UTF8.self))
            })
    }

    private func textOf(_ value: Value) throws(EvaluationError) -> String {
        switch value {
        case .bytes(let bytes):
            guard let text = String(validating: bytes, as: UTF8.self) else {
                throw EvaluationError("bytes are not UTF-8 text")
            }
            return text
        case .json(let document):
            guard document.utf8.first == UInt8(ascii: "\"") else { return document }
            guard case .text(let text)? = try? JSONText.parse(Array(document.utf8)) else { return document }
            return text
        default: return try TextRendering.text(of: value)
        }
    }

    private func int(_ value: Value) -> Value {
        switch value {
        case .int: return value
        case .decimal(let decimal): return decimal.wholeNumber.map(Value.int) ?? .missing
        case .text(let text), .json(let text):
            guard let decimal = ExactDecimal(text), decimal.scale == 0 else { return .missing }
            return .int(decimal.mantissa)
        case .bool(let bool): return .int(bool ? 1 : 0)
        case .float(let float):
            guard float.isFinite, float.rounded() == float, Swift.abs(float) < 1e18 else { return .missing }
            return .int(Int128(Int64(float)))
        default: return .missing
        }
    }

    private func decimal(_ value: Value, _ arguments: [Expression]) throws(EvaluationError) -> Value {
        let number: ExactDecimal?
        switch value {
        case .int(let int): number = ExactDecimal(int)
        case .decimal(let decimal): number = decimal
        case .text(let text), .json(let text): number = ExactDecimal(text)
        case .float(let float): number = Self.exact(float)
        default: number = nil
        }
        guard let number else { return .missing }
        guard arguments.count > 1 else { return .decimal(number) }
        guard let rounded = number.rounded(to: try wholeArgument(1, arguments), .halfEven) else {
            throw Arithmetic.overflow
        }
        return .decimal(rounded)
    }

    /// The shortest digits that give the float back, without its exponent; missing where 38 digits do not hold them.
    private static func exact(_ float: Double) -> ExactDecimal? {
        guard float.isFinite else { return nil }
        let parts = float.description.split(separator: "e")
        guard let first = parts.first, let mantissa = ExactDecimal(String(first)) else { return nil }
        guard parts.count > 1 else { return mantissa }
        guard let exponent = Int(parts[1]), (-38...38).contains(exponent) else { return nil }
        var factor: Int128 = 1
        for _ in 0..<exponent.magnitude { factor *= 10 }
        let power = ExactDecimal(factor)
        if exponent >= 0 { return mantissa.multiplied(by: power) }
        let scale = mantissa.scale - exponent
        guard (0...38).contains(scale) else { return nil }
        return mantissa.divided(by: power, scale: scale, rounding: .halfEven)
    }

    private static func float(_ value: Value) -> Value {
        switch value {
        case .float: value
        case .int(let int): .float(Double(int))
        case .decimal(let decimal): .float(decimal.approximate)
        case .text(let text), .json(let text):
            Double(text).flatMap { $0.isFinite ? Value.float($0) : nil } ?? .missing
        default: .missing
        }
    }

    private static func bool(_ value: Value) -> Value {
        switch value {
        case .bool: value
        case .int(0), .text("false"), .json("false"), .text("0"): .bool(false)
        case .int(1), .text("true"), .json("true"), .text("1"): .bool(true)
        default: .missing
        }
    }

    static func isUUID(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard bytes.count == 36 else { return false }
        for (position, byte) in bytes.enumerated() {
            if [8, 13, 18, 23].contains(position) {
                if byte != UInt8(ascii: "-") { return false }
            } else if !((48...57).contains(byte) || (65...70).contains(byte) || (97...102).contains(byte)) {
                return false
            }
        }
        return true
    }

    /// Text that holds a document is checked; any other value becomes one.
    private func json(_ value: Value) throws(EvaluationError) -> Value {
        if case .json = value { return value }
        if case .text(let text) = value {
            return (try? JSONText.parse(Array(text.utf8))) == nil ? .missing : .json(text)
        }
        var bytes: [UInt8] = []
        JSONText.append(value, to: &bytes)
        guard bytes.count <= TextLimit.bytes else { throw TextLimit.exceeded }
        return .json(String(decoding: bytes, as: UTF8.self))
    }

    /// A member of a document as a document; missing where it is no object or has no such member, or holds null there.
    private func member(_ value: Value, _ name: String) throws(EvaluationError) -> Value {
        guard case .json(let document) = value else { return .missing }
        guard case .record(let record)? = try? JSONText.parse(Array(document.utf8)),
            let found = record.value(named: name)
        else { return .missing }
        if case .missing = found { return .missing }
        var bytes: [UInt8] = []
        JSONText.append(found, to: &bytes)
        return .json(String(decoding: bytes, as: UTF8.self))
    }
}
