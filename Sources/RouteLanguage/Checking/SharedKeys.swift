/// Two routes that could send one key to one connection: their rows come from different tables, their numbers may meet.
enum SharedKeys {
    static func report(_ routes: [[DeliveryDraft]], _ reports: Reports) {
        var seen: [Int: [DeliveryDraft]] = [:]
        for deliveries in routes {
            for delivery in deliveries {
                guard let key = delivery.key, let syntax = delivery.keySyntax else { continue }
                let others = seen[delivery.connection.index] ?? []
                guard let other = others.first(where: { $0.key.map { !KeyText.differ($0, key) } ?? false }) else { continue }
                reports.add(
                    Diagnostic(
                        .sameKeyTwice, "two routes can send the same key to `\(delivery.connection.plan.name)`",
                        at: syntax.span, label: "the receiver would take one for a repetition of the other",
                        origins: [Diagnostic.Origin("the other one", at: other.keySyntax?.span)],
                        edits: [edit(syntax, delivery, reports)]))
            }
            for delivery in deliveries where delivery.key != nil { seen[delivery.connection.index, default: []].append(delivery) }
        }
    }

    /// The route's name before the key.
    private static func edit(_ syntax: ExpressionSyntax, _ delivery: DeliveryDraft, _ reports: Reports) -> Diagnostic.Edit {
        let route = delivery.step.path.prefix { $0 != "/" }
        if case .text = syntax.unparenthesized.kind {
            let inside = Span(file: syntax.span.file, start: syntax.span.start + 1, end: syntax.span.end)
            return .insert("\(route)-", before: inside)
        }
        return .replace(syntax.span, with: "\"\(route)-{\(reports.text(syntax.span))}\"")
    }
}
