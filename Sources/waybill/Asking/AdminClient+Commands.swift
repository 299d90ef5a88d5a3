import Console
import Message

extension AdminClient {
    /// Asks the service to answer a command.
    func answer(_ command: ConsoleCommand) throws(CommandFailure) -> [UInt8] {
        let reply: Reply
        do throws(Failure) {
            reply = try send(command.changesState ? "POST" : "GET", Self.target(command), body: Self.body(command))
        } catch {
            throw Self.failure(error)
        }
        guard reply.status == 200 else { throw Self.failure(reply) }
        return reply.body
    }

    /// Whether a service is there at all.
    var isReachable: Bool {
        var hasty = self
        hasty.patienceSeconds = 3
        return (try? hasty.send("GET", "/admin/ping"))?.status == 200
    }

    // MARK: The request

    static func target(_ command: ConsoleCommand) -> String {
        switch command {
        case .status: "/admin/status"
        case .deadList(let route, let after, let limit):
            target("/admin/dead", [("route", route), ("after", String(after)), ("limit", String(limit))])
        case .deadShow(let id): "/admin/dead/\(id)"
        case .deadRetry: "/admin/dead/retry"
        case .audit(let limit, let format):
            target("/admin/audit", [("limit", String(limit)), ("format", format.rawValue)])
        case .conflicts(let route, let after, let limit):
            target("/admin/conflicts", [("route", route), ("after", String(after)), ("limit", String(limit))])
        case .billReport(let customer, let period, let format):
            target("/admin/bill/report", [("customer", customer), ("month", period), ("format", format.rawValue)])
        case .reload: "/admin/reload"
        case .stop: "/admin/stop"
        }
    }

    private static func target(_ path: String, _ parameters: [(String, String?)]) -> String {
        let pairs = parameters.compactMap { name, value in value.map { "\(name)=\(escaped($0))" } }
        return path + "?" + pairs.joined(separator: "&")
    }

    /// Everything but RFC 3986 `unreserved` is escaped.
    static func escaped(_ text: String) -> String {
        let hex = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                bytes.append(byte)
            default: bytes += [UInt8(ascii: "%"), hex[Int(byte >> 4)], hex[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    static func body(_ command: ConsoleCommand) -> [UInt8] {
        switch command {
        case .status, .deadList, .deadShow, .audit, .conflicts, .billReport: return []
        case .reload: return Array("{}".utf8)
        case .stop(let grace): return JSONObject([("grace_ms", Value(grace))]).line()
        case .deadRetry(let retry):
            var object = JSONObject()
            switch retry.selection {
            case .ids(let ids): object.set("ids", .list(ids.map { Value($0) }))
            case .route(let route): object.set("route", .text(route))
            case .all: object.set("all", .bool(true))
            }
            object.set("force", .bool(retry.force))
            object.set("latest", .bool(retry.latest))
            object.set("dry_run", .bool(retry.dryRun))
            return object.line()
        }
    }

    // MARK: What went wrong

    private static func failure(_ failure: Failure) -> CommandFailure {
        switch failure {
        case .unreachable(let reason):
            CommandFailure(.unreachable, reason, "start the service with `waybill serve`")
        case .unreadable(let reason):
            CommandFailure(.unreachable, "what answers there is no Waybill (\(reason))", "check --admin and --data")
        }
    }

    private static func failure(_ reply: Reply) -> CommandFailure {
        var reason = "the service answered \(reply.status)"
        if let value = try? JSONText.parse(reply.body), let text = value["error"]?["reason"]?.asText { reason = text }
        switch reply.status {
        case 401, 403, 421:
            return CommandFailure(.notAllowed, reason, "give the --data folder of that service: its token lies there")
        case 429: return CommandFailure(.tryAgain, reason, "wait a minute")
        case 503: return CommandFailure(.tryAgain, reason)
        case 400, 411, 413, 414, 415, 431: return CommandFailure(.usage, reason)
        default: return CommandFailure(.failed, reason)
        }
    }
}
