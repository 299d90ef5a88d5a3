import Connecting
import FileConnector
import Foundation
import Glibc
import Synchronization
import Testing

/// Disks and folders that fail or change while they are written to.
@Suite struct FileTroubleTests {
    private typealias Folder = FileConnectorTests.Folder
    private typealias Piece = FileConnectorTests.Piece
    private typealias Session = FileConnectorTests.Session

    // MARK: Input and output errors

    /// A connection whose writer's thread is known, so that its system calls can be made to fail.
    private final class Watched {
        let probe = DeliveryProbe()
        let connection: any DeliveryConnection
        private var sent: UInt64 = 0

        init(_ folder: Folder) throws {
            let settings = ConnectionSettings(
                connection: "archive", settings: ["root": .text("root")], folder: folder.path)
            let (probe, thread) = (probe, Box())
            connection = try FileConnector().open(settings, extents: []) { outcomes in
                thread.number.withLock { $0 = Self.currentThread }
                probe.receive(outcomes)
            }
            box = thread
        }
        private let box: Box

        /// `/proc/thread-self` leads to `PID/task/TID`.
        private static var currentThread: Int32 {
            let link = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/thread-self")
            return link?.split(separator: "/").last.flatMap { Int32($0) } ?? 0
        }

        private final class Box: Sendable { let number = Mutex<Int32>(0) }

        func deliver(_ action: String, _ target: String, _ body: String) throws -> Result<Delivered, DeliveryFailure> {
            let request = DeliveryRequest(
                action: action, target: target, contentType: nil, body: Array(body.utf8), idempotencyKey: "k",
                timeoutMilliseconds: 1_000)
            connection.send([Dispatch(token: sent, host: 0, request: request)])
            sent += 1
            return try #require(try probe.wait(Int(sent))[sent - 1])
        }

        /// Makes one call of the writer fail with EIO while `body` runs; nil where that is not permitted.
        func failing<T>(_ call: String, _ body: () throws -> T) throws -> T? {
            let strace = Process()
            strace.executableURL = URL(fileURLWithPath: "/usr/bin/strace")
            strace.arguments = [
                "-p", "\(box.number.withLock { $0 })", "-e", "trace=\(call)", "-e", "inject=\(call):error=EIO:when=1",
            ]
            let said = Pipe()
            strace.standardError = said
            try strace.run()
            defer {
                // Other signals may be blocked in it, as they are in the thread that started it.
                kill(strace.processIdentifier, SIGKILL)
                strace.waitUntilExit()
            }
            var text = ""
            while !text.contains("attached") {
                let data = said.fileHandleForReading.availableData
                if data.isEmpty { return nil }
                text += String(decoding: data, as: UTF8.self)
            }
            return try body()
        }
    }

    private static let canInject = FileManager.default.isExecutableFile(atPath: "/usr/bin/strace")

    @Test(.enabled(if: canInject)) func aLineWhoseSyncFailsIsCutBackAndWrittenAgain() throws {
        let folder = try Folder()
        let session = try Watched(folder)
        defer { session.connection.close(graceMilliseconds: 0) }
        #expect(try session.deliver("append", "a.jsonl", "1").success?.appended?.length == 2)
        guard let failed = try session.failing("fdatasync", { try session.deliver("append", "a.jsonl", "2") }) else {
            return print("skipped: tracing is not permitted here")
        }
        #expect(failed.failure?.cause == .file(EIO) && failed.failure?.isRetryable == true)
        #expect(failed.failure?.concernsHost == true)
        #expect(folder.text("a.jsonl") == "1\n", "what was not synced is not trusted")
        #expect(try session.deliver("append", "a.jsonl", "2").success?.appended?.length == 4)
        #expect(folder.text("a.jsonl") == "1\n2\n")
    }

    /// The file's own sync, then that of its folder.
    @Test(.enabled(if: canInject), arguments: ["fdatasync", "fsync"])
    func aFileWhoseSyncFailsIsWrittenAgain(call: String) throws {
        let folder = try Folder()
        let session = try Watched(folder)
        defer { session.connection.close(graceMilliseconds: 0) }
        #expect(try session.deliver("write", "x/a", "1").success != nil)
        guard let failed = try session.failing(call, { try session.deliver("write", "x/b", "2") }) else {
            return print("skipped: tracing is not permitted here")
        }
        #expect(failed.failure?.cause == .file(EIO) && failed.failure?.isRetryable == true)
        #expect(try session.deliver("write", "x/b", "2").success != nil)
        #expect(folder.text("x/b") == "2" && folder.staged.filter { $0.hasSuffix(".tmp") }.isEmpty)
    }

