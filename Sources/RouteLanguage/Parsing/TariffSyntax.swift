/// `tariff NAME [extends NAME] { items }`. Items stand in the order they were written, repetitions included.
package struct TariffSyntax: Sendable {
    package let name: NameSyntax
    package let parent: NameSyntax?
    package let items: [TariffItemSyntax]
    /// The braces and what is between them.
    package let bodySpan: Span
    package let span: Span
}

package struct TariffItemSyntax: Sendable {
    package enum Kind: Sendable {
        /// A list of texts.
        case customers(ExpressionSyntax)
        case currency(NameSyntax)
        /// Half-open; nil: no bound on that side.
        case valid(from: DateSyntax?, until: DateSyntax?)
        /// `period month [from DAY] in "Europe/Berlin"`; `from` is a number or a weekday.
        case period(unit: NameSyntax, from: ExpressionSyntax?, zone: TextSyntax)
        case round(NameSyntax)
        case grace(MeasureSyntax)
        case tax(PercentSyntax, category: TextSyntax?)
        case flat(NumberSyntax, prorate: NameSyntax?)
        case commit(NumberSyntax, prorate: NameSyntax?)
        case cap(NumberSyntax)
        case credit(NumberSyntax, until: DateSyntax?, isBeforeTax: Bool)
        case charge(ChargeSyntax)
    }
    package let kind: Kind
    package let word: NameSyntax
    package let span: Span
}

/// `charge NAME [when CONDITION] { items }`.
package struct ChargeSyntax: Sendable {
    package let name: NameSyntax
    package let condition: ExpressionSyntax?
    package let items: [ChargeItemSyntax]
    package let bodySpan: Span
}

package struct ChargeItemSyntax: Sendable {
    package enum Kind: Sendable {
        /// `per delivery|attempt|unit`, `per segment 160 bytes` (size is then not nil).
        case per(NameSyntax, segmentBytes: NumberSyntax?)
        case price(PriceSyntax)
        /// `pack 100 for 20.00`.
        case pack(NumberSyntax, price: NumberSyntax)
        /// `rate 2.99% of .value [plus 0.20]`.
        case rate(PercentSyntax, of: ExpressionSyntax, plus: NumberSyntax?)
        case graduated([TierSyntax])
        case volume([TierSyntax])
        /// `free 100`, `free 500.00 of .value`.
        case free(NumberSyntax, of: ExpressionSyntax?)
        case min(NumberSyntax)
        case max(NumberSyntax)
        case discount(PercentSyntax)
        case commit(NumberSyntax)
        case cap(NumberSyntax)
    }
    package let kind: Kind
    package let word: NameSyntax
    package let span: Span
}

/// `price 0.0412 [per 1000] [from 08:00 to 20:00 on mon..fri]`.
package struct PriceSyntax: Sendable {
    package let amount: NumberSyntax
    package let per: NumberSyntax?
    package let hours: (from: TimeOfDaySyntax, to: TimeOfDaySyntax)?
    package let days: (first: NameSyntax, last: NameSyntax)?
}

/// `08:00`, minutes since midnight, 0 to 1440.
package struct TimeOfDaySyntax: Sendable, Hashable {
    package let minutes: Int
    package let span: Span
}

/// `to 10000: 0.0500 [plus 5.00]`; `rest: 0.0350` has no bound.
package struct TierSyntax: Sendable {
    package let bound: NumberSyntax?
    package let price: NumberSyntax
    package let plus: NumberSyntax?
    package let span: Span
}

/// `19%`: the number before the sign.
package struct PercentSyntax: Sendable, Hashable {
    package let number: NumberSyntax
    package let span: Span
}
