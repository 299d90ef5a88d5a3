package import Message

/// One thing that happened, before it is written.
package struct LogEvent: Sendable {
    package let time: Instant
    package let level: LogLevel
    /// The part of the program that says it: `intake`, `console`.
    package let label: String
    package let message: String
    /// Fields of the logger, then of the event.
    package let fields: [(name: String, value: LogValue)]

    package init(
        time: Instant, level: LogLevel, label: String, message: String, fields: [(name: String, value: LogValue)]
    ) {
        self.time = time
        self.level = level
        self.label = label
        self.message = message
        self.fields = fields
    }
}
