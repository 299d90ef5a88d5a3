import Console
import Message
import Synchronization
import Testing

/// Requests that two readers could understand differently, and what they get.
@Suite struct GuardTests {
    struct Attack: CustomTestStringConvertible, Sendable {
        let name: String
        let request: String
        let status: Int
        init(_ name: String, _ request: String, _ status: Int = 400) {
            self.name = name
            self.request = request
            self.status = status
        }
        var testDescription: String { name }
    }

    static let host = "Host: localhost\r\n"
    static let line = "POST /admin/reload HTTP/1.1\r\nHost: localhost\r\n"
    static let attacks: [Attack] = [
        Attack(
            "Content-Length and Transfer-Encoding", line + "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}"),
        Attack("two Content-Lengths", line + "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}"),
        Attack("two equal Content-Lengths", line + "Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}"),
        Attack("a list as Content-Length", line + "Content-Length: 2, 2\r\n\r\n{}"),
        Attack("a signed Content-Length", line + "Content-Length: +2\r\n\r\n{}"),
        Attack("a hexadecimal Content-Length", line + "Content-Length: 0x2\r\n\r\n{}"),
        Attack("an empty Content-Length", line + "Content-Length:\r\n\r\n{}"),
        Attack("an unknown coding", line + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"),
        Attack("a list of codings", line + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"),
        Attack(
            "two Transfer-Encodings", line + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
        ),
        Attack("chunked", line + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 411),
        Attack(
            "Transfer-Encoding in HTTP/1.0",
            "POST /admin/reload HTTP/1.0\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        Attack("a blank before the colon", line + "Content-Length : 2\r\n\r\n{}"),
        Attack("a folded header", line + "X-A: 1\r\n Content-Length: 2\r\n\r\n{}"),
        Attack("a tab fold", line + "X-A: 1\r\n\tb\r\n\r\n"),
        Attack("bare line feeds", "GET /health HTTP/1.1\nHost: localhost\n\n"),
        Attack("one bare line feed", "GET /health HTTP/1.1\r\nHost: localhost\nX-A: 1\r\n\r\n"),
        Attack("a lone carriage return", "GET /health HTTP/1.1\r\nHost: localhost\rX-A: 1\r\n\r\n"),
        Attack("NUL in a value", "GET /health HTTP/1.1\r\nHost: localhost\r\nX-A: a\0b\r\n\r\n"),
        Attack("NUL in the target", "GET /health\0 HTTP/1.1\r\n" + host + "\r\n"),
        Attack("a header without a name", "GET /health HTTP/1.1\r\n" + host + ": x\r\n\r\n"),
        Attack("a header without a colon", "GET /health HTTP/1.1\r\n" + host + "nothing\r\n\r\n"),
        Attack("a name with a bracket", "GET /health HTTP/1.1\r\n" + host + "X(A): 1\r\n\r\n"),
        Attack("no Host", "GET /health HTTP/1.1\r\n\r\n"),
        Attack("two Hosts", "GET /health HTTP/1.1\r\n" + host + host + "\r\n"),
        Attack("an absolute target", "GET http://localhost/health HTTP/1.1\r\n" + host + "\r\n"),
        Attack("an asterisk", "OPTIONS * HTTP/1.1\r\n" + host + "\r\n"),
        Attack("an escaped NUL", "GET /health%00 HTTP/1.1\r\n" + host + "\r\n"),
        Attack("escaped dots", "GET /admin/%2e%2e/health HTTP/1.1\r\n" + host + "\r\n"),
        Attack("dots", "GET /admin/../health HTTP/1.1\r\n" + host + "\r\n"),
        Attack("an empty segment", "GET //health HTTP/1.1\r\n" + host + "\r\n"),
        Attack("a broken escape", "GET /admin/dead?route=%4 HTTP/1.1\r\n" + host + "\r\n"),
        Attack("a fragment", "GET /health#x HTTP/1.1\r\n" + host + "\r\n"),
        Attack("two blanks", "GET  /health HTTP/1.1\r\n" + host + "\r\n"),
        Attack("a blank in the target", "GET /hea lth HTTP/1.1\r\n" + host + "\r\n"),
        Attack("no version", "GET /health\r\n" + host + "\r\n"),
        Attack("HTTP/0.9", "GET /health HTTP/0.9\r\n" + host + "\r\n", 505),
        Attack("HTTP/2.0", "GET /health HTTP/2.0\r\n" + host + "\r\n", 505),
        Attack("an empty line first", "\r\nGET /health HTTP/1.1\r\n" + host + "\r\n"),
        Attack("bytes of TLS", "\u{16}\u{03}\u{01}\u{02}\r\n\r\n"),
        Attack("a long request line", "GET /" + String(repeating: "a", count: 17_000) + " HTTP/1.1\r\n\r\n", 414),
        Attack(
            "long headers", "GET /health HTTP/1.1\r\nX-A: " + String(repeating: "a", count: 17_000) + "\r\n\r\n", 431),
        Attack(
            "many headers", "GET /health HTTP/1.1\r\n" + String(repeating: "X-A: 1\r\n", count: 200) + "\r\n", 431),
        Attack("a long body", line + "Content-Length: 1048577\r\n\r\n", 413),
        Attack("an endless body", line + "Content-Length: 99999999999999999999\r\n\r\n", 413),
        Attack("a GET with a body", "GET /health HTTP/1.1\r\n" + host + "Content-Length: 2\r\n\r\n{}"),
        Attack("TRACE", "TRACE /health HTTP/1.1\r\n" + host + "\r\n", 405),
        Attack("an unknown method", "BREW /health HTTP/1.1\r\n" + host + "\r\n", 405),
        Attack("GET where only POST changes", "GET /admin/reload HTTP/1.1\r\n" + host + "\r\n", 405),
        Attack("DELETE", "DELETE /admin/dead/1 HTTP/1.1\r\n" + host + "\r\n", 405),
        Attack("a path that is not there", "GET /admin/secret HTTP/1.1\r\n" + host + "\r\n", 404),
    ]

    @Test func refusesWhatIsNotStrictAndCloses() throws {
        let running = try RunningServer()
        defer { running.stop() }
        for attack in Self.attacks {
            let reply = try running.send(attack.request)
            #expect(reply.status == attack.status, "\(attack.name): \(reply)")
            #expect(reply.answerCount == 1, "\(attack.name)")
            #expect(reply.header("connection") == "close", "\(attack.name)")
            #expect(reply.body.hasPrefix("{\"error\":{\"status\":\(attack.status)"), "\(attack.name): \(reply)")
        }
        #expect(running.backend.commands.withLock { $0.isEmpty })
    }

    @Test func aSecondRequestBehindTheFirstIsNeverRead() throws {
        let running = try RunningServer()
        defer { running.stop() }
        let one = "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n"
        #expect(try running.send(one + one).answerCount == 1)
        #expect(try running.send(one + "POST /admin/reload HTTP/1.1\r\n\r\n").answerCount == 1)
    }

    @Test func readsAHeadHoweverItIsCut() throws {
        let bytes = Array("GET /admin/dead?limit=3 HTTP/1.1\r\nHost: localhost\r\nX-A:  b \r\n\r\nrest".utf8)
        for length in 0..<(bytes.count - 4) {
            #expect(try RequestHead.read(Array(bytes[..<length])) == .incomplete)
        }
        guard case .complete(let head, let length) = try RequestHead.read(bytes) else {
            Issue.record("the head is complete")
            return
        }
        #expect(length == bytes.count - 4)
        #expect(head.path == "/admin/dead" && head.query == "limit=3" && head.header("x-a") == "b")
    }

    @Test func anyBytesAreAnsweredWithoutATrap() {
        var random = SplitMix(seed: 11)
        let seeds = Self.attacks.map { Array($0.request.prefix(400).utf8) }
        for _ in 0..<20_000 {
            var bytes = seeds[Int(random.next() % UInt64(seeds.count))]
            for _ in 0..<(1 + random.next() % 4) where !bytes.isEmpty {
                bytes[Int(random.next() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: random.next())
            }
            _ = try? RequestHead.read(bytes)
        }
    }
}
