/// A tree as text without its places: equal outlines mean equal meaning. Tests and the formatter compare them.
///
/// Clauses in braces and clauses on the line look the same, as they mean the same; brackets around expressions stay.
package struct SyntaxOutline {
    private var lines: [String] = []
    private var indent = 0

    package static func of(_ tree: FileSyntax) -> String {
        var outline = SyntaxOutline()
        for declaration in tree.declarations { outline.add(declaration) }
        return outline.lines.map { $0 + "\n" }.joined()
    }

    package static func of(_ expression: ExpressionSyntax) -> String { text(expression) }

    private mutating func line(_ text: String) {
        lines.append(String(repeating: "  ", count: indent) + text)
    }

    private mutating func nested(_ body: (inout SyntaxOutline) -> Void) {
        indent += 1
        body(&self)
        indent -= 1
    }

    private mutating func add(_ declaration: DeclarationSyntax) {
        switch declaration {
        case .use(let use): line("use \(Self.text(use.path))")
        case .env(let variable): line("env " + Self.text(variable))
        case .secret(let variable): line("secret " + Self.text(variable))
        case .connect(let connect):
            line("connect \(connect.name.text) \(connect.connector.text)")
            nested { $0.add(connect.settings) }
        case .queue(let queue):
            line("queue \(queue.name.text)")
            nested { $0.add(queue.settings) }
        case .policy(let policy):
            line("policy \(policy.name.text)")
            nested { $0.add(policy.clauses) }
        case .record(let record): line("record \(record.name.text) \(Self.text(record.fields))")
        case .template(let template):
            let parameters = template.parameters.map { parameter in
                "\(parameter.name.text):\(Self.text(parameter.type))"
                    + (parameter.defaultValue.map { "=" + Self.text($0) } ?? "")
            }
            line("template \(template.name.text) (\(parameters.joined(separator: " ")))")
            add(template.block)
        case .route(let route):
            line("route \(route.name.text)")
            add(route.block)
        case .tariff(let tariff): add(tariff)
        case .test(let test):
            line("test \(Self.text(test.title)) of \(test.route.text)")
            add(test.block)
        }
    }

    private mutating func add(_ block: BlockSyntax) {
        nested { outline in
            for step in block.steps { outline.add(step) }
        }
    }

    private mutating func add(_ step: StepSyntax) {
        var text = step.verb.rawValue
        if let subject = step.subject { text += " " + Self.text(subject) }
        if let value = step.value { text += " = " + Self.text(value) }
        line(text)
        nested { $0.add(step.clauses) }
        guard let block = step.block else { return }
        line("{")
        add(block)
    }

    private mutating func add(_ clauses: [ClauseSyntax]) {
        for clause in clauses { line("- \(clause.name.text) \(Self.text(clause.value))") }
    }

    private static func text(_ variable: VariableSyntax) -> String {
        variable.name.text + (variable.type.map { " " + text($0) } ?? "")
            + (variable.defaultValue.map { " = " + text($0) } ?? "")
    }
}

// MARK: - Tariffs

extension SyntaxOutline {
    private mutating func add(_ tariff: TariffSyntax) {
        line("tariff \(tariff.name.text)" + (tariff.parent.map { " extends \($0.text)" } ?? ""))
        nested { outline in
            for item in tariff.items { outline.add(item) }
        }
    }

    private mutating func add(_ item: TariffItemSyntax) {
        let word = item.word.text
        switch item.kind {
        case .customers(let list): line("\(word) \(Self.text(list))")
        case .currency(let name), .round(let name): line("\(word) \(name.text)")
        case .valid(let from, let until): line("\(word) \(from?.text ?? "") .. \(until?.text ?? "")")
        case .period(let unit, let from, let zone):
            line("\(word) \(unit.text) \(from.map(Self.text) ?? "") \(Self.text(zone))")
        case .grace(let time): line("\(word) \(Self.text(time))")
        case .tax(let percent, let category):
            line("\(word) \(percent.number.text)% \(category.map(Self.text) ?? "")")
        case .flat(let amount, let prorate), .commit(let amount, let prorate):
            line("\(word) \(amount.text) \(prorate?.text ?? "")")
        case .cap(let amount): line("\(word) \(amount.text)")
        case .credit(let amount, let until, let isBeforeTax):
            line("\(word) \(amount.text) \(until?.text ?? "") \(isBeforeTax ? "before" : "after")")
        case .charge(let charge):
            line("\(word) \(charge.name.text) \(charge.condition.map(Self.text) ?? "")")
            nested { outline in
                for item in charge.items { outline.line(Self.text(item)) }
            }
        }
    }

    private static func text(_ item: ChargeItemSyntax) -> String {
        item.word.text + " " + text(item.kind)
    }

