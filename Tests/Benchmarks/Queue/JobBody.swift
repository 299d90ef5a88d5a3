import Glibc

/// What a body holds: who wrote it and as which of its messages, then a pattern with every byte value in it.
struct JobBody {
    static let headerBytes = 16
    static let producersMost = 1_000

    let run: UInt32
    private let pattern: [UInt8]

    init(_ options: Options) {
        run = options.run
        var state: UInt64 = 0x9e37_79b9_7f4a_7c15
        pattern = (0..<options.bodyBytes).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt8(truncatingIfNeeded: state >> 56)
        }
    }

    /// Writes all of it.
    func write(to place: UnsafeMutableRawPointer, producer: UInt32) {
        pattern.withUnsafeBytes { place.copyMemory(from: $0.baseAddress!, byteCount: $0.count) }
        place.storeBytes(of: run, toByteOffset: 0, as: UInt32.self)
        place.storeBytes(of: producer, toByteOffset: 4, as: UInt32.self)
        Self.number(place, 0)
    }

    static func number(_ place: UnsafeMutableRawPointer, _ sequence: Int) {
        place.storeBytes(of: UInt64(sequence), toByteOffset: 8, as: UInt64.self)
    }

    /// - Returns: who wrote it and its number; nil: it is another run's.
    func read(_ bytes: UnsafeRawBufferPointer) throws -> (producer: Int, sequence: Int)? {
        let rest = pattern.count - Self.headerBytes
        let isIntact = pattern.withUnsafeBytes { pattern in
            bytes.count == pattern.count
                && memcmp(bytes.baseAddress! + Self.headerBytes, pattern.baseAddress! + Self.headerBytes, rest) == 0
        }
        guard isIntact else { throw Trouble("a body of \(bytes.count) bytes is not as it was sent") }
        guard bytes.loadUnaligned(fromByteOffset: 0, as: UInt32.self) == run else { return nil }
        let producer = bytes.loadUnaligned(fromByteOffset: 4, as: UInt32.self)
        let sequence = bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
        guard producer < Self.producersMost, sequence < 1 << 32 else { throw Trouble("a body that nobody sent") }
        return (Int(producer), Int(sequence))
    }
}

/// Which messages have come.
final class Received {
    private(set) var count = 0
    private(set) var foreign = 0
    private let body: JobBody
    private var seen: [[UInt64]] = []

    init(_ body: JobBody) { self.body = body }

    /// - Parameter order: the last number of each producer that this consumer got; grows as needed.
    func take(_ bytes: UnsafeRawBufferPointer, order: inout [Int]) throws {
        guard let (producer, sequence) = try body.read(bytes) else {
            foreign += 1
            return
        }
        while seen.count <= producer { seen.append([]) }
        let word = sequence >> 6
        if word >= seen[producer].count {
            seen[producer] += [UInt64](repeating: 0, count: max(1024, word + 1 - seen[producer].count))
        }
        let bit: UInt64 = 1 << UInt64(sequence & 63)
        guard seen[producer][word] & bit == 0 else {
            throw Trouble("message \(sequence) of producer \(producer) came twice")
        }
        seen[producer][word] |= bit
        count += 1
        while order.count <= producer { order.append(-1) }
        guard order[producer] < sequence else {
            throw Trouble("message \(sequence) of producer \(producer) came after \(order[producer])")
        }
        order[producer] = sequence
    }
}
