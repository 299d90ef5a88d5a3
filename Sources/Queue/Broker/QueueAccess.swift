import Message

/// A user's rights in the form that every command asks: a bit for each class, and globs that need no parsing.
struct QueueAccess {
    private let classes: UInt8
    private let globs: [Glob]
    /// Somebody, with whatever rights; else the client has not said who it is.
    let isKnown: Bool
    /// No queue name needs to be looked at.
    let isEverywhere: Bool

    init(_ user: BrokerUser?) {
        var bits: UInt8 = 0
        for commandClass in user?.classes ?? [] { bits |= Self.bit(commandClass) }
        classes = bits
        isKnown = user != nil
        isEverywhere = user?.queues.contains("*") ?? false
        globs = isEverywhere ? [] : (user?.queues ?? []).map { Glob($0) }
    }

    func allows(_ commandClass: CommandClass) -> Bool { classes & Self.bit(commandClass) != 0 }

    func allows(queue name: UnsafeRawBufferPointer) -> Bool {
        isEverywhere || globs.contains { $0.matches(name) }
    }

    private static func bit(_ commandClass: CommandClass) -> UInt8 {
        switch commandClass {
        case .produce: 1
        case .consume: 2
        case .observe: 4
        case .manage: 8
        case .administer: 16
        }
    }
}

extension BrokerUser {
    /// Who connects where neither a password nor users are set, or has given the only password.
    package static let everybody = BrokerUser(
        name: "default", passwords: [], classes: Set(CommandClass.allCases), queues: ["*"])
}

extension BrokerSettings {
    /// Whether a client must say who it is.
    package var asksWhoItIs: Bool { password != nil || !users.isEmpty }
}
