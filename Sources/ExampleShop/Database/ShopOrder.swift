/// The shop's n-th order, the same in every run: a mix of what a real shop holds, with traps on purpose.
///
/// Of 100 orders 84 are paid; 2 have no country; every 97th row is another one again (a duplicate), every 389th has another
/// one's number with another sum (a conflict).
package struct ShopOrder {
    package let ordinal: Int
    package let number: String
    private let customer: Int
    private let status: String
    private let country: String?
    private let cents: Int
    private let draw: UInt64

    package init(ordinal: Int) {
        let isConflict = ordinal % 389 == 0 && ordinal > 40
        let isRepeated = isConflict || (ordinal % 97 == 0 && ordinal > 40)
        let original = isRepeated ? ordinal - 40 : ordinal
        let draw = Self.draw(original)
        self.ordinal = ordinal
        self.draw = draw
        number = "S-\(1_000_000 + original)"
        customer = [1001, 1001, 1001, 1001, 1001, 1002, 1002, 1002, 1003, 1003][Int(draw % 10)]
        status = Self.status(Int(draw >> 8 % 100))
        country = Self.country(Int(draw >> 16 % 100))
        cents = Int(draw >> 24 % 500_000) + 100 + (isConflict ? 1 : 0)
    }

    /// One row of the `VALUES` of `INSERT INTO orders (\(columns))`.
    package var values: String {
        let currency = country == "US" ? "USD" : "EUR"
        let discount = draw & 7 == 0 ? "0.0\(100 + Int(draw >> 32 % 900))" : "NULL"
        let note = draw >> 40 & 7 == 0 ? "'Klingel \"Müller\" \\\\ 2. OG ☕'" : "NULL"
        let attrs = draw >> 44 & 3 == 0 ? "'{\"gift\": true, \"channel\": \"web\", \"weight\": 1.50}'" : "NULL"
        let second = Self.two(ordinalOfContent % 60)
        let minute = Self.two(ordinalOfContent / 60 % 60)
        let placed =
            "'2026-11-20 1\(ordinalOfContent / 3600 % 10):\(minute):\(second).\(100_000 + ordinalOfContent % 900_000)'"
        return "('\(number)',\(customer),'\(status)',\(country.map { "'\($0)'" } ?? "NULL"),"
            + "\(cents / 100).\(Self.two(cents % 100)),\(discount),'\(currency)',\(note),\(attrs),\(placed),\(placed))"
    }

    package static let columns =
        "number,customer_id,status,country,net,discount,currency,note,attrs,placed_at,updated_at"

    /// One row each of the `VALUES` of `INSERT INTO order_lines (order_id,sku,quantity,price)`.
    func lineValues(orderID: Int) -> [String] {
        (0..<(1 + Int(draw >> 50 & 1))).map { line in
            "(\(orderID),'SKU-\(draw >> 20 % 900 + UInt64(line))',\(1 + Int(draw >> 12 % 5)),\(cents / 200).\(Self.two(line))25)"
        }
    }

    private var ordinalOfContent: Int { (Int(number.dropFirst(2)) ?? 1_000_000) - 1_000_000 }

    private static func status(_ percent: Int) -> String {
        percent < 84 ? "paid" : percent < 92 ? "pending" : percent < 97 ? "cancelled" : "shipped"
    }

    private static func country(_ percent: Int) -> String? {
        switch percent {
        case 0..<35: "DE"
        case 35..<43: "AT"
        case 43..<50: "CH"
        case 50..<75: "US"
        case 75..<83: "FR"
        case 83..<90: "GB"
        case 90..<98: "NL"
        case _: nil
        }
    }

    private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

    /// SplitMix64 of the ordinal.
    private static func draw(_ ordinal: Int) -> UInt64 {
        var z = UInt64(ordinal) &* 0x9e37_79b9_7f4a_7c15
        z = (z ^ z >> 30) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ z >> 27) &* 0x94d0_49bb_1331_11eb
        return z ^ z >> 31
    }
}
