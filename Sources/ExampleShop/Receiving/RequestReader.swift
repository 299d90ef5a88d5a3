/// Cuts what a connection has received into requests: HTTP/1.1 with `Content-Length` bodies, which is what Waybill sends.
struct RequestReader {
    private var bytes: [UInt8] = []
    private var start = 0

    enum Found {
        case request(PartnerRequest)
        case incomplete
        case malformed
    }

    mutating func append(_ received: UnsafeRawBufferPointer) { bytes.append(contentsOf: received) }

    mutating func next() -> Found {
        guard let headEnd = endOfHead() else { return bytes.count - start > 65_536 ? .malformed : .incomplete }
        let head = String(decoding: bytes[start..<headEnd], as: UTF8.self)
        let lines = head.split(separator: "\r\n", omittingEmptySubsequences: true)
        guard let words = lines.first?.split(separator: " "), words.count == 3 else { return .malformed }
        var length = 0
        var key = "-"
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { return .malformed }
            let value = Self.trimmed(line[line.index(after: colon)...])
            switch line[..<colon].lowercased() {
            case "content-length":
                guard let number = Int(value), (0...16_777_216).contains(number) else { return .malformed }
                length = number
            case "idempotency-key": key = Self.unquoted(value)
            case "transfer-encoding": return .malformed
            case _: break
            }
        }
        let bodyStart = headEnd + 4
        guard bytes.count - bodyStart >= length else { return .incomplete }
        let body = Array(bytes[bodyStart..<bodyStart + length])
        drop(through: bodyStart + length)
        return .request(PartnerRequest(method: String(words[0]), path: String(words[1]), key: key, body: body))
    }

    /// Position of the blank line's first byte.
    private func endOfHead() -> Int? {
        var index = start
        while index + 3 < bytes.count {
            if bytes[index] == 13, bytes[index + 1] == 10, bytes[index + 2] == 13, bytes[index + 3] == 10 {
                return index
            }
            index += 1
        }
        return nil
    }

    private mutating func drop(through end: Int) {
        start = end
        if start == bytes.count {
            bytes.removeAll(keepingCapacity: true)
            start = 0
        } else if start > 65_536 {
            bytes.removeFirst(start)
            start = 0
        }
    }

    private static func trimmed(_ text: Substring) -> String {
        String(text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }

    private static func unquoted(_ text: String) -> String {
        guard text.count >= 2, text.first == "\"", text.last == "\"" else { return text }
        var plain = ""
        var isEscaped = false
        for character in text.dropFirst().dropLast() {
            if character == "\\", !isEscaped {
                isEscaped = true
            } else {
                plain.append(character)
                isEscaped = false
            }
        }
        return plain
    }
}
