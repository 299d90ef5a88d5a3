/// What a client may send in one command. A value of its own, since who has not said who it is may send very little.
package struct ParserLimits: Sendable, Hashable {
    /// Words of a command, its name included.
    package let words: Int
    /// Bytes of one word that comes as a bulk: at most 512 MiB.
    package let bulkBytes: Int
    /// Bytes of an inline command, or of the line that announces a count or a length, without its line end.
    package let inlineBytes: Int
    /// Bytes of a whole command as it is sent, all announcements included: what the input buffer must be able to hold.
    package let commandBytes: Int

    /// Takes what is out of range to the nearest end of it.
    package init(
        words: Int = 1 << 20, bulkBytes: Int = ParserLimits.bulkBytesMost, inlineBytes: Int = 64 << 10,
        commandBytes: Int = 1 << 30
    ) {
        self.words = min(max(words, 1), 1 << 20)
        self.bulkBytes = min(max(bulkBytes, 0), ParserLimits.bulkBytesMost)
        self.inlineBytes = min(max(inlineBytes, 64), 1 << 20)
        self.commandBytes = min(max(commandBytes, 64), 1 << 40)
    }

    package static let bulkBytesMost = 512 << 20
    /// For who has not given a password that the server asks for.
    package static let beforeAuthentication = ParserLimits(
        words: 10, bulkBytes: 16 << 10, inlineBytes: 16 << 10, commandBytes: 192 << 10)
}
