package import Message

/// What the broker cannot know by itself, because it touches neither sockets nor the system: the server fills it in
/// about once a second (`Broker.take`), INFO and CLIENT LIST print it. A default is an unknown figure.
package struct ServerFacts: Sendable, Hashable {
    // MARK: The process

    package var processID: Int32 = 0
    /// 40 hexadecimal digits, new with each start.
    package var runID = ""
    /// `Linux 6.1.0 x86_64`.
    package var system = ""
    package var executable = ""
    package var started = Instant(microseconds: 0)
    /// 0: no TCP door.
    package var tcpPort = 0
    package var cpuUser = Microseconds(0)
    package var cpuSystem = Microseconds(0)
    package var cpuUserOfChildren = Microseconds(0)
    package var cpuSystemOfChildren = Microseconds(0)

    // MARK: Memory, in bytes

    /// Allocated by the program.
    package var usedBytes: Int64 = 0
    package var residentBytes: Int64 = 0
    /// The most that was resident since the start.
    package var residentBytesPeak: Int64 = 0

    // MARK: Disk, in bytes

    /// 0: unknown.
    package var storeBytes: Int64 = 0
    /// Bytes that can still be written beside the store; nil: unknown.
    package var freeBytes: Int64?

    // MARK: Connections, since the start

    package var connectionsAccepted: UInt64 = 0
    /// Over a limit, or by protected mode.
    package var connectionsRejected: UInt64 = 0
    package var inputBytes: UInt64 = 0
    package var outputBytes: UInt64 = 0

    // MARK: Connections as they are now

    package var outputBytesLongest = 0
    package var inputBytesBiggest = 0

    package init() {}
}