    private static func text(_ kind: ChargeItemSyntax.Kind) -> String {
        switch kind {
        case .per(let basis, let size): basis.text + (size.map { " \($0.text)" } ?? "")
        case .price(let price): text(price)
        case .pack(let count, let price): "\(count.text) for \(price.text)"
        case .rate(let percent, let base, let plus):
            "\(percent.number.text)% \(text(base)) \(plus?.text ?? "")"
        case .graduated(let tiers), .volume(let tiers):
            tiers.map { "\($0.bound?.text ?? "rest"):\($0.price.text):\($0.plus?.text ?? "")" }
                .joined(separator: " ")
        case .free(let amount, let base): amount.text + (base.map { " " + text($0) } ?? "")
        case .min(let amount), .max(let amount), .commit(let amount), .cap(let amount): amount.text
        case .discount(let percent): percent.number.text + "%"
        }
    }

    private static func text(_ price: PriceSyntax) -> String {
        var text = price.amount.text
        if let per = price.per { text += " per \(per.text)" }
        if let hours = price.hours { text += " \(hours.from.minutes)..\(hours.to.minutes)" }
        if let days = price.days { text += " \(days.first.text)..\(days.last.text)" }
        return text
    }
}

// MARK: - Types and expressions

extension SyntaxOutline {
    private static func text(_ type: TypeSyntax) -> String { text(type.kind) + (type.isOptional ? "?" : "") }

    private static func text(_ kind: TypeSyntax.Kind) -> String {
        switch kind {
        case .named(let name, let arguments):
            name.text + (arguments.isEmpty ? "" : "(" + arguments.map(\.text).joined(separator: ",") + ")")
        case .oneOf(let texts): texts.map(text).joined(separator: "|")
        case .list(let element): "[\(text(element))]"
        case .fields(let fields): text(fields)
        case .unreadable: "UNREADABLE"
        }
    }

    private static func text(_ fields: [FieldDeclarationSyntax]) -> String {
        "{" + fields.map { "\($0.name.text) \(text($0.type))" }.joined(separator: ", ") + "}"
    }

    private static func text(_ measure: MeasureSyntax) -> String { measure.number.text + measure.unit.rawValue }

    private static func text(_ text: TextSyntax) -> String {
        if let constant = text.constant { return constant.debugDescription }
        let parts = text.parts.map { part in
            switch part {
            case .literal(let literal, _): literal.debugDescription
            case .value(let value): Self.text(value)
            }
        }
        return "(text \(parts.joined(separator: " ")))"
    }

    private static func text(_ fields: [ObjectFieldSyntax]) -> String {
        fields.map { "\($0.name.text.debugDescription)=\(text($0.value))" }.joined(separator: ", ")
    }

    private static func list(_ elements: [ExpressionSyntax]) -> String {
        elements.map(text).joined(separator: " ")
    }

    private static func text(_ expression: ExpressionSyntax) -> String {
        switch expression.kind {
        case .text(let value): text(value)
        case .number(let number): number.text
        case .measure(let measure): text(measure)
        case .measureRange(let low, let high): "\(text(low))..\(text(high))"
        case .statusClass(let digit): "\(digit)xx"
        case .date(let date): date.text
        case .boolean(let value): String(value)
        case .message: "."
        case .field(let name): "." + name.text
        case .metadata(let name): "@" + name.text
        case .name(let name): name.text
        case .call(let name, let arguments): "(call \(name.text) \(list(arguments)))"
        case .member(let base, let name, let isOptional): "(\(isOptional ? "?." : ".") \(text(base)) \(name.text))"
        case .method(let base, let name, let arguments, let isOptional):
            "(\(isOptional ? "?." : ".")call \(text(base)) \(name.text) \(list(arguments)))"
        case .index(let base, let index): "(index \(text(base)) \(text(index)))"
        case .required(let inner): "(! \(text(inner)))"
        case .parenthesized(let inner): "(\(text(inner)))"
        case .list(let elements): "[\(list(elements))]"
        case .comprehension(let name, let list, let condition, let element):
            "[for \(name.text) \(text(list)) \(condition.map { "if " + text($0) } ?? ""): \(text(element))]"
        case .object(let fields): "{\(text(fields))}"
        case .record(let name, let fields): "\(name.text){\(text(fields))}"
        case .conditional(let condition, let then, let otherwise):
            "(if \(text(condition)) \(text(then)) \(text(otherwise)))"
        case .unary(let sign, let operand): "(\(sign.rawValue) \(text(operand)))"
        case .binary(let sign, _, let left, let right): "(\(sign.rawValue) \(text(left)) \(text(right)))"
        case .isPresent(let inner, let isNegated): "(\(isNegated ? "absent" : "present") \(text(inner)))"
        case .isEmpty(let inner, let isNegated): "(\(isNegated ? "not-empty" : "empty") \(text(inner)))"
        case .unreadable: "UNREADABLE"
        }
    }
}
