import Foundation
import Synchronization

@testable import waybill

/// What one command wrote and how it ended, run in this process as `waybill` runs it.
struct CommandRun {
    let code: ExitCode
    let output: String
    let talk: String

    init(_ words: String..., environment: [String: String] = [:]) {
        let written = Mutex<(output: [UInt8], talk: [UInt8])>(([], []))
        let terminal = Terminal(colour: "never") { descriptor, bytes in
            written.withLock { written in
                if descriptor == 1 { written.output += bytes } else { written.talk += bytes }
            }
            return true
        }
        let parser = ArgumentParser(commands: CommandList.all, environment: environment)
        var code = ExitCode.ok
        do throws(CommandFailure) {
            switch try parser.parse(words) {
            case .run(let arguments): code = try arguments.command.run(arguments, terminal)
            case .help(let topic): terminal.print(HelpText(commands: CommandList.all).text(topic))
            }
        } catch {
            terminal.complain(error)
            code = error.exitCode
        }
        self.code = code
        (output, talk) = written.withLock {
            (String(decoding: $0.output, as: UTF8.self), String(decoding: $0.talk, as: UTF8.self))
        }
    }
}

/// A folder of route files that is gone when the test is done.
final class TemporaryRoutes {
    let path: String

    init(_ files: [String: String]) throws {
        path = FileManager.default.temporaryDirectory.appendingPathComponent("waybill-\(UUID().uuidString)").path
        for (name, text) in files { try put(name, Data(text.utf8)) }
    }

    func put(_ name: String, _ data: Data) throws {
        let url = URL(fileURLWithPath: path).appendingPathComponent(name)
        try FileManager.default.createDirectory(
            at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try data.write(to: url)
    }

    func text(_ name: String) throws -> String { try String(contentsOfFile: "\(path)/\(name)", encoding: .utf8) }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}

/// Files of the repository that commands are tried on.
enum Repository {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    static func text(_ path: String) throws -> String {
        try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
    }
}
