/// How a value lies in stored bytes: a tag, then what the tag says. Numbers are little-endian.
///
/// A tag never changes its meaning; new ones get new numbers.
private enum ValueTag: UInt8 {
    case missing = 0
    case no = 1
    case yes = 2
    /// Zigzag LEB128.
    case smallInt = 3
    /// 16 bytes.
    case wideInt = 4
    /// Scale (a byte), mantissa in zigzag LEB128.
    case smallDecimal = 5
    /// Scale (a byte), 16 bytes.
    case wideDecimal = 6
    /// IEEE 754, 8 bytes.
    case float = 7
    /// Length in LEB128 and the bytes; also bytes and json.
    case text = 8
    case bytes = 9
    /// Days since 1970-01-01, zigzag LEB128.
    case date = 10
    /// Microseconds, zigzag LEB128; also datetime, instant, duration.
    case time = 11
    case datetime = 12
    case instant = 13
    case duration = 14
    case json = 15
    /// Count in LEB128 and the items.
    case list = 16
    /// Number of the shape in LEB128 and as many values as it has names.
    case knownRecord = 17
    /// Count in LEB128, as many names as texts, as many values.
    case namedRecord = 18
}

extension ByteWriter {
    /// Writes a value; records of a shape that the table knows carry its number only.
    package mutating func write(_ value: Value, shapes: ShapeTable) {
        switch value {
        case .missing: put(.missing)
        case .bool(let flag): put(flag ? .yes : .no)
        case .int(let number): write(.smallInt, or: .wideInt, scale: nil, number)
        case .decimal(let number):
            write(.smallDecimal, or: .wideDecimal, scale: UInt8(number.scale), number.mantissa)
        case .float(let number):
            put(.float)
            write(number.bitPattern)
        case .text(let text):
            put(.text)
            write(text)
        case .bytes(let block):
            put(.bytes)
            write(block)
        case .date(let date): write(.date, date.daysSinceEpoch)
        case .time(let time): write(.time, time.microseconds)
        case .datetime(let datetime): write(.datetime, datetime.microsecondsSinceEpoch)
        case .instant(let instant): write(.instant, instant.microseconds)
        case .duration(let length): write(.duration, length.count)
        case .json(let document):
            put(.json)
            write(document)
        case .list(let items):
            put(.list)
            writeVariable(UInt64(items.count))
            for item in items { write(item, shapes: shapes) }
        case .record(let record): write(record, shapes: shapes)
        }
    }

    private mutating func write(_ record: Record, shapes: ShapeTable) {
        if let number = shapes.number(of: record.shape) {
            put(.knownRecord)
            writeVariable(UInt64(number))
        } else {
            put(.namedRecord)
            writeVariable(UInt64(record.shape.names.count))
            for name in record.shape.names { write(name) }
        }
        for field in record.fields { write(field, shapes: shapes) }
    }

    private mutating func put(_ tag: ValueTag) { bytes.append(tag.rawValue) }

    private mutating func write(_ tag: ValueTag, _ number: Int64) {
        put(tag)
        writeVariable(zigzag(number))
    }

    private mutating func write(_ small: ValueTag, or wide: ValueTag, scale: UInt8?, _ number: Int128) {
        if let narrow = Int64(exactly: number) {
            put(small)
            if let scale { bytes.append(scale) }
            writeVariable(zigzag(narrow))
        } else {
            put(wide)
            if let scale { bytes.append(scale) }
            write(number)
        }
    }

    private func zigzag(_ number: Int64) -> UInt64 { UInt64(bitPattern: (number << 1) ^ (number >> 63)) }
}

extension ByteReader {
    /// Values within values beyond this many are taken for damage.
    package static let depthLimit = 256

    /// Reads what `ByteWriter.write(_:shapes:)` wrote with the same table.
    package mutating func readValue(shapes: ShapeTable) throws(ByteDecodingError) -> Value {
        let start = offset
        let (result, taken) = bytes[start...].withUnsafeBytes { raw in
            var cursor = ValueCursor(raw: raw, base: start, shapes: shapes)
            return (cursor.result(), cursor.index)
        }
        offset = start + taken
        return try result.get()
    }
}

/// Walks over stored values; checks every length against what is left before it allocates.
private struct ValueCursor {
    let raw: UnsafeRawBufferPointer
    /// Where `raw` begins in the reader's bytes, for errors.
    let base: Int
    let shapes: ShapeTable
    var index = 0

    mutating func result() -> Result<Value, ByteDecodingError> {
        do throws(ByteDecodingError) {
            return .success(try value(depth: 0))
        } catch {
            return .failure(error)
        }
    }

