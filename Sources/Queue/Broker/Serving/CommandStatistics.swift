/// How often each command was executed, and how long all of that took: INFO commandstats.
struct CommandStatistics {
    struct Line {
        var calls: UInt64 = 0
        var microseconds: UInt64 = 0
    }

    /// By the command's place in `CommandTable.all`.
    private(set) var lines = [Line](repeating: Line(), count: CommandTable.all.count)
    private(set) var calls: UInt64 = 0

    mutating func count(_ place: Int, microseconds: Int64) {
        calls &+= 1
        lines[place].calls &+= 1
        lines[place].microseconds &+= UInt64(max(0, microseconds))
    }

    mutating func reset() { self = CommandStatistics() }
}
