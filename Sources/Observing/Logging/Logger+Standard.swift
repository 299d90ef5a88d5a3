import Glibc
package import Message

extension Logger {
    /// The process's log on standard error: text on a terminal, JSON otherwise.
    /// - Parameters:
    ///   - isColoured: nil decides by the terminal and `NO_COLOR`.
    ///   - decorate: may put something between the log and its writer, such as a line that shows progress.
    package static func standard(
        label: String, level: LogLevel = .info, isColoured: Bool? = nil,
        decorate: (LogWriter) -> any LogSink = { $0 }
    ) -> Logger {
        let isTerminal = isatty(STDERR_FILENO) == 1
        let colour = isColoured ?? (isTerminal && getenv("NO_COLOR") == nil)
        let format: LogFormat = isTerminal ? .text(isColoured: colour) : .json
        let writer = LogWriter(descriptor: STDERR_FILENO) { lostLine($0, format) }
        return Logger(label: label, level: level, format: format, sink: decorate(writer), now: { .wallClock() })
    }

    private static func lostLine(_ count: Int, _ format: LogFormat) -> [UInt8] {
        var line: [UInt8] = []
        format.append(
            LogEvent(
                time: .wallClock(), level: .warning, label: "log", message: "events were lost: the log is too slow",
                fields: [(name: "lost", value: LogValue(count))]),
            to: &line)
        return line
    }
}

extension Instant {
    /// The machine's wall clock, for logs. The engine's time comes in from outside.
    package static func wallClock() -> Instant {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Instant(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000)
    }
}
