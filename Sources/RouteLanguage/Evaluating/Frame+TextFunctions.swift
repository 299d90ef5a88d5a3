import Message

extension Frame {
    func textFunction(
        _ function: Function, _ subject: Value, _ arguments: [Expression]
    ) throws(EvaluationError) -> Value {
        if function == .join { return try join(subject, arguments) }
        if function == .length || function == .contains, case .list(let items) = subject {
            if function == .length { return .int(Int128(items.count)) }
            let wanted = try argument(1, arguments)
            return .bool(items.contains { Comparison.areEqual($0, wanted) })
        }
        if function == .length, case .bytes(let bytes) = subject { return .int(Int128(bytes.count)) }
        guard case .text(let text) = subject else {
            throw EvaluationError("`\(function.rawValue)` needs text")
        }
        switch function {
        case .upper: return try TextLimit.checked(text.uppercased())
        case .lower: return try TextLimit.checked(text.lowercased())
        case .trim: return .text(TextEditing.trimmed(text))
        case .length: return .int(Int128(text.unicodeScalars.count))
        case .contains:
            return .bool(TextEditing.firstRange(of: try textArgument(1, arguments), in: text) != nil)
        case .startsWith: return .bool(text.utf8.starts(with: try textArgument(1, arguments).utf8))
        case .endsWith:
            return .bool(text.utf8.reversed().starts(with: try textArgument(1, arguments).utf8.reversed()))
        case .replace:
            return .text(
                try TextEditing.replacing(
                    try textArgument(1, arguments), with: try textArgument(2, arguments), in: text))
        case .split: return .list(try TextEditing.parts(of: text, by: try textArgument(1, arguments)).map(Value.text))
        case .substring:
            let start = try wholeArgument(1, arguments)
            let count = arguments.count > 2 ? try wholeArgument(2, arguments) : Int.max
            guard start >= 0, count >= 0 else { throw EvaluationError("`substring` needs positions of 0 and above") }
            return .text(String(text.unicodeScalars.dropFirst(start).prefix(count)))
        case .padLeft:
            return .text(
                try TextEditing.paddedLeft(
                    text, to: try wholeArgument(1, arguments),
                    with: arguments.count > 2 ? try textArgument(2, arguments) : " "))
        default: throw EvaluationError("`\(function.rawValue)` is no text function")
        }
    }

    private func join(_ subject: Value, _ arguments: [Expression]) throws(EvaluationError) -> Value {
        guard case .list(let items) = subject else { throw EvaluationError("`join` needs a list") }
        let separator = arguments.count > 1 ? try textArgument(1, arguments) : ", "
        var bytes: [UInt8] = []
        for (position, item) in items.enumerated() {
            if position > 0 { bytes.append(contentsOf: separator.utf8) }
            try TextRendering.append(item, to: &bytes)
            guard bytes.count <= TextLimit.bytes else { throw TextLimit.exceeded }
        }
        return .text(String(decoding: bytes, as: UTF8.self))
    }
}

/// Searching and cutting text by its UTF-8 bytes: what is found is exactly what was asked for.
enum TextEditing {
    static func trimmed(_ text: String) -> String {
        let scalars = text.unicodeScalars
        guard let first = scalars.firstIndex(where: { !$0.properties.isWhitespace }),
            let last = scalars.lastIndex(where: { !$0.properties.isWhitespace })
        else { return "" }
        return String(scalars[first...last])
    }

    static func firstRange(of wanted: String, in text: String) -> Range<Int>? {
        let (text, wanted) = (Array(text.utf8), Array(wanted.utf8))
        return firstRange(of: wanted, in: text, from: 0)
    }

    private static func firstRange(of wanted: [UInt8], in text: [UInt8], from start: Int) -> Range<Int>? {
        guard wanted.count <= text.count - start else { return nil }
        if wanted.isEmpty { return start..<start }
        var place = start
        while place + wanted.count <= text.count {
            if text[place] == wanted[0], text[place..<place + wanted.count].elementsEqual(wanted) {
                return place..<place + wanted.count
            }
            place += 1
        }
        return nil
    }

    static func replacing(
        _ wanted: String, with replacement: String, in text: String
    ) throws(EvaluationError) -> String {
        guard !wanted.isEmpty else { return text }
        let (source, pattern) = (Array(text.utf8), Array(wanted.utf8))
        var made: [UInt8] = []
        var place = 0
        while let found = firstRange(of: pattern, in: source, from: place) {
            made.append(contentsOf: source[place..<found.lowerBound])
            made.append(contentsOf: replacement.utf8)
            guard made.count <= TextLimit.bytes else { throw TextLimit.exceeded }
            place = found.upperBound
        }
        made.append(contentsOf: source[place...])
        guard made.count <= TextLimit.bytes else { throw TextLimit.exceeded }
        return String(decoding: made, as: UTF8.self)
    }

    static func parts(of text: String, by separator: String) throws(EvaluationError) -> [String] {
        guard !separator.isEmpty else { return [text] }
        let (source, pattern) = (Array(text.utf8), Array(separator.utf8))
        var made: [String] = []
        var place = 0
        while let found = firstRange(of: pattern, in: source, from: place) {
            made.append(String(decoding: source[place..<found.lowerBound], as: UTF8.self))
            place = found.upperBound
        }
        made.append(String(decoding: source[place...], as: UTF8.self))
        return made
    }

    static func paddedLeft(_ text: String, to width: Int, with filler: String) throws(EvaluationError) -> String {
        let missing = width.subtractingReportingOverflow(text.unicodeScalars.count)
        guard !missing.overflow, missing.partialValue > 0, !filler.isEmpty else { return text }
        guard missing.partialValue <= TextLimit.bytes else { throw TextLimit.exceeded }
        var scalars = String.UnicodeScalarView()
        while scalars.count < missing.partialValue {
            scalars.append(contentsOf: filler.unicodeScalars.prefix(missing.partialValue - scalars.count))
        }
        return String(scalars) + text
    }
}
