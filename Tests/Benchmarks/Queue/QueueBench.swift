import Glibc

/// A load for any server that speaks Disque's protocol. It shares the machine with what it measures, so it is as cheap
/// as it can be: one thread, epoll, requests written once, replies read where they lie, nothing allocated for a message.
///
///     QueueBench sync|pipelined HOST:PORT|SOCKET [--seconds 10] [--warmup 2] [--standing] [--together]
///     QueueBench fill|drain     HOST:PORT|SOCKET --count N
///     QueueBench first          HOST:PORT|SOCKET [--since NANOSECONDS]
///
/// A consumer acknowledges what it got and then asks again, one request at a time; with `--together` both leave at once.
/// `--queue NAME`, `--body BYTES`, `--retry SECONDS`, `--password WORD`, `--run NUMBER`, `--producers`, `--consumers`,
/// `--window`, `--fetch`, `--pid PID` (CPU and memory of the server), `--json`.
@main
enum QueueBench {
    static func main() {
        signal(SIGPIPE, SIG_IGN)
        do {
            let options = try Options(Array(CommandLine.arguments.dropFirst()))
            let report: Report
            switch options.mode {
            case .sync, .pipelined: report = try LifeRun(options).run()
            case .fill: report = try FillRun(options).run()
            case .drain: report = try DrainRun(options).run()
            case .first: report = try FirstRun(options).run()
            }
            print(options.isJSON ? report.json : report.table)
        } catch {
            let line = Array("QueueBench: \(error)\n".utf8)
            _ = write(2, line, line.count)
            exit(1)
        }
    }
}

/// The run cannot go on, or a message is not as it must be.
struct Trouble: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

/// Nanoseconds of the monotonic clock.
func nanosecondsNow() -> Int {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return time.tv_sec * 1_000_000_000 + time.tv_nsec
}
