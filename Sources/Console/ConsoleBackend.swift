/// What the admin server asks about the running engine. Called from the server's threads, several at a time.
package protocol ConsoleBackend: Sendable {
    /// Whether the process works at all. Answers at once, whatever the core does: a commit that waits for space is said
    /// here. Anybody may read it.
    func health() -> Health
    /// Whether the routes can do their work now. Answers at once. Anybody may read it.
    func readiness() -> Readiness
    /// Prometheus text format 0.0.4; counts only, no order data.
    func metrics() -> String
    /// The answer as JSON, or as text where the command asks for it. May wait for a turn of the core, but ends within
    /// seconds: throw `.unavailable` where the core cannot answer.
    func answer(_ command: ConsoleCommand) throws(ConsoleError) -> [UInt8]
}

package struct Health: Sendable, Hashable {
    /// A sentence without internals; nil: all is well.
    package let problem: String?
    package init(problem: String? = nil) { self.problem = problem }
}

package struct Readiness: Sendable, Hashable {
    /// Sentences on what is missing; empty: ready.
    package let problems: [String]
    /// Sentences on what works, but less well than it could.
    package let notes: [String]
    package init(problems: [String] = [], notes: [String] = []) {
        self.problems = problems
        self.notes = notes
    }
}

/// Why a command was not done. Each becomes a status and a JSON body; the sentence is shown to the operator.
package enum ConsoleError: Error, Sendable, Hashable, CustomStringConvertible {
    /// 404
    case notFound(String)
    /// 400: the command makes no sense as it was given.
    case invalid(String)
    /// 409: not in the present state.
    case refused(String)
    /// 503: try again.
    case unavailable(String)
    /// 500: the sentence goes to the log only.
    case failed(String)

    package var description: String {
        switch self {
        case .notFound(let text), .invalid(let text), .refused(let text), .unavailable(let text), .failed(let text):
            text
        }
    }
}
