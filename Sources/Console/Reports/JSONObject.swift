package import Message

/// A JSON object in the order in which its members are set.
package struct JSONObject {
    private var names: [String] = []
    private var values: [Value] = []

    package init() {}

    package init(_ members: [(String, Value)]) {
        for (name, value) in members { set(name, value) }
    }

    package mutating func set(_ name: String, _ value: Value) {
        names.append(name)
        values.append(value)
    }

    package var value: Value { .record(Record(shape: Shape(names: names), fields: values)) }

    /// One line with its end.
    package func line() -> [UInt8] {
        var bytes: [UInt8] = []
        JSONText.append(value, to: &bytes)
        bytes.append(UInt8(ascii: "\n"))
        return bytes
    }
}

extension Value {
    /// An integer, or null where there is none.
    package init(_ number: Int64?) { self = number.map { .int(Int128($0)) } ?? .missing }
    package init(_ number: Int) { self = .int(Int128(number)) }
    /// A text, or null where there is none.
    package init(_ text: String?) { self = text.map { .text($0) } ?? .missing }
}
