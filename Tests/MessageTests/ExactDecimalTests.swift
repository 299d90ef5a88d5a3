import Message
import Testing

struct ExactDecimalTests {
    private func decimal(_ text: String) throws -> ExactDecimal { try #require(ExactDecimal(text)) }

    @Test(arguments: [
        "0", "-0.00", "1.50", "12345678901234567890", "0.00000000000000000000000000000000000001",
        "-99999999999999999999999999999999999999", "0.10", "1234567890123456789.0123456789012345678",
        "18446744073709551615", "18446744073709551616.5", "100000000000000000000",
    ])
    func `text that is read comes back as it was`(text: String) throws {
        let shown = try decimal(text).description
        #expect(shown == (text == "-0.00" ? "0.00" : text))
    }

    @Test(arguments: [
        "", "-", "+", ".", "1.", ".5", "1e5", " 1", "1 ", "0x10", "1,5", "--1", "1.2.3", "\u{0661}",
        "100000000000000000000000000000000000000", "0.000000000000000000000000000000000000001",
    ])
    func `text that is no decimal is refused`(text: String) { #expect(ExactDecimal(text) == nil) }

    @Test func `equality and order look through scales`() throws {
        #expect(try decimal("1.50") == decimal("1.5"))
        #expect(try decimal("1.50").hashValue == decimal("1.5").hashValue)
        #expect(try decimal("-1.5") < decimal("-1.49"))
        #expect(
            try decimal("99999999999999999999999999999999999999") > decimal("0.00000000000000000000000000000000000001"))
        #expect(try decimal("-99999999999999999999999999999999999999") < decimal("0.1"))
        #expect(try !(decimal("2.0") < decimal("2.00")))
    }

    @Test func `sums and products are exact or absent`() throws {
        #expect(try decimal("0.1").adding(decimal("0.2"))?.description == "0.3")
        #expect(try decimal("1.10").subtracting(decimal("2.1"))?.description == "-1.00")
        #expect(try decimal("1.19").multiplied(by: decimal("-10.00"))?.description == "-11.9000")
        let largest = try decimal("99999999999999999999999999999999999999")
        #expect(largest.adding(ExactDecimal(1)) == nil)
        #expect(largest.multiplied(by: largest) == nil)
        let (long, even) = (try decimal("21012577914228.94"), try decimal("0.0000000000000000026851380273628800795"))
        #expect(long.multiplied(by: even)?.description == "0.00005642167201042151712191672192840073")
        #expect(try largest.adding(decimal("0.0000")) == largest)
        #expect(try largest.adding(decimal("0.1")) == nil)
    }

    @Test(arguments: [
        ("1", "3", 4, RoundingRule.halfEven, "0.3333"), ("2", "3", 4, .halfEven, "0.6667"),
        ("1", "8", 2, .halfEven, "0.12"),
        ("3", "8", 2, .halfEven, "0.38"), ("1", "8", 2, .halfUp, "0.13"), ("-1", "8", 2, .halfUp, "-0.13"),
        ("1", "1000", 2, .up, "0.01"), ("-1", "1000", 2, .up, "-0.01"), ("9", "10", 0, .down, "0"),
        ("12345", "0.00001", 0, .down, "1234500000"),
        (
            "0.00000000000000000001", "7", 38, .halfEven,
            "0.00000000000000000000142857142857142857"
        ),
        (
            "99999999999999999999999999999999999999", "99999999999999999999999999999999999998", 37, .down,
            "1.0000000000000000000000000000000000000"
        ),
        ("1.25", "1", 1, .halfEven, "1.2"), ("1.2500001", "1", 1, .halfEven, "1.3"), ("7.5", "3", 0, .halfEven, "2"),
        ("1.05", "2.1", 0, .halfEven, "0"), ("3.15", "2.1", 0, .halfEven, "2"), ("3.15000001", "2.1", 0, .down, "1"),
    ])
    func `a quotient is rounded once`(
        dividend: String, divisor: String, scale: Int, rule: RoundingRule, expected: String
    ) throws {
        #expect(
            try decimal(dividend).divided(by: decimal(divisor), scale: scale, rounding: rule)?.description == expected)
    }

    @Test func `what cannot be divided is absent`() throws {
        #expect(try decimal("1").divided(by: .zero, scale: 2, rounding: .halfEven) == nil)
        #expect(try decimal("1").divided(by: decimal("3"), scale: 39, rounding: .halfEven) == nil)
        #expect(
            try decimal("99999999999999999999").divided(
                by: decimal("0.00000000000000000001"), scale: 0, rounding: .halfEven) == nil)
    }

    @Test(arguments: [
        ("2.5", 0, RoundingRule.halfEven, "2"), ("3.5", 0, .halfEven, "4"), ("-2.5", 0, .halfUp, "-3"),
        ("2.41", 1, .up, "2.5"), ("-2.49", 1, .down, "-2.4"), ("2.4", 3, .down, "2.400"), ("0.999", 2, .halfUp, "1.00"),
    ])
    func `rounding follows its rule`(text: String, scale: Int, rule: RoundingRule, expected: String) throws {
        #expect(try decimal(text).rounded(to: scale, rule)?.description == expected)
    }
}
