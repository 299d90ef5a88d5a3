import Billing
import Foundation
import Message
import Testing

/// Amounts that public billing products document, as far as per-unit prices reach.
struct WorkedExamplesTests {
    struct Example: Sendable, CustomTestStringConvertible {
        let id: String
        let tariff: Record
        let usage: Record
        let expected: String
        let currency: Currency
        var testDescription: String { id }

        func text(_ record: Record, _ name: String) -> String? {
            guard case .text(let text)? = record.value(named: name) else { return nil }
            return text
        }

        func list(_ name: String) -> [String] {
            guard case .list(let items)? = usage.value(named: name) else { return [] }
            return items.compactMap { if case .text(let text) = $0 { text } else { nil } }
        }

        var rounding: RoundingRule {
            let word = text(tariff, "round") ?? text(tariff, "mode") ?? "half_up"
            return word.hasPrefix("half_even") ? .halfEven : .halfUp
        }

        func money(_ text: String) throws -> Money { try Money(text, currency: currency) }
    }

    static let examples: [Example] = {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/worked-examples.json")
        guard let data = try? Data(contentsOf: file), case .list(let items)? = try? JSONText.parse([UInt8](data)) else {
            return []
        }
        return items.compactMap { item in
            guard case .record(let record) = item, case .text(let id)? = record.value(named: "id"),
                case .record(let tariff)? = record.value(named: "tariff"),
                case .record(let usage)? = record.value(named: "usage"),
                case .text(let expected)? = record.value(named: "expected_amount"),
                case .text(let code)? = record.value(named: "currency"), let currency = Currency(code: code)
            else { return nil }
            return Example(id: id, tariff: tariff, usage: usage, expected: expected, currency: currency)
        }
    }()

    static func examples(of models: String...) -> [Example] {
        examples.filter { models.contains($0.text($0.tariff, "model") ?? "") }
    }

    @Test func `all examples were read`() { #expect(Self.examples.count == 13) }

    @Test(arguments: examples(of: "per_unit")) func `per-unit prices`(example: Example) throws {
        let unit = try #require(example.text(example.tariff, "unit"))
        let count = example.usage.value(named: "units") ?? example.usage.value(named: "messages")
        guard case .int(let count)? = count else {
            Issue.record("the example has no count")
            return
        }
        let charge = try Samples.charge("c", unit, basis: .unit, currency: example.currency)
        let tariff = Samples.tariff("t", currency: example.currency, charges: [charge], rounding: example.rounding)
        var rater = Rater(tariffs: [tariff])
        let half = Int64(count) / 2
        let records = [half, Int64(count) - half].enumerated().map {
            rater.rate(Samples.event($0, units: $1), recordedAt: Samples.now)
        }
        let report = try BillReport(
            Ledgers.facts(records, of: "1001", in: "2026-11", tariffs: [tariff]), tariffs: [tariff])
        #expect(try report.sections.map(\.net) == [example.money(example.expected)])
    }

    @Test(arguments: examples(of: "round")) func `rounding`(example: Example) throws {
        let values = example.text(example.usage, "value").map { [$0] } ?? example.list("values")
        let expected = example.list("expected").isEmpty ? [example.expected] : example.list("expected")
        #expect(!values.isEmpty)
        for (value, expected) in zip(values, expected) {
            #expect(try example.money(value).roundedToMinor(example.rounding) == example.money(expected))
        }
    }

    @Test(arguments: examples(of: "tax", "tax_base")) func `lines are rounded, then summed and taxed`(
        example: Example
    ) throws {
        let percent = example.id == "own-vat-group" ? "19" : example.text(example.tariff, "rate") ?? "0"
        let rate = try #require(ExactDecimal(percent)?.multiplied(by: ExactDecimal(10_000))?.wholeNumber)
        let charges = try example.list("lines").enumerated().map { number, price in
            let meter = Tariff.Condition(field: .meter, test: .equal("m\(number)"))
            return try Samples.charge("c\(number)", price, when: [meter], currency: example.currency)
        }
        let tariff = Samples.tariff(
            "t", currency: example.currency, charges: charges, taxPerMillion: Int64(rate), rounding: .halfUp)
        var rater = Rater(tariffs: [tariff])
        let records = charges.indices.map {
            rater.rate(Samples.event($0, meter: "m\($0)"), recordedAt: Samples.now)
        }
        let report = try BillReport(
            Ledgers.facts(records, of: "1001", in: "2026-11", tariffs: [tariff]), tariffs: [tariff])
        #expect(try report.sections.map(\.total) == [example.money(example.expected)])
    }

    @Test(arguments: examples(of: "period")) func `the last hour of a month`(example: Example) throws {
        let tariff = try Samples.tariff("t", charges: [Samples.charge("c", "1")])
        var rater = Rater(tariffs: [tariff])
        let records = example.list("delivered_utc").enumerated().map {
            rater.rate(Samples.event($0, at: $1), recordedAt: Samples.now)
        }
        #expect(records.map(\.period) == ["2026-09", "2026-10", "2026-10", "2026-11"])
        let report = try BillReport(
            Ledgers.facts(records, of: "1001", in: "2026-10", tariffs: [tariff]), tariffs: [tariff])
        #expect(report.billed == Int64(example.expected))
    }
}
