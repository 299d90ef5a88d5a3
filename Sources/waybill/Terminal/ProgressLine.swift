import Glibc
import Observing
import Synchronization

/// A line at the bottom of the terminal that is drawn anew every half second, from one second after the start on. It is
/// the log's sink as well: a log line takes its place and pushes it down.
final class ProgressLine: LogSink {
    private struct State {
        var shown = ""
        var isRunning = true
    }

    private static let clearLine = Array("\r\u{1b}[2K".utf8)
    private let writer: LogWriter
    private let state = Mutex(State())

    /// Only for a terminal.
    init(writer: LogWriter) { self.writer = writer }

    func append(_ line: [UInt8]) {
        state.withLock { state in
            guard !state.shown.isEmpty else { return writer.append(line) }
            writer.append(Self.clearLine + line + Array(state.shown.utf8))
        }
    }

    func flush() { writer.flush() }

    /// Draws until `stop`, in a thread of its own.
    /// - Parameter snapshot: called from that thread twice a second; must not wait for the core for long.
    func start(_ snapshot: @escaping @Sendable () -> ProgressSnapshot) {
        let work = ProgressWork { [self] in draw(snapshot) }
        let unmanaged = Unmanaged.passRetained(work)
        var thread = pthread_t()
        if pthread_create(&thread, nil, progressThread, unmanaged.toOpaque()) == 0 {
            pthread_detach(thread)
        } else {
            unmanaged.release()
        }
    }

    /// Takes the line away.
    func stop() {
        state.withLock { state in
            state.isRunning = false
            if !state.shown.isEmpty { writer.append(Self.clearLine) }
            state.shown = ""
        }
        writer.flush()
    }

    private func draw(_ snapshot: () -> ProgressSnapshot) {
        var before = snapshot()
        usleep(1_000_000)
        var milliseconds: Int64 = 1_000
        while state.withLock({ $0.isRunning }) {
            let now = snapshot()
            let text = ProgressText.line(before, now, milliseconds: milliseconds)
            state.withLock { state in
                guard state.isRunning else { return }
                state.shown = text
                writer.append(Self.clearLine + Array(text.utf8))
            }
            before = now
            milliseconds = 500
            usleep(500_000)
        }
    }
}

private final class ProgressWork: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
}

private func progressThread(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let context else { return nil }
    Unmanaged<ProgressWork>.fromOpaque(context).takeRetainedValue().body()
    return nil
}
