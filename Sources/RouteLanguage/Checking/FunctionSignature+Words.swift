extension FunctionSignature {
    /// What it takes and gives: `round(number[, digits[, word]]) -> decimal`.
    package var signature: String {
        var text = ""
        var closing = ""
        for (index, parameter) in parameters.enumerated() {
            if index >= required {
                text += "["
                closing += "]"
            }
            text += (index == 0 ? "" : ", ") + parameter.inWords
        }
        return "\(function.rawValue)(\(text)\(closing)) -> \(result.inWords)"
    }
}

extension FunctionSignature.Parameter {
    fileprivate var inWords: String {
        switch self {
        case .text: "text"
        case .int: "int"
        case .exactNumber: "int|decimal"
        case .number: "number"
        case .ordered: "value"
        case .list: "[T]"
        case .any: "value"
        case .textOrBytes: "text|bytes"
        case .calendar: "date|datetime|instant"
        case .dateOrTime: "time|datetime|instant"
        case .datetimeOrInstant: "datetime|instant"
        case .sized: "text|bytes|[T]"
        case .listOrText: "text|[T]"
        case .digits: "digits"
        case .roundingWord: "half_even|half_up|up|down"
        case .zone: "zone"
        case .datePattern: "pattern"
        }
    }
}

extension FunctionSignature.Result {
    fileprivate var inWords: String {
        switch self {
        case .fixed(let type): type.description
        case .conversion(let type): "\(type)?"
        case .sameAsFirst: "its type"
        case .rounded: "decimal"
        case .decimal: "decimal?"
        case .element: "T?"
        case .sum: "number"
        case .extreme: "value"
        case .otherClock: "instant|datetime"
        case .collected: "[T]"
        }
    }
}
