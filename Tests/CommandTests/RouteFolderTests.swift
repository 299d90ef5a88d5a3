import Foundation
import RouteLanguage
import Testing

@testable import waybill

@Suite struct RouteFolderTests {
    private let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("waybill-routes-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: folder.appendingPathComponent("schema"), withIntermediateDirectories: true)
    }

    private func put(_ name: String, _ text: String) throws {
        try Data(text.utf8).write(to: folder.appendingPathComponent(name))
    }

    @Test func readsWhatBelongsToIt() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        try put("b.route", "b")
        try put("a.route", "a")
        try put("schema/shop.lock", "lock")
        try put(".hidden.route", "no")
        try put("notes.txt", "no")
        try put("schema/inner.route", "inner")
        try FileManager.default.createSymbolicLink(
            atPath: folder.path + "/link.route", withDestinationPath: folder.path + "/a.route")
        try FileManager.default.createSymbolicLink(
            atPath: folder.path + "/out.route", withDestinationPath: "/etc/passwd")
        try FileManager.default.createSymbolicLink(atPath: folder.path + "/away", withDestinationPath: "/etc")
        let sources = try RouteFolder(path: folder.path).read()
        #expect(sources.routes.map(\.path) == ["a.route", "b.route", "link.route", "schema/inner.route"])
        #expect(sources.locks.map(\.path) == ["schema/shop.lock"])
    }

    @Test func saysWhatIsMissing() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        #expect(throws: CommandFailure.self) { try RouteFolder(path: folder.path).read() }
        #expect(throws: CommandFailure.self) { try RouteFolder(path: folder.path + "/nowhere").read() }
        try Data([0x66, 0xff]).write(to: folder.appendingPathComponent("a.route"))
        #expect(throws: CommandFailure.self) { try RouteFolder(path: folder.path).read() }
    }

    @Test func writesAFileAsAWhole() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        try put("a.route", "before")
        try RouteFolder(path: folder.path).write("a.route", "after")
        #expect(try String(contentsOf: folder.appendingPathComponent("a.route"), encoding: .utf8) == "after")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == ["a.route", "schema"])
    }
}
