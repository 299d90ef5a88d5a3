import Glibc

/// What a process has used, as the kernel counts it.
struct ProcessFigures {
    var userSeconds = 0.0
    var systemSeconds = 0.0
    var residentMegabytes = 0.0
    var peakMegabytes = 0.0

    var seconds: Double { userSeconds + systemSeconds }

    /// Of another process: `/proc/PID/stat` and `status`.
    init(pid: Int32) throws {
        guard let stat = Self.text("/proc/\(pid)/stat"), let name = stat.lastIndex(of: ")") else {
            throw Trouble("no process \(pid)")
        }
        let fields = stat[name...].split(separator: " ")
        let ticks = Double(sysconf(Int32(_SC_CLK_TCK)))
        userSeconds = (Double(fields[12]) ?? 0) / ticks
        systemSeconds = (Double(fields[13]) ?? 0) / ticks
        for line in Self.text("/proc/\(pid)/status")?.split(separator: "\n") ?? [] {
            let words = line.split(whereSeparator: { $0 == " " || $0 == "\t" })
            guard words.count > 1, let kilobytes = Double(words[1]) else { continue }
            if words[0] == "VmRSS:" { residentMegabytes = kilobytes / 1024 }
            if words[0] == "VmHWM:" { peakMegabytes = kilobytes / 1024 }
        }
    }

    /// CPU of this process.
    static var ownSeconds: Double {
        var usage = rusage()
        getrusage(RUSAGE_SELF.rawValue, &usage)
        func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
        return seconds(usage.ru_utime) + seconds(usage.ru_stime)
    }

    private static func text(_ path: String) -> String? {
        let descriptor = open(path, O_RDONLY)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 8192)
        let count = read(descriptor, &bytes, bytes.count)
        return count > 0 ? String(decoding: bytes[..<count], as: UTF8.self) : nil
    }
}
