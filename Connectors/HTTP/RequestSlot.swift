import CCurl
import CCurlShim
import Connecting

/// A pooled easy handle with the bytes of its present request. Options that never change are set once; of the others
/// only those that differ from the request before.
final class RequestSlot {
    let handle: UnsafeMutableRawPointer
    private let endpoint: HTTPEndpoint
    private let response: UnsafeMutablePointer<waybill_response>
    private let errorText: UnsafeMutablePointer<CChar>
    private let headers: HeaderList
    private var body: UnsafeMutablePointer<UInt8>
    private var bodyCapacity = 1_024
    private var token: UInt64 = 0
    private var target = ""
    private var host = 0
    private var action = ""
    private var hasBody = false
    private var timeout: Int64 = -1

    init?(_ endpoint: HTTPEndpoint, index: Int, reactor: OpaquePointer) {
        guard let handle = curl_easy_init() else { return nil }
        self.handle = handle
        self.endpoint = endpoint
        response = .allocate(capacity: 1)
        response.initialize(to: waybill_response())
        response.pointee.body_limit = endpoint.responseLimit
        response.pointee.header_limit = 65_536
        errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
        errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        headers = HeaderList(bearer: endpoint.bearer)
        body = .allocate(capacity: bodyCapacity)
        waybill_response_attach(handle, response)
        waybill_reactor_attach(reactor, handle)
        set(CURLOPT_PRIVATE, UnsafeRawPointer(bitPattern: index))
        set(CURLOPT_ERRORBUFFER, errorText)
        setFixedOptions()
    }

    deinit {
        curl_easy_cleanup(handle)
        response.deallocate()
        errorText.deallocate()
        body.deallocate()
    }

    static func index(of handle: UnsafeMutableRawPointer) -> Int {
        var value: UnsafeMutablePointer<CChar>?
        waybill_curl_getinfo_pointer(handle, CURLINFO_PRIVATE, &value)
        return Int(bitPattern: value)
    }

    private func set(_ option: CURLoption, _ value: Int) { waybill_curl_setopt_long(handle, option, value) }
    private func set(_ option: CURLoption, _ value: UnsafeRawPointer?) {
        waybill_curl_setopt_pointer(handle, option, value)
    }
    private func set(_ option: CURLoption, text: String) {
        text.withCString { set(option, UnsafeRawPointer($0)) }
    }

    private func setFixedOptions() {
        set(CURLOPT_NOSIGNAL, 1)
        set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
        set(CURLOPT_PROTOCOLS_STR, text: "http,https")
        set(CURLOPT_FOLLOWLOCATION, 0)
        set(CURLOPT_PATH_AS_IS, 1)
        set(CURLOPT_PROXY, text: "")
        set(CURLOPT_NETRC, 0)
        // Names are looked up in threads of libcurl's. A look-up that nobody answers is left behind when its request is
        // given up; else everything else in this thread would wait for it.
        set(CURLOPT_QUICK_EXIT, 1)
        set(CURLOPT_TCP_NODELAY, 1)
        // Below what servers grant an idle connection (5 s is the shortest in wide use), so that few requests meet a
        // connection that is just being closed.
        set(CURLOPT_MAXAGE_CONN, 4)
        set(CURLOPT_SSL_VERIFYPEER, 1)
        set(CURLOPT_SSL_VERIFYHOST, 2)
        set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        if let file = endpoint.authorityFile { set(CURLOPT_CAINFO, text: file) }
        set(CURLOPT_CONNECTTIMEOUT_MS, endpoint.connectTimeoutMilliseconds)
        set(CURLOPT_USERAGENT, text: endpoint.userAgent)
        set(CURLOPT_HTTPHEADER, UnsafeRawPointer(headers.head))
        if let user = endpoint.user, let password = endpoint.password {
            set(CURLOPT_HTTPAUTH, 1)
            set(CURLOPT_USERNAME, text: user)
            set(CURLOPT_PASSWORD, text: password.revealed)
        }
    }

