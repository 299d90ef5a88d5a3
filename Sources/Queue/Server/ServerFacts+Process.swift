import CLinux
import Glibc
import Message

extension ServerFacts {
    init(ofThisProcessStartedAt started: Instant) {
        self.init()
        self.started = started
        processID = getpid()
        runID = (0..<20).map { _ in Self.twoDigits(UInt8.random(in: .min ... .max)) }.joined()
        system = Self.systemName
        executable = Self.executablePath
    }

    /// Processor time and memory as they are now.
    mutating func measureProcess() {
        (cpuUser, cpuSystem) = Self.processorTime(RUSAGE_SELF.rawValue)
        (cpuUserOfChildren, cpuSystemOfChildren) = Self.processorTime(RUSAGE_CHILDREN.rawValue)
        residentBytes = Self.residentBytes ?? 0
        usedBytes = residentBytes
        residentBytesPeak = max(residentBytesPeak, residentBytes)
    }

    /// Microseconds. The clock of commands is coarse, a few milliseconds, so that it costs nothing: single commands are
    /// slow or not, and sums are right on average.
    static func clock(_ id: clockid_t = CLOCK_MONOTONIC_COARSE) -> Int64 {
        var time = timespec()
        clock_gettime(id, &time)
        return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000
    }

    private static func processorTime(_ whose: Int32) -> (user: Microseconds, system: Microseconds) {
        var usage = rusage()
        guard getrusage(whose, &usage) == 0 else { return (Microseconds(0), Microseconds(0)) }
        return (Microseconds(microseconds(usage.ru_utime)), Microseconds(microseconds(usage.ru_stime)))
    }

    private static func microseconds(_ time: timeval) -> Int64 { Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_usec) }

    /// The second number of /proc/self/statm, in pages.
    private static var residentBytes: Int64? {
        let descriptor = open("/proc/self/statm", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var text = [UInt8](repeating: 0, count: 128)
        let count = read(descriptor, &text, text.count)
        guard count > 0 else { return nil }
        let numbers = text[..<count].split(separator: UInt8(ascii: " "))
        guard numbers.count > 1, let pages = Int64(String(decoding: numbers[1], as: UTF8.self)) else { return nil }
        return pages.multipliedReportingOverflow(by: Int64(sysconf(Int32(_SC_PAGESIZE)))).partialValue
    }

    private static var systemName: String {
        var name = utsname()
        guard uname(&name) == 0 else { return "" }
        return [text(of: &name.sysname), text(of: &name.release), text(of: &name.machine)].joined(separator: " ")
    }

    private static func text<Field>(of field: inout Field) -> String {
        withUnsafeBytes(of: &field) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }

    private static var executablePath: String {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(PATH_MAX)) { path in
            guard let base = path.baseAddress else { return "" }
            let count = readlink("/proc/self/exe", base, path.count)
            return count > 0 ? String(decoding: UnsafeRawBufferPointer(path)[..<count], as: UTF8.self) : ""
        }
    }

    private static func twoDigits(_ byte: UInt8) -> String {
        let text = String(byte, radix: 16)
        return text.utf8.count == 1 ? "0" + text : text
    }
}
