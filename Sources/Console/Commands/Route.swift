/// What a well-formed request asks for.
enum Request: Sendable, Hashable {
    case health
    case readiness
    case ping
    case metrics
    case command(ConsoleCommand)
    /// A command whose details stand in the body.
    case commandInBody(BodyCommand)

    /// Everything else needs the token.
    func isOpen(toLoopback: Bool) -> Bool {
        switch self {
        case .health, .readiness, .ping: true
        case .metrics: toLoopback
        case .command, .commandInBody: false
        }
    }

    var changesState: Bool {
        switch self {
        case .health, .readiness, .ping, .metrics: false
        case .command(let command): command.changesState
        case .commandInBody: true
        }
    }
}

enum BodyCommand: Sendable, Hashable { case deadRetry, reload, stop }
