/// Two routes that could send one key to one connection: their rows come from different tables, their numbers may meet.
enum SharedKeys {
    private struct Key {
        let delivery: DeliveryDraft
        let expression: Expression
        let syntax: ExpressionSyntax
        let route: Int
        /// What it begins with for every message.
        let prefix: [UInt8]
    }

    /// Sorted by how they begin, a key that may equal another one stands behind it with only such keys between: one
    /// pass finds all, however many routes there are.
    static func report(_ routes: [[DeliveryDraft]], _ reports: Reports) {
        for keys in Dictionary(grouping: keys(of: routes), by: \.delivery.connection.index).values {
            var open: [Key] = []
            for key in keys.sorted(by: precedes) {
                while let last = open.last, !key.prefix.starts(with: last.prefix) { open.removeLast() }
                let other = open.last { $0.route != key.route && !KeyText.differ($0.expression, key.expression) }
                if let other { report(key, other, reports) }
                open.append(key)
            }
        }
    }

    private static func precedes(_ left: Key, _ right: Key) -> Bool {
        if left.prefix == right.prefix { return left.route < right.route }
        return left.prefix.lexicographicallyPrecedes(right.prefix)
    }

    private static func keys(of routes: [[DeliveryDraft]]) -> [Key] {
        routes.enumerated().flatMap { route, deliveries in
            deliveries.compactMap { delivery in
                guard let key = delivery.key, let syntax = delivery.keySyntax else { return nil }
                return Key(
                    delivery: delivery, expression: key, syntax: syntax, route: route,
                    prefix: Array(KeyText.prefix(key).utf8))
            }
        }
    }

    /// Said of the one that stands further down.
    private static func report(_ one: Key, _ two: Key, _ reports: Reports) {
        let (first, second) = one.route < two.route ? (one, two) : (two, one)
        reports.add(
            Diagnostic(
                .sameKeyTwice,
                "two routes can send the same key to `\(second.delivery.connection.plan.name)`", at: second.syntax.span,
                label: "the receiver would take one for a repetition of the other",
                origins: [Diagnostic.Origin("the other one", at: first.syntax.span)], edits: [edit(second, reports)]))
    }

    /// The route's name before the key.
    private static func edit(_ key: Key, _ reports: Reports) -> Diagnostic.Edit {
        let route = key.delivery.step.path.prefix { $0 != "/" }
        let span = key.syntax.span
        if case .text = key.syntax.unparenthesized.kind {
            let inside = Span(file: span.file, start: span.start + 1, end: span.end)
            return .insert("\(route)-", before: inside, shown: "\"\(route)-" + reports.text(inside))
        }
        return .replace(span, with: "\"\(route)-{\(reports.text(span))}\"")
    }
}
