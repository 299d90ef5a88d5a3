import Message
import Testing

struct JSONTests {
    private func text(_ value: Value) -> String {
        var bytes: [UInt8] = []
        JSONText.append(value, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    private func parse(_ text: String) throws -> Value { try JSONText.parse(Array(text.utf8)) }

    @Test func `every kind of value has its text`() throws {
        let shape = Shape(names: ["a\"b", "c"])
        let cases: [(Value, String)] = [
            (.missing, "null"), (.bool(true), "true"), (.int(Int128.max), "170141183460469231731687303715884105727"),
            (.decimal(try #require(ExactDecimal("-0.50"))), "-0.50"), (.float(0.1), "0.1"), (.float(1e300), "1e+300"),
            (.float(.nan), "null"), (.bytes([]), "\"\""), (.bytes([1]), "\"AQ==\""), (.bytes([1, 2]), "\"AQI=\""),
            (.bytes([1, 2, 3, 255]), "\"AQID/w==\""), (.date(.epoch), "\"1970-01-01\""),
            (.time(.midnight), "\"00:00:00\""), (.instant(Instant(microseconds: 0)), "\"1970-01-01T00:00:00Z\""),
            (.duration(Microseconds(90_000_000)), "\"PT90S\""), (.json("{ \"x\":1.0 }"), "{ \"x\":1.0 }"),
            (.list([.int(1), .missing]), "[1,null]"),
            (.record(Record(shape: shape, fields: [.int(1), .missing])), #"{"a\"b":1,"c":null}"#),
        ]
        for (value, expected) in cases { #expect(text(value) == expected) }
    }

    @Test func `every character survives writing and reading at every distance`() throws {
        let samples = ["", "\"", "\\", "\n\r\t\u{8}\u{c}\u{0}\u{1f}", "ä€😀", "\u{7f}", "\u{20}!\u{22}\u{80}"]
        for sample in samples {
            for padding in 0..<20 {
                let string = String(repeating: "x", count: padding) + sample + String(repeating: "y", count: padding)
                #expect(try parse(text(.text(string))) == .text(string))
            }
        }
        #expect(text(.text("a\u{1}\n")) == #""a\u0001\n""#)
    }

    @Test func `numbers are exact as long as 38 digits hold them`() throws {
        #expect(try parse("12") == .int(12))
        #expect(try parse("-0") == .int(0))
        #expect(try parse("1.50").self == .decimal(#require(ExactDecimal("1.50"))))
        #expect(text(try parse("1.50")) == "1.50")
        #expect(text(try parse("15e-1")) == "1.5")
        #expect(text(try parse("1.5E3")) == "1500")
        #expect(try parse("1e400") == .float(.infinity))
        #expect(try parse("1e-60") == .float(1e-60))
        #expect(try parse("170141183460469231731687303715884105727") == .int(.max))
        #expect(try parse("1701411834604692317316873037158841057270") == .float(1.7014118346046923e39))
    }

    @Test func `the last value of a doubled key counts, at the place of the first`() throws {
        #expect(text(try parse(#"{"a":1,"b":2,"a":3}"#)) == #"{"a":3,"b":2}"#)
        let many = (0..<100).map { "\"k\($0 % 50)\":\($0)" }.joined(separator: ",")
        guard case .record(let record) = try parse("{\(many)}") else {
            Issue.record("an object is a record")
            return
        }
        #expect(record.fields.count == 50)
        #expect(record.value(named: "k49") == .int(99))
    }

    @Test func `surrogates are joined and halves replaced`() throws {
        #expect(try parse(#""\ud83d\ude00""#) == .text("😀"))
        #expect(try parse(#""\ud83dx\ude00\ud83d\u0041""#) == .text("\u{fffd}x\u{fffd}\u{fffd}A"))
    }

    @Test(arguments: [
        "", " ", "{", "[", "[1,]", "{\"a\":1,}", "{\"a\" 1}", "{a:1}", "01", "-", "-01", "1.", ".5", "1e", "1e+", "+1",
        "NaN", "Infinity", "tru", "truex", "nul", "\"", "\"\\", "\"\\x\"", "\"\\u12g4\"", "\"\\u123", "\"a\nb\"", "1 2",
        "[1 2]", "'a'", "\u{feff}1", "{\"a\":1,,}", "[,]", "//c\n1", "\u{0b}1", "{\"a\":}", "]", "00", "0x1", "1.e1",
    ])
    func `what is no JSON is refused`(text: String) { #expect(throws: JSONError.self) { try parse(text) } }

    @Test func `errors say where`() {
        do throws(JSONError) {
            _ = try JSONText.parse(Array("{\n  \"a\": tru }".utf8))
            Issue.record("must not parse")
        } catch {
            #expect((error.offset, error.line, error.column) == (9, 2, 8))
            #expect(error.description == "not valid JSON at line 2, column 8: a value is missing")
        }
    }

    @Test func `depth is limited and bytes that are not UTF-8 are refused`() throws {
        let deep = String(repeating: "[", count: 128) + String(repeating: "]", count: 128)
        _ = try parse(deep)
        #expect(throws: JSONError.self) { try parse("[\(deep)]") }
        #expect(throws: JSONError.self) { try parse(String(repeating: "[", count: 1_000_000)) }
        #expect(throws: JSONError.self) { try JSONText.parse([0x22, 0xff, 0x22]) }
        #expect(throws: JSONError.self) { try JSONText.parse([0x22, 0xed, 0xa0, 0x80, 0x22]) }
    }
}
