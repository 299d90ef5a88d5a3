package import Glibc

/// A child process whose output is read line by line.
package final class ChildProgram {
    package let process: pid_t
    private let output: Int32
    private var buffer: [UInt8] = []

    package struct Failed: Error { let code: Int32 }

    package init(_ arguments: [String]) throws {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { throw Failed(code: errno) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
        defer { posix_spawn_file_actions_destroy(&actions) }
        var words: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var started: pid_t = 0
        let code = posix_spawnp(&started, arguments[0], &actions, nil, &words, environ)
        close(ends[1])
        guard code == 0 else {
            close(ends[0])
            throw Failed(code: code)
        }
        process = started
        output = ends[0]
    }

    deinit { close(output) }

    /// nil at the end; a line that is cut off does not count.
    package func readLine() -> String? {
        while true {
            if let end = buffer.firstIndex(of: 10) {
                let line = String(decoding: buffer[..<end], as: UTF8.self)
                buffer.removeFirst(end + 1)
                return line
            }
            var chunk = [UInt8](repeating: 0, count: 4096)
            let count = read(output, &chunk, chunk.count)
            if count <= 0 { return nil }
            buffer += chunk[..<count]
        }
    }

    /// Stops it where it stands; it says nothing from here on. From then on `readLine` gives what it has said, and nil.
    package func freeze() {
        Glibc.kill(process, SIGSTOP)
        var status: Int32 = 0
        while waitpid(process, &status, WUNTRACED) < 0, errno == EINTR {}
        _ = fcntl(output, F_SETFL, O_NONBLOCK)
    }

    package func kill() { Glibc.kill(process, SIGKILL) }

    /// Call once.
    /// - Returns: its exit code; 128 and the signal where one ended it.
    @discardableResult
    package func wait() -> Int32 {
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
        return status & 0x7f == 0 ? (status >> 8) & 0xff : 128 + status & 0x7f
    }

    package static func run(_ arguments: [String]) -> Int32 {
        guard let command = try? ChildProgram(arguments) else { return 127 }
        while command.readLine() != nil {}
        return command.wait()
    }
}