    /// - Returns: why the request can never be sent as it is.
    func prepare(_ dispatch: Dispatch) -> DeliveryFailure? {
        let request = dispatch.request
        guard let method = HTTPMethod(rawValue: request.action) else {
            return .refused("there is no HTTP method `\(request.action)`")
        }
        guard endpoint.hosts.indices.contains(dispatch.host) else {
            return .refused("the connection has no host \(dispatch.host)")
        }
        if request.target != target || dispatch.host != host {
            if let problem = RequestTarget.problem(request.target) { return .refused(problem) }
            let slash = request.target.utf8.first == UInt8(ascii: "/") ? "" : "/"
            set(CURLOPT_URL, text: endpoint.hosts[dispatch.host].base + slash + request.target)
            target = request.target
            host = dispatch.host
        }
        if let problem = headers.fill(request, isAuthorized: endpoint.user != nil) { return .refused(problem) }
        setMethod(method, action: request.action, sendsBody: !request.body.isEmpty || method.alwaysHasBody)
        if hasBody { copyBody(request.body) }
        if request.timeoutMilliseconds != timeout {
            timeout = request.timeoutMilliseconds
            set(CURLOPT_TIMEOUT_MS, Int(min(max(timeout, 1), 86_400_000)))
        }
        token = dispatch.token
        response.pointee.body_bytes = 0
        response.pointee.header_bytes = 0
        response.pointee.body_cut = false
        response.pointee.headers_cut = false
        errorText[0] = 0
        return nil
    }

    private func setMethod(_ method: HTTPMethod, action: String, sendsBody: Bool) {
        if action == self.action && sendsBody == hasBody { return }
        self.action = action
        hasBody = sendsBody
        if sendsBody {
            set(CURLOPT_POST, 1)
        } else {
            set(CURLOPT_HTTPGET, 1)
        }
        set(CURLOPT_CUSTOMREQUEST, text: method.word)
    }

    private func copyBody(_ bytes: [UInt8]) {
        if bytes.count > bodyCapacity {
            body.deallocate()
            bodyCapacity = bytes.count
            body = .allocate(capacity: bodyCapacity)
        }
        bytes.withUnsafeBufferPointer { source in
            if let start = source.baseAddress { body.update(from: start, count: source.count) }
        }
        set(CURLOPT_POSTFIELDS, UnsafeRawPointer(body))
        waybill_curl_setopt_offset(handle, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(bytes.count))
    }

    /// What became of the request, once libcurl is done with it.
    func outcome(_ code: CURLcode) -> DeliveryOutcome {
        var status = 0
        waybill_curl_getinfo_long(handle, CURLINFO_RESPONSE_CODE, &status)
        // An answer that is cut for its length has arrived as far as it matters: its status decides.
        if code == CURLE_OK || (code == CURLE_WRITE_ERROR && response.pointee.body_cut) {
            return DeliveryOutcome(
                token: token, result: AnswerTable.result(status: status, retryAfter: retryAfter(status)))
        }
        let failure = TransferFailure(
            code: code, isSent: isSent, headersCut: response.pointee.headers_cut, detail: detail,
            authority: endpoint.hosts[host].authority)
        return DeliveryOutcome(token: token, result: .failure(failure.delivery))
    }

    /// The outcome of a request that is given up while it runs.
    func abandoned() -> DeliveryOutcome {
        let failure = DeliveryFailure(
            cause: .noAnswer, reason: "the connection was closed before the answer came", isRetryable: true,
            outcomeUnknown: isSent)
        return DeliveryOutcome(token: token, result: .failure(failure))
    }

    private var isSent: Bool {
        var bytes = 0
        waybill_curl_getinfo_long(handle, CURLINFO_REQUEST_SIZE, &bytes)
        return bytes > 0
    }

    private func retryAfter(_ status: Int) -> Int64? {
        if (200...299).contains(status) { return nil }
        var seconds: curl_off_t = 0
        waybill_curl_getinfo_offset(handle, CURLINFO_RETRY_AFTER, &seconds)
        return seconds == 0 ? nil : min(max(Int64(seconds), 1), 3_600) * 1_000
    }

    private var detail: String { String(cString: errorText) }
}

enum HTTPMethod: String {
    case get, post, put, patch, delete
    var alwaysHasBody: Bool { self == .post || self == .put || self == .patch }
    var word: String {
        switch self {
        case .get: "GET"
        case .post: "POST"
        case .put: "PUT"
        case .patch: "PATCH"
        case .delete: "DELETE"
        }
    }
}