    /// The folder is there afterwards, but nobody knows whether its entry is: it is synced before it is used.
    @Test(.enabled(if: canInject)) func aFolderWhoseSyncFailedIsSyncedBeforeItIsUsed() throws {
        let folder = try Folder()
        let session = try Watched(folder)
        defer { session.connection.close(graceMilliseconds: 0) }
        #expect(try session.deliver("write", "a", "1").success != nil)
        guard let failed = try session.failing("fsync", { try session.deliver("write", "new/b", "2") }) else {
            return print("skipped: tracing is not permitted here")
        }
        #expect(failed.failure?.cause == .file(EIO))
        // Once more with the same failure: only a sync of the root is the first one that is met.
        let again = try session.failing("fsync") { try session.deliver("write", "new/b", "2") }
        #expect(again?.failure?.reason.contains("syncing a folder") == true)
        #expect(try session.deliver("write", "new/b", "2").success != nil)
    }

    // MARK: Roots that change

    @Test(arguments: ["removed", "moved"]) func aRootThatIsGoneIsMadeAgain(how: String) throws {
        let folder = try Folder()
        let session = try Session(folder)
        defer { session.connection.close(graceMilliseconds: 0) }
        _ = try session.deliver([Piece("append", "a.jsonl", "1"), Piece("write", "x/1", "1")])
        if how == "removed" {
            try FileManager.default.removeItem(atPath: folder.root)
        } else {
            try FileManager.default.moveItem(atPath: folder.root, toPath: folder.path + "/old")
        }
        let results = try session.deliver([Piece("append", "a.jsonl", "2"), Piece("write", "x/2", "2")])
        #expect(results.allSatisfy { $0.success != nil }, "\(results)")
        #expect(folder.text("a.jsonl") == "2\n" && folder.text("x/2") == "2" && folder.text("x/1") == nil)
    }

    @Test func aRootWhoseFileSystemIsGoneWaitsForIt() throws {
        let folder = try Folder()
        try FileManager.default.createDirectory(atPath: folder.root, withIntermediateDirectories: true)
        guard mount("tmpfs", folder.root, "tmpfs", 0, "size=1m") == 0 else {
            return print("skipped: mounting is not permitted here")
        }
        let session = try Session(folder)
        defer {
            session.connection.close(graceMilliseconds: 0)
            umount2(folder.root, 2)
        }
        #expect(try session.deliver([Piece("write", "a", "1")])[0].success != nil)
        #expect(mount("", folder.root, "", UInt(MS_RDONLY) | UInt(MS_REMOUNT), nil) == 0)
        let readOnly = try session.deliver([Piece("write", "b", "2"), Piece("append", "c", "3")])
        #expect(readOnly.allSatisfy { $0.failure?.cause == .file(EROFS) && $0.failure?.concernsHost == true })
        #expect(mount("", folder.root, "", UInt(MS_REMOUNT), nil) == 0)
        #expect(try session.deliver([Piece("write", "b", "2")])[0].success != nil)
        umount2(folder.root, 2)
        let failure = try session.deliver([Piece("write", "c", "2")])[0].failure
        #expect(failure?.isRetryable == true && failure?.concernsHost == true)
        #expect(folder.text("c") == nil && folder.staged.isEmpty, "nothing is written below the mount point")
    }

    // MARK: Many files

    @Test func hundredsOfFilesAreAppendedToWithFewOpen() throws {
        let folder = try Folder()
        let session = try Session(folder)
        defer { session.connection.close(graceMilliseconds: 0) }
        for round in 0..<2 {
            for part in 0..<2 {
                let pieces = (0..<150).map { Piece("append", "d\($0 % 7)/\(part * 150 + $0).jsonl", "\(round)") }
                #expect(try session.deliver(pieces).allSatisfy { $0.success != nil })
            }
        }
        #expect(folder.text("d3/153.jsonl") == "0\n1\n")
        let open = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").compactMap {
            try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)")
        }.filter { $0.hasPrefix(folder.root) && $0.hasSuffix(".jsonl") }
        #expect(open.count <= 64)
    }
}
