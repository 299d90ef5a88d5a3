import Glibc
package import Message

extension Logger {
    /// The process's log on standard error: text on a terminal, JSON otherwise.
    /// - Parameter isColoured: nil decides by the terminal and `NO_COLOR`.
    package static func standard(label: String, level: LogLevel = .info, isColoured: Bool? = nil) -> Logger {
        let isTerminal = isatty(STDERR_FILENO) == 1
        let colour = isColoured ?? (isTerminal && getenv("NO_COLOR") == nil)
        let format: LogFormat = isTerminal ? .text(isColoured: colour) : .json
        let writer = LogWriter(descriptor: STDERR_FILENO) { lost in
            var line: [UInt8] = []
            format.append(
                LogEvent(
                    time: .wallClock(), level: .warning, label: "log", message: "events were lost: the log is too slow",
                    fields: [(name: "lost", value: LogValue(lost))]),
                to: &line)
            return line
        }
        return Logger(label: label, level: level, format: format, sink: writer, now: { .wallClock() })
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
