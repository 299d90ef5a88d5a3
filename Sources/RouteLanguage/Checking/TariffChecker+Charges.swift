import Billing
import Message

extension TariffChecker {
    /// `charge partner when .meter like "orders.*" { per delivery price 0.0500 }`.
    func readPrices(_ charge: (syntax: ChargeSyntax, span: Span), of draft: inout Draft) {
        var basis: Tariff.Basis?
        var price: (syntax: PriceSyntax, span: Span)?
        for item in charge.syntax.items {
            switch item.kind {
            case .per(let unit, let segmentBytes):
                if segmentBytes != nil {
                    reports.notYet("segment", at: unit.span)
                } else {
                    basis = self.basis(unit)
                }
            case .price(let syntax):
                if price != nil { reports.notYet("price` by the hour, and a second `price", at: item.span) }
                price = (syntax, item.span)
            case .pack, .rate, .graduated, .volume, .free, .min, .max, .discount, .commit, .cap:
                reports.notYet(item.word.text, at: item.word.span)
            }
        }
        let conditions = charge.syntax.condition.map(self.conditions) ?? []
        guard let price else {
            if charge.syntax.items.allSatisfy(\.isPerUnit) { reportNoPrice(charge.syntax) }
            return
        }
        if price.syntax.hours != nil || price.syntax.days != nil {
            reports.notYet("price ... from ... to", at: price.span)
        }
        guard let currency = draft.currency, let unit = unitPrice(price.syntax, price.span, currency) else { return }
        draft.priced.append(
            Tariff.Charge(
                name: charge.syntax.name.text, conditions: conditions, basis: basis ?? .delivery,
                file: reports.path(price.span), line: reports.line(price.span), priceUnits: unit.units,
                priceDivisor: unit.divisor))
    }

    private func reportNoPrice(_ charge: ChargeSyntax) {
        let close = Span(file: charge.bodySpan.file, start: charge.bodySpan.end - 1, end: charge.bodySpan.end)
        reports.add(
            Diagnostic(
                .tariffIncomplete, "charge `\(charge.name.text)` needs a `price`", at: charge.name.span,
                edits: [.insert("price 0 ", before: close, shown: "price 0")]))
    }

    private func basis(_ unit: NameSyntax) -> Tariff.Basis? {
        switch unit.text {
        case "delivery": return .delivery
        case "unit": return .unit
        case "attempt":
            reports.notYet("per attempt", at: unit.span)
            return nil
        default:
            reports.unknown(
                .tariffValueWrong, "a charge is not per `\(unit.text)`", unit, known: ["delivery", "unit"],
                called: "per")
            return nil
        }
    }

    private func unitPrice(_ price: PriceSyntax, _ span: Span, _ currency: Currency) -> UnitPrice? {
        var divisor: Int64 = 1
        if let per = price.per {
            guard let whole = per.integer, whole >= 1 else {
                wrong("`per` is a whole number from 1", at: per.span)
                return nil
            }
            divisor = whole
        }
        do throws(MoneyError) {
            return try UnitPrice(price.amount.text, per: divisor, currency: currency)
        } catch {
            var code = DiagnosticCode.tariffValueWrong
            if case .tooFine = error { code = .priceTooFine }
            reports.add(Diagnostic(code, error.description, at: price.amount.span))
            return nil
        }
    }

    // MARK: Conditions

    /// Comparisons joined by `and`.
    private func conditions(_ syntax: ExpressionSyntax) -> [Tariff.Condition] {
        switch syntax.unparenthesized.kind {
        case .binary(.and, _, let left, let right): return conditions(left) + conditions(right)
        case .binary(.or, let sign, _, _):
            reports.notYet("or` in a tariff, two charges say the same; it", at: sign)
            return []
        case .binary(let operation, _, let left, let right):
            return condition(operation, left, right, syntax.span).map { [$0] } ?? []
        case .unreadable: return []
        default:
            wrong("a charge's condition compares, as .meter like \"orders.*\"", at: syntax.span)
            return []
        }
    }

    private func condition(
        _ operation: ExpressionSyntax.BinaryOperator, _ left: ExpressionSyntax, _ right: ExpressionSyntax, _ span: Span
    ) -> Tariff.Condition? {
        guard case .field(let name) = left.unparenthesized.kind else {
            wrong("a charge's condition begins with a field, as .meter", at: left.span)
            return nil
        }
        guard let field = Tariff.Condition.Field(rawValue: name.text) else {
            reports.unknown(
                .tariffValueWrong, "a charge knows no `.\(name.text)`", name,
                known: ["meter", "route", "destination", "type", "bytes", "units", "value"], called: "fields")
            return nil
        }
        let isNumber = [.bytes, .units, .value].contains(field)
        guard let test = isNumber ? numberTest(operation, right) : textTest(operation, right) else {
            wrong(
                isNumber
                    ? "`.\(name.text)` is compared with a whole number" : "`.\(name.text)` is compared with a text",
                at: span)
            return nil
        }
        return Tariff.Condition(field: field, test: test)
    }

    private func textTest(
        _ operation: ExpressionSyntax.BinaryOperator, _ right: ExpressionSyntax
    ) -> Tariff.Condition.Test? {
        let texts = right.elements.compactMap { element -> String? in
            if case .text(let text) = element.unparenthesized.kind { text.constant } else { nil }
        }
        guard texts.count == right.elements.count else { return nil }
        switch operation {
        case .isIn: return .isIn(texts)
        case .equal: return texts.first.map { .equal($0) }
        case .notEqual: return texts.first.map { .notEqual($0) }
        case .like: return texts.first.map { .like($0) }
        default: return nil
        }
    }

    private func numberTest(
        _ operation: ExpressionSyntax.BinaryOperator, _ right: ExpressionSyntax
    ) -> Tariff.Condition.Test? {
        let number: Int64
        switch right.unparenthesized.kind {
        case .number(let syntax):
            guard let integer = syntax.integer else { return nil }
            number = integer
        case .measure(let measure):
            guard let bytes = measure.bytes else { return nil }
            number = bytes
        default: return nil
        }
        switch operation {
        case .equal: return .equal(String(number))
        case .notEqual: return .notEqual(String(number))
        case .less: return .less(number)
        case .lessOrEqual: return .lessOrEqual(number)
        case .greater: return .greater(number)
        case .greaterOrEqual: return .greaterOrEqual(number)
        default: return nil
        }
    }
}

extension ChargeItemSyntax {
    fileprivate var isPerUnit: Bool {
        switch kind {
        case .per, .price: true
        case .pack, .rate, .graduated, .volume, .free, .min, .max, .discount, .commit, .cap: false
        }
    }
}
