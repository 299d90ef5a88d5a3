/// An answer as bytes, for requests that never reach the HTTP library.
enum RawAnswer {
    static func bytes(_ answer: Answer) -> [UInt8] {
        var head = "HTTP/1.1 \(answer.status) \(phrase(answer.status))\r\n"
        head += "Content-Type: \(answer.contentType)\r\nContent-Length: \(answer.body.count)\r\n"
        for header in Answer.securityHeaders + answer.headers { head += "\(header.name): \(header.value)\r\n" }
        return Array((head + "\r\n").utf8) + answer.body
    }

    private static func phrase(_ status: Int) -> String {
        switch status {
        case 400: "Bad Request"
        case 408: "Request Timeout"
        case 411: "Length Required"
        case 413: "Content Too Large"
        case 414: "URI Too Long"
        case 431: "Request Header Fields Too Large"
        case 505: "HTTP Version Not Supported"
        default: "Refused"
        }
    }
}
