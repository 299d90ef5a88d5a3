package import Connecting
package import Message

/// How far a source has been read: what is stored in the commit that admits its rows.
package struct PollingPosition: Sendable, Hashable {
    /// Every row up to here has been handed on, except in the gaps; nil: before the first row.
    package var cursor: RowIdentity?
    /// Where reading began; the sweep never goes below it.
    package var origin: RowIdentity?
    package var gaps = GapList()
    package var marks = ReadMarks()
    package var serverUUID = ""
    /// Ids up to here may have been admitted from a server that is gone: they are compared by content.
    package var failoverThrough: Int64?
    package var lastSweepWallMilliseconds: Int64 = 0
    /// Gaps that were forgotten because there were too many; only the sweep still sees them.
    package var gapsForgotten: UInt64 = 0

    package init() {}
}

extension PollingPosition {
    private static let version: UInt8 = 1

    package var encoded: [UInt8] {
        var writer = ByteWriter(reserving: 64 + gaps.ranges.count * 4 + marks.marks.count * 8)
        writer.write(Self.version)
        Self.write(cursor, to: &writer)
        Self.write(origin, to: &writer)
        writer.write(serverUUID)
        Self.write(failoverThrough.map(RowIdentity.int), to: &writer)
        writer.write(lastSweepWallMilliseconds)
        writer.writeVariable(gapsForgotten)
        writer.writeVariable(UInt64(gaps.ranges.count))
        var previous: Int64 = 0
        for range in gaps.ranges {
            writer.writeVariable(UInt64(bitPattern: range.lowerBound &- previous))
            writer.writeVariable(UInt64(bitPattern: range.upperBound &- range.lowerBound))
            previous = range.upperBound
        }
        writer.writeVariable(UInt64(marks.marks.count))
        for mark in marks.marks {
            writer.write(mark.wallMilliseconds)
            Self.write(mark.cursor, to: &writer)
        }
        return writer.bytes
    }

    package init(decoding bytes: [UInt8]) throws(ByteDecodingError) {
        var reader = ByteReader(bytes)
        guard try reader.read(UInt8.self) == Self.version else {
            throw ByteDecodingError(offset: 0, expected: "a position of version \(Self.version)")
        }
        cursor = try Self.readIdentity(&reader)
        origin = try Self.readIdentity(&reader)
        serverUUID = try reader.readText()
        if case .int(let id)? = try Self.readIdentity(&reader) { failoverThrough = id }
        lastSweepWallMilliseconds = try reader.read()
        gapsForgotten = try reader.readVariable()
        try readGaps(&reader)
        var list: [ReadMarks.Mark] = []
        for _ in 0..<(try reader.readVariable()) {
            let wall: Int64 = try reader.read()
            list.append(ReadMarks.Mark(wallMilliseconds: wall, cursor: try Self.readIdentity(&reader)))
        }
        marks = ReadMarks(list)
    }

    private mutating func readGaps(_ reader: inout ByteReader) throws(ByteDecodingError) {
        var previous: Int64 = 0
        for _ in 0..<(try reader.readVariable()) {
            let low = previous &+ Int64(bitPattern: try reader.readVariable())
            let high = low &+ Int64(bitPattern: try reader.readVariable())
            guard low <= high else { throw ByteDecodingError(offset: reader.offset, expected: "a range of ids") }
            gaps.open(low...high)
            previous = high
        }
    }

    private static func write(_ identity: RowIdentity?, to writer: inout ByteWriter) {
        switch identity {
        case nil: writer.write(UInt8(0))
        case .int(let id)?:
            writer.write(UInt8(1))
            writer.write(id)
        case .bytes(let bytes)?:
            writer.write(UInt8(2))
            writer.write(bytes)
        }
    }

    private static func readIdentity(_ reader: inout ByteReader) throws(ByteDecodingError) -> RowIdentity? {
        switch try reader.read(UInt8.self) {
        case 0: return nil
        case 1: return .int(try reader.read())
        case 2: return .bytes(Array(try reader.readBlock()))
        default: throw ByteDecodingError(offset: reader.offset, expected: "a key")
        }
    }
}
