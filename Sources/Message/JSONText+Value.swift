extension JSONText {
    /// Appends a value as JSON, exactly as it is.
    ///
    /// Decimals keep their digits and integers all of theirs; a float is the shortest text that reads back as the same
    /// (`null` where it is no number); bytes are base64; dates, times, instants and durations are ISO 8601 texts;
    /// JSON columns go out as they came in. A missing value is `null`, also as a field of a record.
    package static func append(_ value: Value, to bytes: inout [UInt8]) {
        switch value {
        case .missing: bytes.append(contentsOf: "null".utf8)
        case .bool(let flag): bytes.append(contentsOf: flag ? "true".utf8 : "false".utf8)
        case .int(let number): DecimalDigits.append(number, to: &bytes)
        case .decimal(let number): number.append(to: &bytes)
        case .float(let number): append(float: number, to: &bytes)
        case .text(let text): append(string: text, to: &bytes)
        case .bytes(let block): quoted(&bytes) { Base64.append(block, to: &$0) }
        case .date(let date): quoted(&bytes) { date.append(to: &$0) }
        case .time(let time): quoted(&bytes) { time.append(to: &$0) }
        case .datetime(let datetime): quoted(&bytes) { datetime.append(to: &$0) }
        case .instant(let instant): quoted(&bytes) { instant.append(to: &$0) }
        case .duration(let length): quoted(&bytes) { length.append(to: &$0) }
        case .json(let document): bytes.append(contentsOf: document.utf8)
        case .list(let items): append(list: items, to: &bytes)
        case .record(let record): append(record: record, to: &bytes)
        }
    }

    private static func append(list items: [Value], to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "["))
        for index in items.indices {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            append(items[index], to: &bytes)
        }
        bytes.append(UInt8(ascii: "]"))
    }

    private static func append(record: Record, to bytes: inout [UInt8]) {
        let keys = record.shape.jsonKeys
        bytes.append(UInt8(ascii: "{"))
        for index in record.fields.indices where index < keys.count {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            bytes.append(contentsOf: keys[index])
            append(record.fields[index], to: &bytes)
        }
        bytes.append(UInt8(ascii: "}"))
    }

    private static func append(float number: Double, to bytes: inout [UInt8]) {
        guard number.isFinite else {
            bytes.append(contentsOf: "null".utf8)
            return
        }
        bytes.append(contentsOf: number.description.utf8)
    }

    @inline(__always)
    private static func quoted(_ bytes: inout [UInt8], _ write: (inout [UInt8]) -> Void) {
        bytes.append(UInt8(ascii: "\""))
        write(&bytes)
        bytes.append(UInt8(ascii: "\""))
    }
}
