/// Splits a head into its parts. RFC 9112 without its leniencies: lines end with CR LF, no folding, one blank between
/// the parts of the request line, no blank before a colon, printable ASCII only.
enum HeadScanner {
    private static let carriageReturn = UInt8(ascii: "\r")
    private static let lineFeed = UInt8(ascii: "\n")
    private static let space = UInt8(ascii: " ")

    /// Index behind the empty line that ends the head; nil while it has not arrived.
    static func endOfHead(_ bytes: ArraySlice<UInt8>) throws(Refusal) -> Int? {
        var lineStart = bytes.startIndex
        var index = bytes.startIndex
        while index < bytes.endIndex {
            let byte = bytes[index]
            if byte == lineFeed { throw Refusal(400, "a line feed without carriage return") }
            if byte == carriageReturn {
                guard index + 1 < bytes.endIndex else { return nil }
                guard bytes[index + 1] == lineFeed else { throw Refusal(400, "a carriage return inside a line") }
                if index == lineStart {
                    guard index > bytes.startIndex else { throw Refusal(400, "an empty line before the request") }
                    return index + 2
                }
                index += 1
                lineStart = index + 1
            } else if byte < 0x20 && byte != UInt8(ascii: "\t") || byte >= 0x7f {
                throw Refusal(400, "a byte that is no printable ASCII")
            }
            index += 1
        }
        return nil
    }

    static func tooLong(_ bytes: ArraySlice<UInt8>) -> Refusal {
        bytes.contains(lineFeed)
            ? Refusal(431, "the headers are too long") : Refusal(414, "the request line is too long")
    }

    static func head(_ bytes: ArraySlice<UInt8>, limits: RequestHead.Limits) throws(Refusal) -> RequestHead {
        // The slice ends with CR LF CR LF: the last two pieces are empty.
        let lines = bytes.split(separator: lineFeed).map { $0.dropLast() }
        let (method, target, isHTTP10) = try requestLine(lines.first ?? [])
        var headers: [RequestHead.Header] = []
        for line in lines.dropFirst() where !line.isEmpty {
            guard headers.count < limits.headerCount else { throw Refusal(431, "there are too many headers") }
            headers.append(try header(line))
        }
        try Framing.check(headers, isHTTP10: isHTTP10)
        let length = try Framing.contentLength(headers, limit: limits.bodyBytes)
        return RequestHead(
            method: method, target: target, isHTTP10: isHTTP10, headers: headers, contentLength: length)
    }

    private static func requestLine(
        _ line: ArraySlice<UInt8>
    ) throws(Refusal) -> (method: String, target: String, isHTTP10: Bool) {
        let parts = line.split(separator: space, omittingEmptySubsequences: false)
        guard parts.count == 3, !parts[0].isEmpty, parts[0].allSatisfy(isTokenByte) else {
            throw Refusal(400, "the request line is not `METHOD /path HTTP/1.1`")
        }
        let version = text(parts[2])
        guard version == "HTTP/1.1" || version == "HTTP/1.0" else {
            throw version.hasPrefix("HTTP/")
                ? Refusal(505, "this server speaks HTTP/1.1") : Refusal(400, "the version is not HTTP")
        }
        try TargetCheck.check(parts[1])
        return (text(parts[0]), text(parts[1]), version == "HTTP/1.0")
    }

    private static func header(_ line: ArraySlice<UInt8>) throws(Refusal) -> RequestHead.Header {
        if let first = line.first, first == space || first == UInt8(ascii: "\t") {
            throw Refusal(400, "a header that is folded over lines")
        }
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > line.startIndex,
            line[..<colon].allSatisfy(isTokenByte)
        else { throw Refusal(400, "a header line without a proper name") }
        return RequestHead.Header(
            name: text(line[..<colon]).lowercased(), value: text(trimmed(line[(colon + 1)...])))
    }

    private static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let isBlank: (UInt8) -> Bool = { $0 == space || $0 == UInt8(ascii: "\t") }
        var rest = bytes.drop(while: isBlank)
        while let last = rest.last, isBlank(last) { rest = rest.dropLast() }
        return rest
    }

    private static func text(_ bytes: ArraySlice<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }

    /// RFC 9110 `tchar`.
    static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }
}
