import Glibc
import StoreSamples

/// The `StoreTorture` program, which is built beside this test.
enum TortureProgram {
    static func start(_ arguments: [String]) throws -> ChildProgram { try ChildProgram([path] + arguments) }

    /// Runs it to its end and prints what it says.
    /// - Returns: its exit code.
    static func run(_ arguments: [String]) throws -> Int32 {
        let program = try start(arguments)
        while let line = program.readLine() { print(line) }
        return program.wait()
    }

    /// In the folder of the test's own program, or of the bundle that a runner was given.
    private static var path: String {
        for argument in CommandLine.arguments {
            let parts = argument.split(separator: "/", omittingEmptySubsequences: false)
            for end in parts.indices.reversed() {
                let path = (parts[..<end] + ["StoreTorture"]).joined(separator: "/")
                if end > 0, access(path, X_OK) == 0 { return path }
            }
        }
        return "StoreTorture"
    }
}
