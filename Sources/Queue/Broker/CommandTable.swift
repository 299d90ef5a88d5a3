/// A command of the protocol: how many words it takes, what it does to the queue, and the function that executes it.
/// A class, so that looking one up costs one reference.
package final class BrokerCommand: Sendable {
    package struct Flags: OptionSet, Sendable {
        package let rawValue: UInt8
        package init(rawValue: UInt8) { self.rawValue = rawValue }
        package static let write = Self(rawValue: 1)
        package static let readonly = Self(rawValue: 2)
        package static let admin = Self(rawValue: 4)
        /// Refused while the disk is nearly full.
        package static let denyOOM = Self(rawValue: 8)
        package static let loading = Self(rawValue: 16)
        /// May be sent before the client has said who it is; checks by itself what is allowed then.
        package static let open = Self(rawValue: 32)
    }

    /// In lower case, as errors name it.
    package let name: String
    /// Words with the command's own name; -n: at least n; 0: any.
    package let arity: Int
    package let flags: Flags
    /// What a user must have been given; nil: nothing, or the function decides by its first word.
    package let commandClass: CommandClass?
    package let run: @Sendable (Broker, Arguments, BrokerClient) -> Void

    init(
        _ name: String, _ arity: Int, _ flags: Flags, _ commandClass: CommandClass?,
        _ run: @escaping @Sendable (Broker, Arguments, BrokerClient) -> Void
    ) {
        self.name = name
        self.arity = arity
        self.flags = flags
        self.commandClass = commandClass
        self.run = run
    }

    func accepts(wordCount: Int) -> Bool { arity >= 0 ? arity == 0 || wordCount == arity : wordCount >= -arity }
}

/// Every command there is (QUIT is no entry: it is known before the table is asked).
package enum CommandTable {
    package static let all: [BrokerCommand] = [
        // Jobs
        .init("addjob", -4, [.write, .denyOOM], .produce) { $0.addJob($1, $2) },
        .init("getjob", -2, .write, .consume) { $0.getJob($1, $2) },
        .init("ackjob", -1, .write, .consume) { $0.acknowledge($1, $2) },
        .init("fastack", -1, .write, .consume) { $0.acknowledge($1, $2) },
        .init("deljob", -1, .write, .manage) { $0.deleteJobs($1, $2) },
        .init("enqueue", -1, .write, .manage) { $0.enqueue($1, $2) },
        .init("nack", -1, .write, .consume) { $0.reject($1, $2) },
        .init("dequeue", -1, .write, .manage) { $0.dequeue($1, $2) },
        .init("working", 2, .write, .consume) { $0.working($1, $2) },
        .init("show", 2, .readonly, .observe) { $0.show($1, $2) },
        .init("jscan", -1, .readonly, .observe) { $0.scanJobs($1, $2) },
        .init("loadjob", 2, .write, nil) { $0.loadJob($1, $2) },
        // Queues
        .init("qlen", 2, .readonly, .observe) { $0.queueLength($1, $2) },
        .init("qstat", 2, .readonly, .observe) { $0.queueStatistics($1, $2) },
        .init("qpeek", 3, .readonly, .observe) { $0.peek($1, $2) },
        .init("qscan", -1, .readonly, .observe) { $0.scanQueues($1, $2) },
        .init("pause", -3, .write, .manage) { $0.pauseQueue($1, $2) },
        .init("qpurge", 2, .write, .manage) { $0.purge($1, $2) },
        .init("qmove", -3, .write, .manage) { $0.moveJobs($1, $2) },
        // The server. CLIENT and CLUSTER ask for rights by their first word.
        .init("hello", -1, [.readonly, .open], nil) { $0.hello($1, $2) },
        .init("auth", -2, [.readonly, .loading, .open], nil) { $0.auth($1, $2) },
        .init("ping", -1, .readonly, nil) { $0.ping($1, $2) },
        .init("time", 1, .readonly, nil) { $0.time($1, $2) },
        .init("command", 0, [.readonly, .loading], nil) { $0.commandList($1, $2) },
        .init("info", -1, [.readonly, .loading], .observe) { $0.info($1, $2) },
        .init("config", -2, .admin, .administer) { $0.config($1, $2) },
        .init("client", -2, .admin, nil) { $0.client($1, $2) },
        .init("cluster", -2, .admin, nil) { $0.cluster($1, $2) },
        .init("debug", -2, .admin, .administer) { $0.debug($1, $2) },
        .init("slowlog", -2, .readonly, .administer) { $0.slowlog($1, $2) },
        .init("latency", -2, [.admin, .loading], .administer) { $0.latency($1, $2) },
        .init("monitor", 1, .admin, .administer) { $0.monitor($1, $2) },
        .init("shutdown", -1, .loading, .administer) { $0.shutdown($1, $2) },
        .init("bgrewriteaof", 1, .admin, .administer) { $0.rewriteLog($1, $2) },
    ]

    /// The command's place in `all`; upper and lower case are the same. Allocates nothing.
    package static func index(of name: UnsafeRawBufferPointer) -> Int? { index(of: Keyword(name)) }

    static func index(of name: Keyword) -> Int? { slots.find(name) }

    private static let slots = Slots(all.map { Keyword($0.name) })

    /// Open addressing over packed names; a quarter full at most.
    private struct Slots: Sendable {
        private static let mask = 255
        private var keys = [Keyword](repeating: .none, count: mask + 1)
        private var places = [UInt8](repeating: 0, count: mask + 1)

        init(_ names: [Keyword]) {
            precondition(names.count <= (Self.mask + 1) / 4, "too many commands for the table")
            for (place, name) in names.enumerated() {
                var slot = Self.slot(name)
                while keys[slot] != .none { slot = (slot + 1) & Self.mask }
                keys[slot] = name
                places[slot] = UInt8(place)
            }
        }

        func find(_ name: Keyword) -> Int? {
            guard name != .none else { return nil }
            var slot = Self.slot(name)
            while keys[slot] != .none {
                if keys[slot] == name { return Int(places[slot]) }
                slot = (slot + 1) & Self.mask
            }
            return nil
        }

        private static func slot(_ name: Keyword) -> Int {
            Int(truncatingIfNeeded: ((name.low ^ name.high) &* 0x9e37_79b9_7f4a_7c15) >> 56)
        }
    }
}
