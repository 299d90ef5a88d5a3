import Connecting
import FileConnector
import Foundation
import Testing

@Suite struct FileConnectorTests {
    /// A root of its own for each test, removed with it.
    final class Folder {
        let path = NSTemporaryDirectory() + "waybill-file-\(UUID().uuidString)"
        var root: String { path + "/root" }
        init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }
        deinit { try? FileManager.default.removeItem(atPath: path) }
        func text(_ name: String) -> String? { try? String(contentsOfFile: root + "/" + name, encoding: .utf8) }
        func put(_ name: String, _ text: String) throws {
            try text.write(toFile: root + "/" + name, atomically: false, encoding: .utf8)
        }
        var staged: [String] { (try? FileManager.default.contentsOfDirectory(atPath: root + "/.waybill")) ?? [] }
    }

    struct Piece {
        let action: String
        let target: String
        let body: String
        init(_ action: String, _ target: String, _ body: String = "{}") {
            self.action = action
            self.target = target
            self.body = body
        }
    }

    /// Delivers pieces as one batch over a connection of their own, and returns their results in order.
    func deliver(
        _ pieces: [Piece], _ folder: Folder, extents: [FileExtent] = [], before: (() throws -> Void)? = nil
    ) throws -> [Result<Delivered, DeliveryFailure>] {
        let session = try Session(folder, extents: extents)
        defer { session.connection.close(graceMilliseconds: 0) }
        return try session.deliver(pieces)
    }

    /// A connection that is kept open over several batches.
    final class Session {
        let probe = DeliveryProbe()
        let connection: any DeliveryConnection
        private var sent = 0
        init(_ folder: Folder, extents: [FileExtent] = []) throws {
            let settings = ConnectionSettings(
                connection: "archive", settings: ["root": .text("root")], folder: folder.path)
            connection = try FileConnector().open(settings, extents: extents, outcomes: probe.receive)
        }
        func deliver(_ pieces: [Piece]) throws -> [Result<Delivered, DeliveryFailure>] {
            let batch = pieces.enumerated().map { index, piece in
                Dispatch(
                    token: UInt64(sent + index), host: 0,
                    request: DeliveryRequest(
                        action: piece.action, target: piece.target, contentType: nil, body: Array(piece.body.utf8),
                        idempotencyKey: "k", timeoutMilliseconds: 1_000))
            }
            connection.send(batch)
            let first = sent
            sent += pieces.count
            let outcomes = try probe.wait(sent)
            return try (first..<sent).map { try #require(outcomes[UInt64($0)]) }
        }
    }

    func extent(_ result: Result<Delivered, DeliveryFailure>?) throws -> FileExtent {
        try #require(result?.success?.appended)
    }

    /// One owner for each root: however it is written, it is the same place, wherever the installation lies.
    @Test func aRootIsOnePlaceHoweverItIsWritten() {
        func place(_ root: String, in folder: String) -> String? {
            FileConnector().place(
                of: ConnectionSettings(connection: "archive", settings: ["root": .text(root)], folder: folder))
        }
        #expect(place("out", in: "/etc/shop") == "out")
        #expect(place("./out//", in: "/etc/shop") == "out")
        #expect(place("/etc/shop/out", in: "/etc/shop") == "out")
        #expect(place("/srv/out", in: "/etc/shop") == "/srv/out")
    }

    @Test func writesWholeFiles() throws {
        let folder = try Folder()
        let pieces = (0..<200).map { Piece("write", "de/\($0 % 3)/\($0).json", "body \($0)") }
        #expect(try deliver(pieces, folder).allSatisfy { $0.success != nil })
        #expect(folder.text("de/1/100.json") == "body 100")
        #expect(folder.staged.isEmpty)
        let again = try deliver(
            [Piece("write", "de/1/100.json", "body 100"), Piece("write", "de/1/100.json", "other")], folder)
        #expect(again[0].success != nil)
        #expect(again[1].failure?.cause == .refused && again[1].failure?.isRetryable == false)
        #expect(folder.text("de/1/100.json") == "body 100")
        #expect(folder.staged.isEmpty)
    }

    @Test(arguments: [
        "", "/", "/etc/passwd", "..", "../x", "a/../b", "a/..", "./a", "a/./b", "a//b", "a/", "a\0b", "a\nb",
        ".waybill/x", String(repeating: "x", count: 251), String(repeating: "a/", count: 2_500) + "x",
    ])
    func refusesNames(_ name: String) throws {
        let folder = try Folder()
        for action in ["write", "append"] {
            let failure = try deliver([Piece(action, name)], folder)[0].failure
            #expect(failure?.cause == .refused && failure?.isRetryable == false)
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.root) == [".waybill"])
    }

    @Test func followsNoLinks() throws {
        let folder = try Folder()
        let outside = folder.path + "/outside"
        let files = FileManager.default
        try files.createDirectory(atPath: outside, withIntermediateDirectories: true)
        try files.createDirectory(atPath: folder.root, withIntermediateDirectories: true)
        try files.createSymbolicLink(atPath: folder.root + "/out", withDestinationPath: outside)
        try files.createSymbolicLink(atPath: folder.root + "/file", withDestinationPath: outside + "/new")
        for piece in ["write", "append"].flatMap({ [Piece($0, "out/x"), Piece($0, "file"), Piece($0, "out/a/b")] }) {
            #expect(try deliver([piece], folder)[0].failure?.cause == .refused)
        }
        #expect(try files.contentsOfDirectory(atPath: outside).isEmpty)
    }

    @Test func appendsLines() throws {
        let folder = try Folder()
        let session = try Session(folder)
        defer { session.connection.close(graceMilliseconds: 0) }
        let results = try session.deliver([
            Piece("append", "a.jsonl", "1"), Piece("append", "b.jsonl", "22"), Piece("append", "a.jsonl", "333"),
            Piece("append", "a.jsonl", "4\n4"),
        ])
        #expect(try extent(results[0]).length == 2)
        #expect(try extent(results[2]).length == 6)
        #expect(results[3].failure?.cause == .refused)
        #expect(try extent(session.deliver([Piece("append", "a.jsonl", "5")])[0]).length == 8)
        #expect(folder.text("a.jsonl") == "1\n333\n5\n")
        #expect(folder.text("b.jsonl") == "22\n")
    }

    @Test func manyFilesStayInOrder() throws {
        let folder = try Folder()
        let session = try Session(folder)
        defer { session.connection.close(graceMilliseconds: 0) }
        for round in 0..<3 {
            let results = try session.deliver((0..<150).map { Piece("append", "\($0).jsonl", "\(round)") })
            #expect(results.allSatisfy { $0.success != nil })
        }
        #expect((0..<150).allSatisfy { folder.text("\($0).jsonl") == "0\n1\n2\n" })
    }

    @Test func crashBeforeCommitIsCut() throws {
        let folder = try Folder()
        let results = try deliver(["1", "2", "3"].map { Piece("append", "a.jsonl", $0) }, folder)
        let committed = try extent(results[1])
        try folder.put("b", "")
        let handle = try #require(FileHandle(forWritingAtPath: folder.root + "/a.jsonl"))
        handle.seekToEndOfFile()
        handle.write(Data("half a li".utf8))
        try handle.close()
        let again = try deliver([Piece("append", "a.jsonl", "3")], folder, extents: [committed])
        #expect(try extent(again[0]).length == 6)
        #expect(folder.text("a.jsonl") == "1\n2\n3\n")
        #expect(folder.text("a.jsonl.torn") == "3\nhalf a li")
    }

    @Test func crashBeforeFirstCommitIsCut() throws {
        let folder = try Folder()
        _ = try deliver([Piece("append", "a.jsonl", "1")], folder)
        let again = try deliver([Piece("append", "a.jsonl", "1")], folder)
        #expect(try extent(again[0]).length == 2)
        #expect(folder.text("a.jsonl") == "1\n")
        #expect(folder.text("a.jsonl.torn") == "1\n")
    }

    @Test func renamedAwayBeginsAnew() throws {
        let folder = try Folder()
        let session = try Session(folder)
        defer { session.connection.close(graceMilliseconds: 0) }
        let first = try extent(session.deliver([Piece("append", "a.jsonl", "1")])[0])
        try FileManager.default.moveItem(atPath: folder.root + "/a.jsonl", toPath: folder.root + "/taken")
        let second = try extent(session.deliver([Piece("append", "a.jsonl", "2")])[0])
        #expect(first.inode != second.inode && second.length == 2)
        #expect(folder.text("taken") == "1\n" && folder.text("a.jsonl") == "2\n")
        // A crash before the new file's first commit: what was committed is the old one.
        let again = try deliver([Piece("append", "a.jsonl", "2")], folder, extents: [first])
        #expect(try extent(again[0]).length == 2)
        #expect(folder.text("a.jsonl") == "2\n")
    }

    @Test func replacedOrShortFilePauses() throws {
        let folder = try Folder()
        let committed = try extent(deliver([Piece("append", "a.jsonl", "12345")], folder)[0])
        try folder.put("new", "somebody else's\n")
        try FileManager.default.moveItem(atPath: folder.root + "/a.jsonl", toPath: folder.root + "/old")
        try FileManager.default.moveItem(atPath: folder.root + "/new", toPath: folder.root + "/a.jsonl")
        let replaced = try deliver([Piece("append", "a.jsonl", "2")], folder, extents: [committed])[0].failure
        #expect(replaced?.pausesStep == true)
        #expect(folder.text("a.jsonl") == "somebody else's\n")
        try FileManager.default.removeItem(atPath: folder.root + "/a.jsonl")
        try FileManager.default.moveItem(atPath: folder.root + "/old", toPath: folder.root + "/a.jsonl")
        #expect(truncate(folder.root + "/a.jsonl", 3) == 0)
        let short = try deliver([Piece("append", "a.jsonl", "2")], folder, extents: [committed])[0].failure
        #expect(short?.pausesStep == true && short?.reason.contains("shorter") == true)
    }

    @Test func leftoversAreCleared() throws {
        let folder = try Folder()
        _ = try deliver([Piece("write", "a")], folder)
        try folder.put(".waybill/9.tmp", "half")
        _ = try deliver([Piece("write", "b")], folder)
        #expect(folder.staged.isEmpty)
    }

    @Test func fullDiskIsRetriedAndLeavesNoHalfLine() throws {
        let folder = try Folder()
        try FileManager.default.createDirectory(atPath: folder.root, withIntermediateDirectories: true)
        guard mount("tmpfs", folder.root, "tmpfs", 0, "size=256k") == 0 else {
            print("skipped: mounting is not permitted here")
            return
        }
        defer { umount2(folder.root, 2) }
        let session = try Session(folder)
        defer { session.connection.close(graceMilliseconds: 0) }
        let first = try session.deliver([Piece("append", "a.jsonl", "1")])[0]
        #expect(try extent(first).length == 2)
        let big = String(repeating: "x", count: 400_000)
        for action in ["append", "write"] {
            let name = action == "append" ? "a.jsonl" : "w"
            let failure = try session.deliver([Piece(action, name, big)])[0].failure
            #expect(failure?.cause == .file(ENOSPC) && failure?.isRetryable == true && failure?.concernsHost == true)
        }
        #expect(folder.text("a.jsonl") == "1\n")
        #expect(try extent(session.deliver([Piece("append", "a.jsonl", "2")])[0]).length == 4)
        #expect(folder.text("a.jsonl") == "1\n2\n")
    }
}