    private mutating func value(depth: Int) throws(ByteDecodingError) -> Value {
        guard index < raw.count, let tag = ValueTag(rawValue: raw[index]) else { throw damaged("the tag of a value") }
        guard depth <= ByteReader.depthLimit else { throw damaged("at most \(ByteReader.depthLimit) levels") }
        index += 1
        switch tag {
        case .missing: return .missing
        case .no: return .bool(false)
        case .yes: return .bool(true)
        case .smallInt: return .int(Int128(try signed()))
        case .wideInt: return .int(try fixed(Int128.self))
        case .smallDecimal:
            let scale = try scale()
            return .decimal(ExactDecimal(mantissa: Int128(try signed()), scale: scale))
        case .wideDecimal:
            let scale = try scale()
            return .decimal(ExactDecimal(mantissa: try fixed(Int128.self), scale: scale))
        case .float: return .float(Double(bitPattern: try fixed(UInt64.self)))
        case .text: return .text(try text())
        case .bytes: return .bytes(Array(try block()))
        case .date: return .date(LocalDate(daysSinceEpoch: try signed()))
        case .time: return .time(LocalTime(microseconds: try signed()))
        case .datetime: return .datetime(LocalDateTime(microsecondsSinceEpoch: try signed()))
        case .instant: return .instant(Instant(microseconds: try signed()))
        case .duration: return .duration(Microseconds(try signed()))
        case .json: return .json(try text())
        case .list: return .list(try values(count(), depth: depth + 1))
        case .knownRecord: return .record(try knownRecord(depth: depth + 1))
        case .namedRecord: return .record(try namedRecord(depth: depth + 1))
        }
    }

    private mutating func knownRecord(depth: Int) throws(ByteDecodingError) -> Record {
        let number = try variable()
        guard number < UInt64(shapes.shapes.count) else { throw damaged("the number of a shape of this plan") }
        let shape = shapes.shapes[Int(number)]
        guard shape.names.count <= raw.count - index else { throw damaged("\(shape.names.count) fields") }
        return Record(shape: shape, fields: try values(shape.names.count, depth: depth))
    }

    private mutating func namedRecord(depth: Int) throws(ByteDecodingError) -> Record {
        let count = try count()
        var names: [String] = []
        names.reserveCapacity(count)
        for _ in 0..<count { names.append(try text()) }
        guard count <= raw.count - index else { throw damaged("\(count) fields") }
        return Record(shape: Shape(names: names), fields: try values(count, depth: depth))
    }

    private mutating func values(_ count: Int, depth: Int) throws(ByteDecodingError) -> [Value] {
        var items: [Value] = []
        items.reserveCapacity(count)
        for _ in 0..<count { items.append(try value(depth: depth)) }
        return items
    }

    /// A count of things that take a byte each at least.
    private mutating func count() throws(ByteDecodingError) -> Int {
        let count = try variable()
        guard count <= UInt64(raw.count - index) else { throw damaged("\(count) items") }
        return Int(count)
    }

    private mutating func scale() throws(ByteDecodingError) -> Int {
        guard index < raw.count, raw[index] <= 38 else { throw damaged("a scale of 0 to 38") }
        index += 1
        return Int(raw[index - 1])
    }

    private mutating func signed() throws(ByteDecodingError) -> Int64 {
        let number = try variable()
        return Int64(bitPattern: number >> 1) ^ -Int64(bitPattern: number & 1)
    }

    private mutating func variable() throws(ByteDecodingError) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while index < raw.count, shift < 64 {
            let byte = raw[index]
            index += 1
            value |= UInt64(byte & 0x7f) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
        throw damaged("a variable-length number")
    }

    private mutating func fixed<T: FixedWidthInteger>(_ type: T.Type) throws(ByteDecodingError) -> T {
        guard raw.count - index >= MemoryLayout<T>.size else { throw damaged("\(type)") }
        defer { index += MemoryLayout<T>.size }
        var value: T = 0
        withUnsafeMutableBytes(of: &value) { target in
            target.copyMemory(from: UnsafeRawBufferPointer(rebasing: raw[index..<index + MemoryLayout<T>.size]))
        }
        return T(littleEndian: value)
    }

    private mutating func block() throws(ByteDecodingError) -> UnsafeRawBufferPointer {
        let count = try count()
        defer { index += count }
        return UnsafeRawBufferPointer(rebasing: raw[index..<index + count])
    }

    private mutating func text() throws(ByteDecodingError) -> String {
        let block = try block()
        guard let text = String(utf8: block) else { throw damaged("UTF-8 text") }
        return text
    }

    private func damaged(_ expected: String) -> ByteDecodingError {
        ByteDecodingError(offset: base + index, expected: expected)
    }
}
