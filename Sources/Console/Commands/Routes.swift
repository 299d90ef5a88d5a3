/// The paths of the admin server. GET never changes anything; what changes something is a POST.
enum Routes {
    private enum Method { case get, post }

    /// - Throws: 404 and 405, which anybody may see, and 400 for parameters.
    static func request(_ head: RequestHead) throws(Refusal) -> Request {
        let segments = head.path.split(separator: "/").map(String.init)
        guard let method = method(of: segments) else { throw Refusal(404, "there is nothing at this path") }
        try check(head, method)
        return try method == .get ? reading(segments, head.query) : changing(segments, head.query)
    }

    private static func method(of segments: [String]) -> Method? {
        switch segments {
        case ["health"], ["ready"], ["metrics"], ["admin", "ping"], ["admin", "status"], ["admin", "dead"],
            ["admin", "audit"], ["admin", "conflicts"], ["admin", "bill", "report"]:
            .get
        case ["admin", "dead", "retry"], ["admin", "reload"], ["admin", "stop"]: .post
        case _ where segments.count == 3 && segments.starts(with: ["admin", "dead"]): .get
        default: nil
        }
    }

    private static func check(_ head: RequestHead, _ method: Method) throws(Refusal) {
        let allowed = method == .get ? ["GET", "HEAD"] : ["POST"]
        guard allowed.contains(head.method) else {
            throw Refusal(
                405, "this path takes \(allowed.joined(separator: " and ")) only",
                headers: [("Allow", allowed.joined(separator: ", "))])
        }
        if method == .get, head.contentLength > 0 { throw Refusal(400, "a GET has no body here") }
    }

    private static func reading(_ segments: [String], _ query: Substring) throws(Refusal) -> Request {
        switch segments {
        case ["health"]: try plain(.health, query)
        case ["ready"]: try plain(.readiness, query)
        case ["metrics"]: try plain(.metrics, query)
        case ["admin", "ping"]: try plain(.ping, query)
        case ["admin", "status"]: try plain(.command(.status), query)
        case ["admin", "dead"]: .command(try deadList(query))
        case ["admin", "audit"]: .command(try audit(query))
        case ["admin", "conflicts"]: .command(try conflicts(query))
        case ["admin", "bill", "report"]: .command(try billReport(query))
        default: .command(try deadShow(segments, query))
        }
    }

    private static func changing(_ segments: [String], _ query: Substring) throws(Refusal) -> Request {
        switch segments {
        case ["admin", "dead", "retry"]: try plain(.commandInBody(.deadRetry), query)
        case ["admin", "reload"]: try plain(.commandInBody(.reload), query)
        default: try plain(.commandInBody(.stop), query)
        }
    }

    private static func plain(_ request: Request, _ query: Substring) throws(Refusal) -> Request {
        _ = try QueryParameters(query, allowed: [])
        return request
    }

    private static func deadList(_ query: Substring) throws(Refusal) -> ConsoleCommand {
        let parameters = try QueryParameters(query, allowed: ["route", "after", "limit"])
        return .deadList(
            route: parameters.text("route"), after: try parameters.int("after", default: 0, in: 0...Int64.max),
            limit: Int(try parameters.int("limit", default: 100, in: 1...1_000)))
    }

    private static func conflicts(_ query: Substring) throws(Refusal) -> ConsoleCommand {
        let parameters = try QueryParameters(query, allowed: ["route", "after", "limit"])
        return .conflicts(
            route: parameters.text("route"), after: try parameters.int("after", default: 0, in: 0...Int64.max),
            limit: Int(try parameters.int("limit", default: 100, in: 1...1_000)))
    }

    private static func deadShow(_ segments: [String], _ query: Substring) throws(Refusal) -> ConsoleCommand {
        _ = try QueryParameters(query, allowed: [])
        guard let text = segments.last, let id = Int64(text), id > 0 else {
            throw Refusal(404, "a dead letter has a number")
        }
        return .deadShow(id)
    }

    private static func audit(_ query: Substring) throws(Refusal) -> ConsoleCommand {
        let parameters = try QueryParameters(query, allowed: ["limit", "format"])
        return .audit(
            limit: Int(try parameters.int("limit", default: 20, in: 0...10_000)), format: try parameters.format())
    }

    private static func billReport(_ query: Substring) throws(Refusal) -> ConsoleCommand {
        let parameters = try QueryParameters(query, allowed: ["customer", "month", "format"])
        guard let period = parameters.text("month"), !period.isEmpty, period.utf8.count <= 32 else {
            throw Refusal(400, "`month` is missing: month=2026-11")
        }
        return .billReport(
            customer: parameters.text("customer"), period: period, format: try parameters.format())
    }
}
