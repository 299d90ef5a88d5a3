import Glibc

/// A process that we started: the only owner of its pid, which is what it is stopped by.
///
/// It runs in a process group of its own, so that Ctrl-C in a terminal reaches only us and the order of stopping is ours.
package final class ChildProcess {
    package let pid: Int32
    package let program: String
    private var status: Int32?

    /// - Parameters:
    ///   - environment: replaces ours where given.
    ///   - output: file for stdout, appended to; nil: /dev/null.
    ///   - error: file for stderr, appended to; nil: /dev/null.
    ///   - diesWithParent: the kernel sends TERM when the thread that starts it ends (through `setpriv`): only for a thread
    ///     that lives as long as we do.
    package init(
        _ arguments: [String], environment: [String: String] = [:], output: String? = nil, error: String? = nil,
        diesWithParent: Bool = false
    ) throws(ShopError) {
        let command = diesWithParent ? ["setpriv", "--pdeathsig", "TERM", "--"] + arguments : arguments
        program = arguments.first ?? ""
        var actions = posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        let flags = O_WRONLY | O_CREAT | O_APPEND
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, output ?? "/dev/null", flags, 0o600)
        posix_spawn_file_actions_addopen(&actions, 2, error ?? "/dev/null", flags, 0o600)
        Self.resetSignals(&attributes)
        var merged = Self.ownEnvironment()
        for (name, value) in environment { merged[name] = value }
        var child: pid_t = 0
        let problem = Self.withCStrings(command) { arguments in
            Self.withCStrings(merged.map { "\($0.key)=\($0.value)" }) { environment in
                posix_spawnp(&child, arguments[0]!, &actions, &attributes, arguments, environment)
            }
        }
        guard problem == 0 else {
            throw ShopError.cannotStart(program: program, reason: String(cString: strerror(problem)))
        }
        pid = child
    }

    /// Exit status (128 + signal where a signal ended it), nil while it runs.
    package func exitStatus() -> Int32? {
        if let status { return status }
        var raw: Int32 = 0
        guard waitpid(pid, &raw, WNOHANG) == pid else { return nil }
        status = raw & 0x7f == 0 ? (raw >> 8) & 0xff : 128 + (raw & 0x7f)
        return status
    }

    package func signal(_ number: Int32) {
        if exitStatus() == nil { kill(pid, number) }
    }

    /// Waits for its end; nil if it still runs after `milliseconds`.
    package func wait(milliseconds: Int) -> Int32? {
        let deadline = Deadline(milliseconds: milliseconds)
        while true {
            if let status = exitStatus() { return status }
            if deadline.isOver { return nil }
            usleep(2_000)
        }
    }

    /// TERM, and KILL where that has not ended it in time.
    @discardableResult
    package func stop(graceMilliseconds: Int = 20_000) -> Int32 {
        signal(SIGTERM)
        if let status = wait(milliseconds: graceMilliseconds) { return status }
        return killNow()
    }

    /// `kill -9`, and its end.
    @discardableResult
    package func killNow() -> Int32 {
        signal(SIGKILL)
        return wait(milliseconds: 10_000) ?? 128 + SIGKILL
    }

    private static func resetSignals(_ attributes: inout posix_spawnattr_t) {
        var defaults = sigset_t()
        var mask = sigset_t()
        sigemptyset(&mask)
        sigemptyset(&defaults)
        for number in [SIGINT, SIGTERM, SIGHUP, SIGPIPE] { sigaddset(&defaults, number) }
        posix_spawnattr_setsigdefault(&attributes, &defaults)
        posix_spawnattr_setsigmask(&attributes, &mask)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP))
    }

    private static func ownEnvironment() -> [String: String] {
        var found: [String: String] = [:]
        var next = environ
        while let entry = next.pointee {
            let text = String(cString: entry)
            if let equals = text.firstIndex(of: "=") {
                found[String(text[..<equals])] = String(text[text.index(after: equals)...])
            }
            next += 1
        }
        return found
    }

    private static func withCStrings<R>(
        _ texts: [String], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> R
    ) -> R {
        var pointers: [UnsafeMutablePointer<CChar>?] = texts.map { strdup($0) }
        pointers.append(nil)
        defer { for pointer in pointers { free(pointer) } }
        return pointers.withUnsafeMutableBufferPointer { body($0.baseAddress!) }
    }
}
