package import Message

extension BillReport {
    /// One JSON object on one line. Money is text with all its digits, counts are numbers, times are UTC.
    package func json() -> [UInt8] {
        var bytes: [UInt8] = []
        JSONText.append(value, to: &bytes)
        return bytes
    }

    /// The report as a value, for a list of several.
    package var value: Value {
        .object([
            ("customer", .text(customer)), ("period", span.value), ("state", .text(state.rawValue)),
            ("provisional", .bool(true)), ("as_of", .instant(asOf)), ("delivered", .int(Int128(delivered))),
            ("billed", .int(Int128(billed))), ("unpriced", .int(Int128(unpriced))), ("balanced", .bool(isBalanced)),
            ("tariffs", .list(tariffs.map { .object([("name", .text($0.name)), ("hash", .text($0.hash))]) })),
            ("currencies", .list(sections.map(\.value))),
            ("records", ledgerValue), ("warnings", .list(warnings.map { .text($0) })),
        ])
    }

    private var ledgerValue: Value {
        .object([
            ("first_seq", recordRange.map { .int(Int128($0.lowerBound)) } ?? .missing),
            ("last_seq", recordRange.map { .int(Int128($0.upperBound)) } ?? .missing),
            ("head_seq", .int(Int128(head.seq))), ("head_hash", .text(SHA256.hex(head.hash))),
        ])
    }
}

extension PeriodSpan {
    var value: Value {
        .object([
            ("key", .text(key)), ("unit", .text(unit.rawValue)), ("zone", .text(zone)), ("start", .instant(start)),
            ("end", .instant(end)),
        ])
    }
}

extension BillReport.Section {
    fileprivate var value: Value {
        .object([
            ("currency", .text(currency.code)), ("lines", .list(lines.map(\.value))),
            ("exact", .text(exact.plainText)), ("rounding", .text(rounding.plainText)),
            ("net", .text(net.plainText)), ("taxes", .list(taxes.map(\.value))), ("tax", .text(tax.plainText)),
            ("total", .text(total.plainText)),
        ])
    }
}

extension BillReport.Line {
    fileprivate var value: Value {
        let priced = price.map { Money(units: $0.units, currency: exact.currency).plainText }
        return .object([
            ("tariff", .text(tariff)), ("tariff_hash", .text(tariffHash)), ("charge", .text(charge)),
            ("priced_by", .text(pricedBy)), ("period", .text(period)), ("records", .int(Int128(records))),
            ("quantity", .int(Int128(quantity))), ("price", priced.map { .text($0) } ?? .missing),
            ("price_per", price.map { .int(Int128($0.divisor)) } ?? .missing), ("exact", .text(exact.plainText)),
            ("rounding", .text(rounding.plainText)), ("amount", .text(amount.plainText)),
            ("meters", .list(meters.map(\.value))),
        ])
    }
}

extension BillReport.Meter {
    fileprivate var value: Value {
        .object([
            ("meter", .text(name)), ("quantity", .int(Int128(quantity))), ("exact", .text(exact.plainText)),
        ])
    }
}

extension BillReport.Tax {
    fileprivate var value: Value {
        let rate = ExactDecimal(mantissa: Int128(perMillion), scale: 4).withoutZerosAtTheEnd
        return .object([
            ("percent", .text(rate.description)), ("base", .text(base.plainText)), ("tax", .text(amount.plainText)),
        ])
    }
}

extension Value {
    /// A record made for printing.
    static func object(_ fields: [(name: String, value: Value)]) -> Value {
        .record(Record(shape: Shape(names: fields.map(\.name)), fields: fields.map(\.value)))
    }
}
