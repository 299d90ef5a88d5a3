package import Message

extension Value {
    /// The value as people write it, for keys, customers and logs; nil for what has no such form (records, lists, bytes).
    package var plainText: String? {
        switch self {
        case .text(let text): text
        case .int(let number): String(number)
        case .decimal(let number): number.description
        case .float(let number): number.description
        case .bool(let truth): truth ? "true" : "false"
        case .date(let date): date.description
        case .time(let time): time.description
        case .datetime(let moment): moment.description
        case .instant(let moment): moment.description
        case .duration(let length): length.description
        case .json(let text): text
        case .missing, .bytes, .list, .record: nil
        }
    }

    /// Replaces the field at a path of positions; a path that does not exist changes nothing (the checker gives none).
    mutating func set(_ value: Value, at path: ArraySlice<Int>) {
        guard let position = path.first else {
            self = value
            return
        }
        guard case .record(var record) = self, record.fields.indices.contains(position) else { return }
        self = .missing
        record.fields[position].set(value, at: path.dropFirst())
        self = .record(record)
    }
}
