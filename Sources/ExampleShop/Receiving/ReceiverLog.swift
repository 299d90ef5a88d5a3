import COpenSSL
import Glibc

/// A partner's own log: a line for each request it has read, written before it is answered.
///
/// `MICROSECONDS <tab> STATUS <tab> KEY <tab> SHA256 OF THE BODY <tab> METHOD <tab> PATH`. Status 0: hung up without an answer.
struct ReceiverLog {
    private let descriptor: Int32
    private var pending: [UInt8] = []

    init(path: String) throws(ShopError) {
        descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw ShopError.system(call: "open \(path)", code: errno) }
    }

    mutating func record(_ request: PartnerRequest, status: Int) {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        let micros = now.tv_sec * 1_000_000 + now.tv_nsec / 1_000
        let line =
            "\(micros)\t\(status)\t\(request.key)\t\(Self.sha256(request.body))\t\(request.method)\t\(request.path)\n"
        pending.append(contentsOf: line.utf8)
    }

    /// Hands what is pending to the kernel; answers leave only afterwards.
    mutating func flush() {
        var sent = 0
        while sent < pending.count {
            let count = pending.withUnsafeBytes { write(descriptor, $0.baseAddress! + sent, $0.count - sent) }
            if count < 0 && errno != EINTR { break }
            sent += max(count, 0)
        }
        pending.removeAll(keepingCapacity: true)
    }

    func close() { Glibc.close(descriptor) }

    private static func sha256(_ body: [UInt8]) -> String {
        var digest = [UInt8](repeating: 0, count: 32)
        var length: UInt32 = 32
        EVP_Digest(body, body.count, &digest, &length, EVP_sha256(), nil)
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}
