import CCurl
import Connecting

/// The headers of a slot's request as the list that libcurl walks: nodes and bytes belong to us and are written anew
/// for each request, the head stays where it is.
final class HeaderList {
    /// `Expect:`, which keeps libcurl from waiting for a 100 before it sends a body.
    let head: UnsafeMutablePointer<curl_slist>
    private static let nodeLimit = 72
    private var bytes: UnsafeMutablePointer<UInt8>
    private var capacity = 2_048
    private var used = 0
    private var offsets: [Int] = []
    private let isBearer: Bool
    private let fixedEnd: Int

    init(bearer: Secret?) {
        head = .allocate(capacity: Self.nodeLimit)
        head.initialize(repeating: curl_slist(), count: Self.nodeLimit)
        bytes = .allocate(capacity: capacity)
        isBearer = bearer != nil
        fixedEnd = bearer == nil ? 1 : 2
        begin()
        append("Expect:")
        endLine()
        if let bearer {
            begin()
            append("Authorization: Bearer ")
            append(bearer.revealed)
            endLine()
        }
        fixedBytes = used
    }
    private var fixedBytes = 0

    deinit {
        head.deallocate()
        bytes.deallocate()
    }

    /// Writes the headers of `request`.
    /// - Returns: what keeps them from being sent; names a header, never its value.
    func fill(_ request: DeliveryRequest, isAuthorized: Bool) -> String? {
        used = fixedBytes
        offsets.removeLast(offsets.count - fixedEnd)
        guard request.headers.count <= Self.nodeLimit - 8 else { return "there are more than 64 headers" }
        var namesType = false
        for header in request.headers {
            if let problem = HeaderRules.problem(header, isAuthorized: isAuthorized || isBearer) { return problem }
            if HeaderRules.isContentType(header.name) { namesType = true }
            begin()
            append(header.name)
            // libcurl takes `Name:` as "leave it out"; an empty value is written with a semicolon.
            append(header.value.isEmpty ? ";" : ": ")
            append(header.value)
            endLine()
        }
        if !namesType, let problem = fillType(request.contentType) { return problem }
        if let problem = fillKey(request.idempotencyKey) { return problem }
        link()
        return nil
    }

    private func fillType(_ type: String?) -> String? {
        if let type, !HeaderRules.isClean(type) { return "the content type holds a line break or a control byte" }
        begin()
        append("Content-Type:")
        if let type {
            append(" ")
            append(type)
        }
        endLine()
        return nil
    }

    /// The key as a structured-field string: quoted, with `"` and `\` escaped. Bytes beyond ASCII are sent as they are.
    private func fillKey(_ key: String) -> String? {
        if key.isEmpty { return nil }
        if !HeaderRules.isClean(key) { return "the idempotency key holds a line break or a control byte" }
        begin()
        append("Idempotency-Key: \"")
        for byte in key.utf8 {
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { append(UInt8(ascii: "\\")) }
            append(byte)
        }
        append("\"")
        endLine()
        return nil
    }

    private func begin() { offsets.append(used) }
    private func endLine() { append(0 as UInt8) }

    private func append(_ text: String) {
        var text = text
        text.withUTF8 { source in
            reserve(source.count)
            if let start = source.baseAddress { (bytes + used).update(from: start, count: source.count) }
            used += source.count
        }
    }

    private func append(_ byte: UInt8) {
        reserve(1)
        bytes[used] = byte
        used += 1
    }

    private func reserve(_ count: Int) {
        if count <= capacity - used { return }
        let larger = max(capacity * 2, used + count)
        let grown = UnsafeMutablePointer<UInt8>.allocate(capacity: larger)
        grown.update(from: bytes, count: used)
        bytes.deallocate()
        bytes = grown
        capacity = larger
    }

    private func link() {
        for (index, offset) in offsets.enumerated() {
            head[index].data = UnsafeMutableRawPointer(bytes + offset).assumingMemoryBound(to: CChar.self)
            head[index].next = index + 1 < offsets.count ? head + index + 1 : nil
        }
    }
}

/// What a header of a route may be.
enum HeaderRules {
    /// Those that frame the request or that the connection writes itself.
    private static let reserved: Set<String> = [
        "connection", "content-length", "expect", "host", "idempotency-key", "keep-alive", "te", "trailer",
        "transfer-encoding", "upgrade",
    ]

    static func problem(_ header: DeliveryRequest.Header, isAuthorized: Bool) -> String? {
        if header.name.isEmpty || !header.name.utf8.allSatisfy(isNameByte) { return "a header's name is not a token" }
        if !isClean(header.value) { return "the header `\(header.name)` holds a line break or a control byte" }
        let name = header.name.lowercased()
        if reserved.contains(name) || name.hasPrefix("proxy-") {
            return "the header `\(header.name)` is Waybill's to write"
        }
        if isAuthorized && name == "authorization" { return "the connection writes `Authorization` itself" }
        return nil
    }

    static func isContentType(_ name: String) -> Bool { name.utf8.count == 12 && name.lowercased() == "content-type" }

    static func isClean(_ value: String) -> Bool {
        value.utf8.allSatisfy { ($0 >= 0x20 && $0 != 0x7F) || $0 == 0x09 }
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }
}
