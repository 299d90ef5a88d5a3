import Message

/// A charge's condition, ready to be asked: patterns and numbers are parsed once.
///
/// A test on a value that the event does not have is false, whatever it says.
struct ChargeCondition: Sendable {
    private enum Question: Sendable {
        case text(TextTest)
        case number(NumberTest)
        case never
    }
    private enum TextTest: Sendable {
        case equal(String)
        case notEqual(String)
        case like(Glob)
        case isIn(Set<String>)
    }
    private enum NumberTest: Sendable {
        case equal(ExactDecimal)
        case notEqual(ExactDecimal)
        case isIn([ExactDecimal])
        case less(ExactDecimal)
        case lessOrEqual(ExactDecimal)
        case greater(ExactDecimal)
        case greaterOrEqual(ExactDecimal)
    }

    private let field: Tariff.Condition.Field
    private let question: Question

    init(_ condition: Tariff.Condition) {
        field = condition.field
        switch condition.field {
        case .meter, .route, .destination, .type: question = Self.textQuestion(condition.test)
        case .bytes, .units, .value: question = Self.numberQuestion(condition.test)
        }
    }

    func holds(for event: BillableEvent) -> Bool {
        switch question {
        case .never: return false
        case .text(let test):
            switch field {
            case .meter: return Self.holds(test, event.meter)
            case .route: return Self.holds(test, event.route)
            case .destination: return Self.holds(test, event.connection)
            case .type: return Self.holds(test, event.destinationType)
            case .bytes, .units, .value: return false
            }
        case .number(let test):
            switch field {
            case .bytes: return Self.holds(test, ExactDecimal(Int128(event.bytes)))
            case .units: return Self.holds(test, ExactDecimal(Int128(event.units)))
            case .value: return event.value.map { Self.holds(test, $0) } ?? false
            case .meter, .route, .destination, .type: return false
            }
        }
    }

    private static func holds(_ test: TextTest, _ text: String) -> Bool {
        switch test {
        case .equal(let other): text == other
        case .notEqual(let other): text != other
        case .like(let glob): glob.matches(text)
        case .isIn(let others): others.contains(text)
        }
    }

    private static func holds(_ test: NumberTest, _ number: ExactDecimal) -> Bool {
        switch test {
        case .equal(let other): number == other
        case .notEqual(let other): number != other
        case .isIn(let others): others.contains(number)
        case .less(let other): number < other
        case .lessOrEqual(let other): !(other < number)
        case .greater(let other): other < number
        case .greaterOrEqual(let other): !(number < other)
        }
    }

    private static func textQuestion(_ test: Tariff.Condition.Test) -> Question {
        switch test {
        case .equal(let other): .text(.equal(other))
        case .notEqual(let other): .text(.notEqual(other))
        case .like(let pattern): .text(.like(Glob(pattern)))
        case .isIn(let others): .text(.isIn(Set(others)))
        case .less, .lessOrEqual, .greater, .greaterOrEqual: .never
        }
    }

    private static func numberQuestion(_ test: Tariff.Condition.Test) -> Question {
        switch test {
        case .equal(let text): ExactDecimal(text).map { .number(.equal($0)) } ?? .never
        case .notEqual(let text): ExactDecimal(text).map { .number(.notEqual($0)) } ?? .never
        case .isIn(let texts): .number(.isIn(texts.compactMap { ExactDecimal($0) }))
        case .like: .never
        case .less(let bound): .number(.less(ExactDecimal(Int128(bound))))
        case .lessOrEqual(let bound): .number(.lessOrEqual(ExactDecimal(Int128(bound))))
        case .greater(let bound): .number(.greater(ExactDecimal(Int128(bound))))
        case .greaterOrEqual(let bound): .number(.greaterOrEqual(ExactDecimal(Int128(bound))))
        }
    }
}
