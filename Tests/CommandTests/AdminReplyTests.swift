import Console
import Glibc
import Message
import Testing

@testable import waybill

@Suite struct AdminReplyTests {
    /// What a client makes of these bytes.
    private func read(_ text: String) throws -> AdminClient.Reply {
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        defer { close(ends[0]) }
        _ = Terminal.writeAll(ends[1], Array(text.utf8))
        close(ends[1])
        return try AdminReplyReader(descriptor: ends[0]).read()
    }

    @Test func readsAnAnswer() throws {
        let reply = try read("HTTP/1.1 404 Not Found\r\nContent-Length:  3\r\nX: y\r\n\r\nabc")
        #expect(reply == AdminClient.Reply(status: 404, body: Array("abc".utf8)))
        #expect(try read("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").body.isEmpty)
    }

    @Test(arguments: [
        "", "HTTP/1.1", "HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc", "HTTP/1.1 99 X\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", "SSH-2.0-OpenSSH_9.2\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n",
    ])
    func whatIsNoAnswerIsAnError(_ text: String) {
        #expect(throws: AdminClient.Failure.self) { try read(text) }
    }

    @Test func commandsBecomeRequests() {
        #expect(
            AdminClient.target(.deadList(route: "a b/é&", after: 3, limit: 4))
                == "/admin/dead?route=a%20b%2F%C3%A9%26&after=3&limit=4")
        #expect(
            AdminClient.target(.billReport(customer: nil, period: "2026-11", format: .text))
                == "/admin/bill/report?month=2026-11&format=text")
        #expect(
            String(
                decoding: AdminClient.body(.deadRetry(DeadRetry(selection: .ids([1, 2]), force: true))), as: UTF8.self)
                == "{\"ids\":[1,2],\"force\":true,\"latest\":false,\"dry_run\":false}\n")
        #expect(String(decoding: AdminClient.body(.stop(graceMilliseconds: 9)), as: UTF8.self) == "{\"grace_ms\":9}\n")
    }
}
