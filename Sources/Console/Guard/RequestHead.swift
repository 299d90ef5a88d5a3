/// A request line and its headers, read strictly: what two readers could understand differently is refused, so that
/// nothing can be smuggled past a proxy in front.
package struct RequestHead: Sendable, Hashable {
    package let method: String
    /// As it was sent: nothing decoded. Starts with `/`.
    package let target: String
    package let isHTTP10: Bool
    /// Names in lower case, values without surrounding blanks; the order of arrival.
    package let headers: [Header]
    /// 0 where the request has no body.
    package let contentLength: Int

    package struct Header: Sendable, Hashable {
        package let name: String
        package let value: String
    }

    package func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }

    /// Target before `?`.
    package var path: Substring { target.prefix { $0 != "?" } }

    /// Target behind `?`; empty where there is none.
    package var query: Substring { target.dropFirst(path.count + 1) }
}

extension RequestHead {
    package struct Limits: Sendable {
        /// Request line and headers together.
        package var headBytes = 16 * 1024
        package var headerCount = 100
        package var bodyBytes = 1 << 20
        package init() {}
    }

    /// What has arrived of a head.
    package enum Arrival: Sendable, Hashable {
        case incomplete
        /// The head, and the bytes it took with its empty line.
        case complete(RequestHead, length: Int)
    }

    /// Reads what has arrived so far. May be called again with more of the same bytes.
    /// - Throws: 400, 411, 413, 414, 431, 501 or 505.
    package static func read(_ bytes: [UInt8], limits: Limits = Limits()) throws(Refusal) -> Arrival {
        let window = bytes.prefix(limits.headBytes)
        let end = try HeadScanner.endOfHead(window)
        guard let end else {
            guard bytes.count < limits.headBytes else { throw HeadScanner.tooLong(window) }
            return .incomplete
        }
        return .complete(try HeadScanner.head(window[..<end], limits: limits), length: end)
    }
}
