import Observing
import Synchronization

/// Decides about requests: first by the head alone, then, when the body is there, by asking the backend.
final class RequestDesk: Sendable {
    private let backend: any ConsoleBackend
    private let policy: AccessPolicy
    private let limiter: Mutex<BadTokenLimiter>
    private let logger: Logger

    init(backend: any ConsoleBackend, policy: AccessPolicy, badTokensPerMinute: Int, logger: Logger) {
        self.backend = backend
        self.policy = policy
        self.logger = logger
        limiter = Mutex(BadTokenLimiter(limit: badTokensPerMinute))
    }

    /// What the head asks for, if its sender may ask it. Paths and methods are no secret: 404 and 405 come before 401.
    func admit(_ head: RequestHead, from peer: ConsoleAddress, atMilliseconds now: Int64) throws(Refusal) -> Request {
        try policy.checkHost(head)
        let request = try Routes.request(head)
        if !request.isOpen(toLoopback: peer.isLoopback) { try checkToken(head, peer, now) }
        if request.changesState { try policy.checkOrigin(head) }
        return request
    }

    private func checkToken(_ head: RequestHead, _ peer: ConsoleAddress, _ now: Int64) throws(Refusal) {
        let challenge = [("WWW-Authenticate", "Bearer realm=\"waybill\"")]
        guard let isRight = policy.hasToken(head) else {
            throw Refusal(401, "this path needs the admin token", headers: challenge)
        }
        if isRight { return }
        switch limiter.withLock({ $0.badTry(from: peer.hostText, atMilliseconds: now) }) {
        case .counted: throw Refusal(401, "this is not the admin token", headers: challenge)
        case .limitReached:
            logger.warning("too many tries with a bad admin token", ["peer": .text(peer.hostText)])
            throw Refusal(429, "too many bad tokens", headers: [("Retry-After", "60")])
        case .limited(let seconds):
            throw Refusal(429, "too many bad tokens", headers: [("Retry-After", String(max(1, seconds)))])
        }
    }

    /// Answers at once, or nil: the answer may have to wait for the core.
    func immediateAnswer(_ request: Request) -> Answer? {
        switch request {
        case .health: healthAnswer()
        case .readiness: readinessAnswer()
        case .ping: Answer(200, contentType: Answer.json, body: Array("{\"waybill\":true}\n".utf8))
        case .metrics, .command, .commandInBody: nil
        }
    }

    /// May take as long as the backend takes.
    func answer(_ request: Request, body: [UInt8]) -> Answer {
        if let answer = immediateAnswer(request) { return answer }
        switch request {
        case .metrics: return Answer(200, contentType: PrometheusText.contentType, body: Array(backend.metrics().utf8))
        case .command(let command): return answer(command)
        case .commandInBody(let kind):
            do throws(Refusal) {
                return answer(try CommandBody(body, allowed: CommandBody.allowed(kind)).command(kind))
            } catch {
                return Answer(error)
            }
        case .health, .readiness, .ping: preconditionFailure("answered at once")
        }
    }

    private func answer(_ command: ConsoleCommand) -> Answer {
        do throws(ConsoleError) {
            return Answer(200, contentType: Self.contentType(command), body: try backend.answer(command))
        } catch {
            if case .failed(let reason) = error { logger.error("an admin command failed", ["reason": .text(reason)]) }
            return Answer(error)
        }
    }

    private static func contentType(_ command: ConsoleCommand) -> String {
        switch command {
        case .audit(_, .text), .billReport(_, _, .text): Answer.text
        case .status, .deadList, .deadShow, .deadRetry, .audit, .conflicts, .billReport, .reload, .stop: Answer.json
        }
    }

    private func healthAnswer() -> Answer {
        guard let problem = backend.health().problem else {
            return Answer(200, contentType: Answer.json, body: Array("{\"health\":\"ok\"}\n".utf8))
        }
        return Answer(Refusal(503, problem))
    }

    private func readinessAnswer() -> Answer {
        let readiness = backend.readiness()
        let status = readiness.problems.isEmpty ? 200 : 503
        return Answer(status, contentType: Answer.json, body: ReadinessText.json(readiness))
    }
}
