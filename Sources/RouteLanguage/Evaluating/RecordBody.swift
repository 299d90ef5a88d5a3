package import Message

/// Reads a JSON body as a record that was declared: the other direction of `JSONBody`.
///
/// Fields are found by their names; a missing or null one is missing, and must be optional; what the record does not name
/// is not looked at. Decimals are exact from the text of the JSON and get the scale of their type. Texts that stand for
/// times are those that `as json` writes.
package enum RecordBody {
    package static func parse(_ body: [UInt8], as record: RecordType) throws(Misfit) -> Record {
        let document: Value
        do throws(JSONError) { document = try JSONText.parse(body) } catch {
            throw Misfit(reason: "the body is \(error)")
        }
        guard case .record(let object) = document else {
            throw Misfit(reason: "the body is no JSON object: \(document.kindInJSON) came")
        }
        return try fields(of: object, as: record, at: "")
    }

    /// Why a body does not fit: the field and what came, never its content.
    package struct Misfit: Error, Sendable, Hashable {
        package let reason: String
        package init(reason: String) { self.reason = reason }
    }

    private static func fields(of object: Record, as record: RecordType, at path: String) throws(Misfit) -> Record {
        var values: [Value] = []
        values.reserveCapacity(record.fields.count)
        for (index, field) in record.fields.enumerated() {
            let place = "\(path).\(field.name)"
            values.append(try value(object.value(at: index, named: field.name), as: field.type, at: place))
        }
        return Record(shape: record.shape, fields: values)
    }

    private static func value(_ value: Value, as type: Type, at place: String) throws(Misfit) -> Value {
        if case .missing = value {
            guard type.isOptional else { throw Misfit(reason: "`\(place)` is missing: it needs \(type)") }
            return .missing
        }
        let type = type.present
        switch type {
        case .list(let element): return try list(value, of: element, as: type, at: place)
        case .record(let record):
            guard case .record(let object) = value else { throw misfit(value, type, place) }
            return .record(try fields(of: object, as: record, at: place))
        default:
            guard let converted = try converted(value, to: type, at: place) else { throw misfit(value, type, place) }
            return converted
        }
    }

    private static func list(
        _ value: Value, of element: Type, as type: Type, at place: String
    ) throws(Misfit) -> Value {
        guard case .list(let items) = value else { throw misfit(value, type, place) }
        var values: [Value] = []
        values.reserveCapacity(items.count)
        for (index, item) in items.enumerated() {
            values.append(try self.value(item, as: element, at: "\(place)[\(index)]"))
        }
        return .list(values)
    }

    private static func misfit(_ value: Value, _ type: Type, _ place: String) -> Misfit {
        Misfit(reason: "`\(place)` needs \(type), \(value.kindInJSON) came")
    }

    /// nil: another kind of value.
    private static func converted(_ value: Value, to type: Type, at place: String) throws(Misfit) -> Value? {
        switch (type, value) {
        case (.unknown, _), (.bool, .bool), (.text, .text): return value
        case (.int, .int(let number)): return try whole(number, at: place)
        case (.int, .decimal(let number)):
            guard let whole = number.wholeNumber else { return nil }
            return try self.whole(whole, at: place)
        case (.decimal(let precision, let scale), .int(let number)):
            return try decimal(ExactDecimal(number), precision, scale, at: place)
        case (.decimal(let precision, let scale), .decimal(let number)):
            return try decimal(number, precision, scale, at: place)
        case (.float, .int(let number)): return .float(Double(number))
        case (.float, .decimal(let number)): return .float(number.approximate)
        case (.float, .float(let number)): return number.isFinite ? value : nil
        case (.json, _): return json(value)
        case (_, .text(let text)): return try self.text(text, as: type, at: place)
        default: return nil
        }
    }

    private static func whole(_ number: Int128, at place: String) throws(Misfit) -> Value {
        guard number >= Int128(Int64.min), number <= Int128(UInt64.max) else {
            throw Misfit(reason: "`\(place)` needs int, a larger number came")
        }
        return .int(number)
    }

    private static func decimal(
        _ number: ExactDecimal, _ precision: Int, _ scale: Int?, at place: String
    ) throws(Misfit) -> Value {
        guard let scale else { return .decimal(number) }
        let brief = number.withoutZerosAtTheEnd
        guard brief.scale <= scale else {
            throw Misfit(
                reason: "`\(place)` needs decimal(\(precision),\(scale)), "
                    + "a number with \(brief.scale) digits behind the point came")
        }
        guard let fitting = brief.rounded(to: scale, .halfEven),
            fitting.mantissa.magnitude < UInt128(PowersOfTen[min(38, precision)])
        else { throw Misfit(reason: "`\(place)` needs decimal(\(precision),\(scale)), a larger number came") }
        return .decimal(fitting)
    }

    private static func json(_ value: Value) -> Value {
        var bytes: [UInt8] = []
        JSONText.append(value, to: &bytes)
        return .json(String(decoding: bytes, as: UTF8.self))
    }

    /// Types that a JSON text stands for.
    private static func text(_ text: String, as type: Type, at place: String) throws(Misfit) -> Value? {
        let value: Value?
        switch type {
        case .oneOf(let words): value = words.contains(text) ? .text(text) : nil
        case .uuid: value = Frame.isUUID(text) ? .text(text.lowercased()) : nil
        case .bytes: value = Base64Text.decode(text).map { .bytes($0) }
        case .date: value = LocalDate(text).map { .date($0) }
        case .time: value = LocalTime(text).map { .time($0) }
        case .datetime: value = LocalDateTime(text).map { .datetime($0) }
        case .instant: value = Instant(text).map { .instant($0) }
        case .duration: value = duration(text).map { .duration($0) }
        default: return nil
        }
        guard let value else { throw Misfit(reason: "`\(place)` needs \(type), another text came") }
        return value
    }

    /// `PT1.5S`, seconds with up to six digits of a fraction.
    private static func duration(_ text: String) -> Microseconds? {
        let isNegative = text.utf8.first == UInt8(ascii: "-")
        let rest = isNegative ? text.dropFirst() : text[...]
        guard rest.hasPrefix("PT"), rest.hasSuffix("S"), rest.utf8.count > 3,
            rest.utf8.dropFirst(2).first != UInt8(ascii: "-"),
            let seconds = ExactDecimal(String(rest.dropFirst(2).dropLast())),
            let exact = seconds.withoutZerosAtTheEnd.rounded(to: 6, .halfEven), exact == seconds,
            let count = Int64(exactly: exact.mantissa)
        else { return nil }
        return Microseconds(isNegative ? -count : count)
    }
}

extension Record {
    /// The field of that name, looked for at `index` first; missing where there is none.
    fileprivate func value(at index: Int, named name: String) -> Value {
        if index < fields.count, shape.names[index] == name { return fields[index] }
        return value(named: name) ?? .missing
    }
}

extension Value {
    /// What parsed JSON is, as a sentence calls it.
    fileprivate var kindInJSON: String {
        switch self {
        case .missing: "null"
        case .bool: "true or false"
        case .int: "a whole number"
        case .decimal, .float: "a number"
        case .list: "an array"
        case .record: "an object"
        case .text, .bytes, .date, .time, .datetime, .instant, .duration, .json: "a text"
        }
    }
}
