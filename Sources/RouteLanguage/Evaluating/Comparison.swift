package import Message

/// How two values of the language compare: numbers by what they are, whatever their scale; text by its bytes.
package enum Comparison {
    package enum Order: Sendable, Hashable { case less, equal, greater }

    package static func areEqual(_ left: Value, _ right: Value) -> Bool {
        switch (left, right) {
        case (.text(let left), .text(let right)): return sameBytes(left, right)
        case (.int(let left), .int(let right)): return left == right
        case (.decimal(let left), .decimal(let right)): return left == right
        case (.int(let left), .decimal(let right)): return ExactDecimal(left) == right
        case (.decimal(let left), .int(let right)): return left == ExactDecimal(right)
        case (.list(let left), .list(let right)):
            return left.count == right.count && zip(left, right).allSatisfy { areEqual($0, $1) }
        default: return left == right
        }
    }

    /// - Throws: where the two have no order (a checker's mistake, or a float that is no number).
    package static func order(_ left: Value, _ right: Value) throws(EvaluationError) -> Order {
        switch (left, right) {
        case (.int(let left), .int(let right)): return order(of: left, right)
        case (.decimal(let left), .decimal(let right)): return order(of: left, right)
        case (.int(let left), .decimal(let right)): return order(of: ExactDecimal(left), right)
        case (.decimal(let left), .int(let right)): return order(of: left, ExactDecimal(right))
        case (.float(let left), .float(let right)):
            guard !left.isNaN, !right.isNaN else { throw EvaluationError("a float is not a number") }
            return order(of: left, right)
        case (.text(let left), .text(let right)): return orderOfBytes(left, right)
        case (.bytes(let left), .bytes(let right)):
            return left.lexicographicallyPrecedes(right) ? .less : left == right ? .equal : .greater
        case (.date(let left), .date(let right)): return order(of: left, right)
        case (.time(let left), .time(let right)): return order(of: left, right)
        case (.datetime(let left), .datetime(let right)): return order(of: left, right)
        case (.instant(let left), .instant(let right)): return order(of: left, right)
        case (.duration(let left), .duration(let right)): return order(of: left, right)
        case (.bool(let left), .bool(let right)): return left == right ? .equal : right ? .less : .greater
        default: throw EvaluationError("two values have no order")
        }
    }

    private static func order<T: Comparable>(of left: T, _ right: T) -> Order {
        left < right ? .less : right < left ? .greater : .equal
    }

    /// Byte by byte: `é` written as one character and as two are different keys, as they are in MySQL's binary order.
    static func sameBytes(_ left: String, _ right: String) -> Bool {
        guard left.utf8.count == right.utf8.count else { return false }
        return orderOfBytes(left, right) == .equal
    }

    private static func orderOfBytes(_ left: String, _ right: String) -> Order {
        var (left, right) = (left, right)
        return left.withUTF8 { left in
            right.withUTF8 { right in
                var position = 0
                let shared = Swift.min(left.count, right.count)
                while position < shared, left[position] == right[position] { position += 1 }
                if position < shared { return left[position] < right[position] ? .less : .greater }
                return order(of: left.count, right.count)
            }
        }
    }
}
