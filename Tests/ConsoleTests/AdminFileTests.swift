import Console
import Glibc
import Testing

@Suite struct AdminFileTests {
    private let folder: String

    init() {
        var template = Array("/tmp/waybill-console-XXXXXX".utf8CString)
        folder = String(cString: mkdtemp(&template))
    }

    private func cleanUp() {
        for name in [AdminToken.fileName, AdminAddressFile.fileName] { unlink("\(folder)/\(name)") }
        rmdir(folder)
    }

    @Test func theTokenIsMadeOnceAndForItsOwnerOnly() throws {
        defer { cleanUp() }
        #expect(try AdminToken.existing(folder: folder) == nil)
        let token = try AdminToken.load(folder: folder)
        #expect(token.revealed.utf8.count == 64)
        #expect(try AdminToken.load(folder: folder).matches(token.revealed))
        #expect("\(token)" == "••••")
        var status = stat()
        stat("\(folder)/\(AdminToken.fileName)", &status)
        #expect(status.st_mode & 0o777 == 0o600)
        chmod("\(folder)/\(AdminToken.fileName)", 0o644)
        #expect(throws: AdminFileError.self) { try AdminToken.load(folder: folder) }
    }

    @Test func weakTokensAreRefused() throws {
        for text in ["", "secret", String(repeating: "a", count: 64), String(repeating: "ab", count: 40)] {
            #expect(throws: AdminFileError.self) { try AdminToken(text) }
        }
        let token = try AdminToken(RunningServer.tokenText)
        #expect(token.matches(RunningServer.tokenText))
        for text in ["", "0", RunningServer.tokenText + RunningServer.tokenText, RunningServer.tokenText + "0"] {
            #expect(!token.matches(text))
        }
    }

    @Test func theAddressIsFoundAgain() throws {
        defer { cleanUp() }
        #expect(try AdminAddressFile.read(folder: folder) == nil)
        let address = try #require(ConsoleAddress("127.0.0.1:4711"))
        try AdminAddressFile.write(address, folder: folder)
        try AdminAddressFile.write(address, folder: folder)
        #expect(try AdminAddressFile.read(folder: folder) == address)
        AdminAddressFile.remove(folder: folder)
        #expect(try AdminAddressFile.read(folder: folder) == nil)
    }
}
