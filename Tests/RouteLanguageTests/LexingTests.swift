import Testing

@testable import RouteLanguage

@Suite("Lexing")
struct LexingTests {
    private func kinds(_ text: String) -> [Token.Kind] {
        Lexer.lex(text, file: 0).tokens.map(\.kind).filter { $0 != .newline && $0 != .endOfFile }
    }

    @Test(
        arguments: [
            ("a_1 .b @c", [.name, .dot, .name, .at, .name]),
            (
                "1 1.50 2m 4xx 5xxx 2026-01-01 2026-1-1",
                [.number, .number, .measure, .statusClass, .measure, .date]
                    + [.number, .minus, .number, .minus, .number]
            ),
            ("500ms..2m", [.measure, .dotDot, .measure]),
            ("1..2 1.x", [.number, .dotDot, .number, .number, .dot, .name]),
            (
                "= == != < <= > >= ?? ?. ? ! |",
                [.assign, .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual]
                    + [.questionQuestion, .questionDot, .question, .bang, .pipe]
            ),
            (#""a{b}c""#, [.textStart, .textPiece, .valueStart, .name, .valueEnd, .textPiece, .textEnd]),
            (#""\"\{x\}""#, [.textStart, .textPiece, .textEnd]),
            (#""[A-Z]{3}{2,}{2,5}""#, [.textStart, .textPiece, .textEnd]),
            (#""{3 + 1}""#, [.textStart, .valueStart, .number, .plus, .number, .valueEnd, .textEnd]),
            (#""\u{41}""#, [.textStart, .textPiece, .textEnd]),
            (
                #""{ { a = "{b}" } }""#,
                [.textStart, .valueStart, .leftBrace, .name, .assign, .textStart, .valueStart]
                    + [.name, .valueEnd, .textEnd, .rightBrace, .valueEnd, .textEnd]
            ),
            ("\u{FEFF}a", [.name]),
            ("", []),
        ] as [(String, [Token.Kind])])
    func `kinds of tokens`(text: String, expected: [Token.Kind]) {
        #expect(kinds(text) == expected)
    }

    @Test func `comments keep their places`() {
        let result = Lexer.lex("# a \r\nx # b\r\n", file: 3)
        #expect(result.comments.map(\.text) == ["# a", "# b"])
        #expect(result.comments.map(\.isTrailing) == [false, true])
        #expect(result.comments[1].span == Span(file: 3, start: 8, end: 11))
    }

    @Test(arguments: ["\"a", "\"a{b", "\"a{\"b{c", "\"a\\", "\"\\u{", "\"{{{", "\"a{f(\"b\")}"])
    func `a text that does not end closes all it opened`(text: String) {
        let result = Lexer.lex(text + "\nnext", file: 0)
        let kinds = result.tokens.map(\.kind)
        #expect(kinds.count { $0 == .textStart } == kinds.count { $0 == .textEnd })
        #expect(kinds.count { $0 == .valueStart } == kinds.count { $0 == .valueEnd })
        #expect(kinds.suffix(4) == [.newline, .name, .newline, .endOfFile])
        #expect(result.diagnostics.map(\.code) == [.unterminatedText])
    }

    @Test func `tokens cover what is no space`() throws {
        let text = try Fixture.sample
        let result = Lexer.lex(text, file: 0)
        var covered = [Bool](repeating: false, count: text.utf8.count)
        for span in result.tokens.map({ $0.start..<$0.end }) + result.comments.map({ $0.span.start..<$0.span.end }) {
            for index in span { covered[index] = true }
        }
        for (byte, isCovered) in zip(text.utf8, covered) where byte != 32 && byte != 10 { #expect(isCovered) }
    }
}
