import CCurl
import Connecting

/// What each status means.
enum AnswerTable {
    private static let retried: Set<Int> = [408, 409, 425, 429]
    private static let permanentServerErrors: Set<Int> = [501, 505]
    private static let heldBack: Set<Int> = [429, 502, 503, 504]

    static func result(status: Int, retryAfter: Int64?) -> Result<Delivered, DeliveryFailure> {
        if (200...299).contains(status) { return .success(Delivered(status: status)) }
        let isRetryable =
            retried.contains(status) || ((500...599).contains(status) && !permanentServerErrors.contains(status))
        return .failure(
            DeliveryFailure(
                cause: .status(status), reason: reason(status), isRetryable: isRetryable,
                // A gateway that got no good answer does not know what the server behind it did.
                outcomeUnknown: status == 502 || status == 504, retryAfterMilliseconds: retryAfter,
                concernsHost: heldBack.contains(status)))
    }

    private static func reason(_ status: Int) -> String {
        switch status {
        case 300...399: "the receiver answered \(status), a redirect, which is not followed"
        case 409: "the receiver answered 409: a request with this key is in progress, or it conflicts"
        case 410: "the receiver answered 410: the address is gone for good"
        case 429: "the receiver answered 429: it asks for fewer requests"
        default: "the receiver answered \(status)"
        }
    }
}

/// A transfer that ended without a whole answer, in the words of the contract.
struct TransferFailure {
    let code: CURLcode
    /// Bytes of the request have left.
    let isSent: Bool
    let headersCut: Bool
    /// libcurl's own sentence; used only where it speaks of certificates and handshakes.
    let detail: String
    let authority: String

    var delivery: DeliveryFailure {
        switch code {
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ISSUER_ERROR,
            CURLE_SSL_PINNEDPUBKEYNOTMATCH, CURLE_SSL_INVALIDCERTSTATUS:
            DeliveryFailure(
                cause: .untrusted, reason: "the certificate of \(authority) does not check: \(printable)",
                isRetryable: false)
        case CURLE_URL_MALFORMAT: .refused("the URL cannot be parsed")
        default:
            DeliveryFailure(
                cause: .noAnswer, reason: reason, isRetryable: true, outcomeUnknown: isSent,
                // Once connected, one request may fail for its own sake; before, the whole receiver is away.
                concernsHost: !isSent)
        }
    }

    private var reason: String {
        switch code {
        case CURLE_COULDNT_RESOLVE_HOST: "the name of \(authority) could not be resolved"
        case CURLE_COULDNT_CONNECT: "\(authority) does not accept connections"
        case CURLE_OPERATION_TIMEDOUT:
            isSent ? "no answer from \(authority) in time" : "no connection to \(authority) in time"
        case CURLE_SSL_CONNECT_ERROR: "the TLS handshake with \(authority) failed: \(printable)"
        case CURLE_GOT_NOTHING: "\(authority) closed the connection without an answer"
        case CURLE_PARTIAL_FILE: "\(authority) closed the connection within its answer"
        case CURLE_RECV_ERROR, CURLE_SEND_ERROR: "the connection to \(authority) broke"
        case CURLE_WRITE_ERROR where headersCut: "the headers of the answer are longer than 64 KB"
        default: "the exchange with \(authority) failed (libcurl error \(code.rawValue))"
        }
    }

    private var printable: String {
        String(
            decoding: detail.utf8.prefix(200).map { (0x20...0x7E).contains($0) ? $0 : UInt8(ascii: "?") }, as: UTF8.self
        )
    }
}

extension DeliveryFailure {
    static func refused(_ reason: String) -> DeliveryFailure {
        DeliveryFailure(cause: .refused, reason: reason, isRetryable: false)
    }
    static let closed = DeliveryFailure(
        cause: .noAnswer, reason: "the connection was closed before the request was sent", isRetryable: true)
    static let noMemory = DeliveryFailure(
        cause: .noAnswer, reason: "libcurl has no memory for another request", isRetryable: true)
}
