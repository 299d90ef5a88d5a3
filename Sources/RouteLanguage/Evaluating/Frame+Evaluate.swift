package import Message

extension Frame {
    /// The value of an expression for this message. Always ends, does no I/O, never traps.
    ///
    /// - Throws: `EvaluationError` where the message must fail: `!` on something missing, overflow, over-long text,
    ///   a value that its place refuses.
    package func evaluate(_ expression: Expression) throws(EvaluationError) -> Value {
        switch expression {
        case .constant(let value): return value
        case .slot(let slot): return value(inSlot: slot)
        case .field(let base, let position): return try field(position, of: base)
        case .metadata(let metadata): return value(of: metadata)
        case .call(let function, let arguments): return try call(function, arguments)
        case .unary(let operation, let operand): return try unary(operation, evaluate(operand))
        case .binary(let operation, let left, let right): return try binary(operation, left, right)
        case .and(let left, let right):
            guard case .bool(true) = try evaluate(left) else { return .bool(false) }
            return .bool(try holds(right))
        case .or(let left, let right):
            if case .bool(true) = try evaluate(left) { return .bool(true) }
            return .bool(try holds(right))
        case .coalesce(let left, let right):
            let value = try evaluate(left)
            if case .missing = value { return try evaluate(right) }
            return value
        case .required(let operand, let description):
            let value = try evaluate(operand)
            if case .missing = value { throw EvaluationError("\(description) is missing") }
            return value
        case .isPresent(let operand):
            if case .missing = try evaluate(operand) { return .bool(false) }
            return .bool(true)
        case .isEmpty(let operand): return .bool(Self.isEmpty(try evaluate(operand)))
        case .conditional(let condition, let yes, let no):
            return try holds(condition) ? evaluate(yes) : evaluate(no)
        case .list(let elements): return .list(try values(of: elements))
        case .comprehension(let slot, let list, let condition, let element):
            return try comprehension(slot: slot, list: list, condition: condition, element: element)
        case .record(let shape, let fields):
            guard fields.count == shape.names.count else { throw EvaluationError("a record lacks fields") }
            return .record(Record(shape: shape, fields: try values(of: fields)))
        case .interpolation(let parts, let place): return .text(try interpolate(parts, place))
        case .index(let list, let position): return try element(at: position, of: list)
        case .matches(let operand, let pattern):
            switch try evaluate(operand) {
            case .text(let text): return .bool(pattern.matchesWhole(text))
            case .missing: return .missing
            default: throw EvaluationError("`matches` needs text")
            }
        }
    }

    /// Whether a condition holds; a missing one does not.
    package func holds(_ condition: Expression) throws(EvaluationError) -> Bool {
        if case .bool(true) = try evaluate(condition) { return true }
        return false
    }

    private func value(inSlot slot: Int) -> Value {
        slots.indices.contains(slot) ? slots[slot] : .missing
    }

    /// Without a copy of the record where its slot is named directly: the case of almost every column.
    private func field(_ position: Int, of base: Expression) throws(EvaluationError) -> Value {
        if case .slot(let slot) = base, slots.indices.contains(slot), case .record(let record) = slots[slot],
            record.fields.indices.contains(position)
        {
            return record.fields[position]
        }
        switch try evaluate(base) {
        case .record(let record):
            guard record.fields.indices.contains(position) else { throw EvaluationError("a record lacks a field") }
            return record.fields[position]
        case .missing: return .missing
        default: throw EvaluationError("a field was asked of something that is no record")
        }
    }

    private func value(of metadata: Expression.Metadata) -> Value {
        switch metadata {
        case .id: .text(messageID)
        case .received, .now: .instant(received)
        case .attempt: .int(Int128(attempt))
        case .error: error.map(Value.text) ?? .missing
        case .customer: customer.map(Value.text) ?? .missing
        }
    }

    private func values(of expressions: [Expression]) throws(EvaluationError) -> [Value] {
        var values: [Value] = []
        values.reserveCapacity(expressions.count)
        for expression in expressions { values.append(try evaluate(expression)) }
        return values
    }

    private func comprehension(
        slot: Int, list: Expression, condition: Expression?, element: Expression
    ) throws(EvaluationError) -> Value {
        let source = try evaluate(list)
        if case .missing = source { return .missing }
        guard case .list(let items) = source, slots.indices.contains(slot) else {
            throw EvaluationError("`for` needs a list")
        }
        var inner = self
        var made: [Value] = []
        made.reserveCapacity(items.count)
        for item in items {
            inner.slots[slot] = item
            if let condition, try !inner.holds(condition) { continue }
            made.append(try inner.evaluate(element))
        }
        return .list(made)
    }

    private func element(at position: Expression, of list: Expression) throws(EvaluationError) -> Value {
        guard case .list(let items) = try evaluate(list), case .int(let wanted) = try evaluate(position),
            let index = Int(exactly: wanted), items.indices.contains(index)
        else { return .missing }
        return items[index]
    }

    private static func isEmpty(_ value: Value) -> Bool {
        switch value {
        case .missing: true
        case .text(let text): text.isEmpty
        case .bytes(let bytes): bytes.isEmpty
        case .list(let items): items.isEmpty
        case .json(let text): text == "null" || text == "[]" || text == "{}" || text == "\"\""
        case .bool, .int, .decimal, .float, .date, .time, .datetime, .instant, .duration, .record: false
        }
    }
}
