package import Message

/// Says what happens, an event a line, with named fields. A value: `with` and `labelled` make others that write to the
/// same place.
package struct Logger: Sendable {
    package var level: LogLevel
    package let label: String
    private let format: LogFormat
    private let sink: any LogSink
    private let now: @Sendable () -> Instant
    private let fields: [(name: String, value: LogValue)]

    package init(
        label: String, level: LogLevel = .info, format: LogFormat, sink: any LogSink,
        now: @escaping @Sendable () -> Instant
    ) {
        self.init(label: label, level: level, format: format, sink: sink, now: now, fields: [])
    }

    private init(
        label: String, level: LogLevel, format: LogFormat, sink: any LogSink, now: @escaping @Sendable () -> Instant,
        fields: [(name: String, value: LogValue)]
    ) {
        self.level = level
        self.label = label
        self.format = format
        self.sink = sink
        self.now = now
        self.fields = fields
    }

    /// Writes nothing at all.
    package static let silent = Logger(
        label: "", level: .error, format: .json, sink: NoSink(), now: { Instant(microseconds: 0) })

    /// The same log under another label.
    package func labelled(_ label: String) -> Logger {
        Logger(label: label, level: level, format: format, sink: sink, now: now, fields: fields)
    }

    /// The same log, with these fields on every event.
    package func with(_ more: LogFields) -> Logger {
        Logger(label: label, level: level, format: format, sink: sink, now: now, fields: fields + Self.pairs(more))
    }

    package func trace(_ message: @autoclosure () -> String, _ fields: LogFields = [:]) {
        log(.trace, message(), fields)
    }
    package func debug(_ message: @autoclosure () -> String, _ fields: LogFields = [:]) {
        log(.debug, message(), fields)
    }
    package func info(_ message: @autoclosure () -> String, _ fields: LogFields = [:]) {
        log(.info, message(), fields)
    }
    package func warning(_ message: @autoclosure () -> String, _ fields: LogFields = [:]) {
        log(.warning, message(), fields)
    }
    package func error(_ message: @autoclosure () -> String, _ fields: LogFields = [:]) {
        log(.error, message(), fields)
    }

    package func log(_ level: LogLevel, _ message: @autoclosure () -> String, _ fields: LogFields = [:]) {
        log(level, message(), fields: Self.pairs(fields))
    }

    package func log(
        _ level: LogLevel, _ message: @autoclosure () -> String, fields: [(name: String, value: LogValue)]
    ) {
        guard level >= self.level else { return }
        var line: [UInt8] = []
        format.append(
            LogEvent(
                time: now(), level: level, label: label, message: message(), fields: self.fields + fields),
            to: &line)
        sink.append(line)
    }

    /// Returns when everything said so far is written: before an exit.
    package func flush() { sink.flush() }

    private static func pairs(_ fields: LogFields) -> [(name: String, value: LogValue)] {
        fields.map { (name: $0.key, value: $0.value) }
    }
}

private struct NoSink: LogSink {
    func append(_ line: [UInt8]) {}
    func flush() {}
}
