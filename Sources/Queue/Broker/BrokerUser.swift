/// What a group of commands does: the unit that rights are given in.
package enum CommandClass: String, Sendable, Hashable, CaseIterable {
    /// ADDJOB.
    case produce
    /// GETJOB and what a consumer says of its jobs: ACKJOB, FASTACK, NACK, WORKING.
    case consume
    /// QLEN, QSTAT, QPEEK, QSCAN, JSCAN, SHOW, INFO.
    case observe
    /// PAUSE, QPURGE, QMOVE, DELJOB, ENQUEUE, DEQUEUE.
    case manage
    /// CONFIG, CLIENT LIST|KILL|PAUSE, DEBUG, MONITOR, SHUTDOWN, CLUSTER (but its questions), SLOWLOG, LATENCY.
    case administer
}

/// A named user of the queue's door, with the queues and classes of commands that it may use.
package struct BrokerUser: Sendable, Hashable {
    package let name: String
    /// SHA-256 of the passwords that let it in; empty: none does.
    package let passwords: Set<[UInt8]>
    package let classes: Set<CommandClass>
    /// Globs over queue names; `*` is every queue.
    package let queues: [String]
    package init(name: String, passwords: Set<[UInt8]>, classes: Set<CommandClass>, queues: [String]) {
        self.name = name
        self.passwords = passwords
        self.classes = classes
        self.queues = queues
    }
}

/// How the queue's door behaves: set by the operator.
package struct BrokerSettings: Sendable, Hashable {
    /// nil and no users: who connects may do everything (loopback only, or protected mode refuses).
    package var password: [UInt8]?
    package var users: [BrokerUser] = []
    package var bodyBytesMost = 4 << 20
    package var queueNameBytesMost = 1 << 10
    package var queuesMost = 1 << 20
    package var blockedClientsMost = 10_000
    package var connectionsMost = 10_000
    /// Replies that a connection may leave unread before it is closed.
    package var outputBytesMost = 64 << 20
    package var inputBytesMost = 8 << 20
    /// Seconds after which a connection that says nothing and waits for nothing is closed; 0: never.
    package var idleSecondsMost = 0
    package var version = ""
    package init() {}
}
