/// The fields of one object while it is read; a key that comes again replaces the value.
struct JSONFields {
    private(set) var names: [String] = []
    private(set) var values: [Value] = []
    /// Built only for large objects, where a scan of the names would take quadratic time.
    private var positions: [String: Int] = [:]

    mutating func set(_ name: String, _ value: Value) {
        if let position = position(of: name) {
            values[position] = value
            return
        }
        if names.count >= 16 { positions[name] = names.count }
        names.append(name)
        values.append(value)
    }

    private mutating func position(of name: String) -> Int? {
        if names.count < 16 { return names.firstIndex(of: name) }
        if positions.isEmpty {
            for (position, name) in names.enumerated() { positions[name] = position }
        }
        return positions[name]
    }
}

/// The shapes seen last, so that a list of like objects shares one.
struct JSONShapes {
    private var recent: [Shape] = []
    private var oldest = 0

    mutating func record(_ fields: JSONFields) -> Value {
        if let shape = recent.first(where: { $0.names == fields.names }) {
            return .record(Record(shape: shape, fields: fields.values))
        }
        let shape = Shape(names: fields.names)
        if recent.count < 4 {
            recent.append(shape)
        } else {
            recent[oldest] = shape
            oldest = (oldest + 1) % 4
        }
        return .record(Record(shape: shape, fields: fields.values))
    }
}
