/// The chunk that new entries go to, with all its bodies.
struct OpenChunk {
    let id: UInt64
    private(set) var nextSlot = 0
    /// Each as four bytes of length and the body.
    private(set) var bodies: [UInt8] = []
    private(set) var committedBytes = 0
    private(set) var segments = 0
    private(set) var reservedThisTurn = false
    private var reservedBytes = 0

    init(id: UInt64) { self.id = id }

    func hasRoom(_ bodyBytes: Int) -> Bool {
        nextSlot == 0 || reservedBytes + max(0, min(bodyBytes, Chunk.bodyCapacity)) <= Chunk.bodyCapacity
    }

    var isHalfFull: Bool { nextSlot >= Chunk.capacity / 2 || bodies.count >= Chunk.bodyCapacity / 2 }

    mutating func reserved(_ bodyBytes: Int) {
        nextSlot += 1
        reservedThisTurn = true
        reservedBytes += max(0, min(bodyBytes, Chunk.bodyCapacity)) + 4
    }

    /// - Returns: where the body starts; nil: the chunk's bodies would leave 32 bits.
    mutating func append(_ body: [UInt8]) -> UInt32? { ClosedChunk.append(body, to: &bodies) }

    mutating func committed() {
        if bodies.count > committedBytes { segments += 1 }
        committedBytes = bodies.count
        reservedThisTurn = false
    }
}

/// A chunk that was filled in this turn, until it is committed.
struct ClosedChunk {
    let id: UInt64
    private(set) var bodies: [UInt8]
    let committedBytes: Int
    let segment: Int

    init(_ open: OpenChunk) {
        id = open.id
        bodies = open.bodies
        committedBytes = open.committedBytes
        segment = open.segments
    }

    mutating func append(_ body: [UInt8]) -> UInt32? { Self.append(body, to: &bodies) }

    static func append(_ body: [UInt8], to bodies: inout [UInt8]) -> UInt32? {
        guard let start = UInt32(exactly: bodies.count), let length = UInt32(exactly: body.count) else { return nil }
        withUnsafeBytes(of: length.littleEndian) { bodies.append(contentsOf: $0) }
        bodies.append(contentsOf: body)
        return start
    }
}
