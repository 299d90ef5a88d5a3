import Glibc
import Message
import Observing
import Synchronization
import Testing

@Suite struct LoggingTests {
    final class Lines: LogSink {
        let all = Mutex<[String]>([])
        func append(_ line: [UInt8]) { all.withLock { $0.append(String(decoding: line, as: UTF8.self)) } }
        func flush() {}
    }

    private func logger(_ format: LogFormat, _ lines: Lines) -> Logger {
        Logger(label: "intake", level: .debug, format: format, sink: lines) {
            Instant(microseconds: 1_795_565_472_123_456)
        }
    }

    @Test func aLineForPeople() {
        let lines = Lines()
        let logger = logger(.text(isColoured: false), lines).with(["route": "orders"])
        logger.warning("shop is away", ["tries": 3, "reason": "no route to host", "last": true])
        logger.trace("too fine")
        #expect(
            lines.all.withLock { $0 } == [
                "2026-11-25T00:11:12.123456Z WARN  intake: shop is away route=orders tries=3 "
                    + "reason=\"no route to host\" last=true\n"
            ])
    }

    @Test func aLineForMachines() {
        let lines = Lines()
        logger(.json, lines).labelled("core").info("ready", ["routes": 2, "took": .float(0.5), "odd": .float(.nan)])
        #expect(
            lines.all.withLock { $0 } == [
                """
                {"time":"2026-11-25T00:11:12.123456Z","level":"info","label":"core","message":"ready",\
                "routes":2,"took":0.5,"odd":"nan"}

                """
            ])
    }

    @Test(arguments: [LogFormat.json, .text(isColoured: false)])
    func whateverIsSaidStaysOneInertLine(_ format: LogFormat) {
        let lines = Lines()
        let evil = "a\n{\"level\":\"fatal\"}\r\u{1b}[31m\u{202e}\u{2066}\u{2028}\u{9b}\u{0}\u{feff}é漢\"\\"
        logger(format, lines).info(evil, ["field": .text(evil)])
        let line = lines.all.withLock { $0.first ?? "" }
        #expect(line.hasSuffix("\n") && line.utf8.filter { $0 == UInt8(ascii: "\n") }.count == 1)
        for scalar in line.unicodeScalars.dropLast() {
            #expect(scalar.value >= 0x20 && !(0x7f..<0xa0).contains(scalar.value))
            #expect(![0x202e, 0x2066, 0x2028, 0xfeff].contains(scalar.value))
        }
        #expect(line.contains("é漢"))
        if format == .json { #expect(throws: Never.self) { try JSONText.parse(Array(line.utf8)) } }
    }

    @Test func colourOnlyWhereItIsAskedFor() {
        let lines = Lines()
        logger(.text(isColoured: true), lines).error("x")
        #expect(lines.all.withLock { $0[0].contains("\u{1b}[1;31mERROR\u{1b}[0m") })
    }

    @Test func aFullPipeLosesLinesAndSaysSo() throws {
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        let writer = LogWriter(descriptor: ends[1], capacity: 200_000) { Array("lost \($0)\n".utf8) }
        let line = [UInt8](repeating: UInt8(ascii: "x"), count: 999) + [UInt8(ascii: "\n")]
        for _ in 0..<2_000 { writer.append(line) }
        var text: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 65_536)
        while !String(decoding: text.suffix(20), as: UTF8.self).contains("lost") {
            writer.append(Array("y\n".utf8))
            let count = read(ends[0], &part, part.count)
            try #require(count > 0)
            text.append(contentsOf: part[..<count])
            if String(decoding: text, as: UTF8.self).contains("lost ") { break }
        }
        #expect(text.count < 1_000_000)
        close(ends[0])
    }
}
