import Message

extension Frame {
    func listFunction(_ function: Function, _ subject: Value) throws(EvaluationError) -> Value {
        guard case .list(let items) = subject else {
            throw EvaluationError("`\(function.rawValue)` needs a list")
        }
        switch function {
        case .sum:
            var total: Value = .int(0)
            for item in items {
                if case .missing = item { continue }
                if case .float = item, case .int(0) = total { total = .float(0) }
                if case .duration = item, case .int(0) = total { total = .duration(Microseconds(0)) }
                total = try Arithmetic.add(total, item)
            }
            return total
        case .count: return .int(Int128(items.count))
        case .distinct:
            var seen: Set<Value> = []
            return .list(items.filter { seen.insert($0).inserted })
        case .collect: return .list(items.filter { $0 != .missing })
        case .first: return items.first ?? .missing
        case .last: return items.last ?? .missing
        case .reverse: return .list(items.reversed())
        default: throw EvaluationError("`\(function.rawValue)` is no function of lists")
        }
    }
}
