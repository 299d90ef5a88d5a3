/// Memory of chunks that ended, for those to come: the busiest sizes are neither asked of the system nor given back.
struct MemoryPool {
    private var heads: [UnsafeMutableRawPointer] = []
    private var bodies: [UnsafeMutableRawPointer] = []
    /// Size of the larger kind.
    let bodyBytes: Int
    private static let mostHeads = 32
    private static let mostBodies = 8

    init(bodyBytes: Int) { self.bodyBytes = bodyBytes }

    /// The size that is taken for `bytes`, so that memory which is given back fits the next.
    func rounded(_ bytes: Int) -> Int {
        if bytes > bodyBytes / 4 * 3, bytes <= bodyBytes { return bodyBytes }
        return bytes < 8192 ? bytes : (bytes + 8191) & ~8191
    }

    mutating func take(_ bytes: Int) -> UnsafeMutableRawPointer {
        if bytes == JobChunk.fullHeads, let memory = heads.popLast() { return memory }
        if bytes == bodyBytes, let memory = bodies.popLast() { return memory }
        return .allocate(byteCount: max(1, bytes), alignment: 16)
    }

    mutating func give(_ memory: UnsafeMutableRawPointer, bytes: Int) {
        if bytes == JobChunk.fullHeads, heads.count < Self.mostHeads {
            heads.append(memory)
        } else if bytes == bodyBytes, bodies.count < Self.mostBodies {
            bodies.append(memory)
        } else {
            memory.deallocate()
        }
    }

    mutating func removeAll() {
        for memory in heads + bodies { memory.deallocate() }
        heads = []
        bodies = []
    }
}
