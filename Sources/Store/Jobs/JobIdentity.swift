import Message

/// What a node is known by and what it seals job ids with; made with the store.
package struct JobIdentity: Sendable, Hashable {
    /// 40 hexadecimal digits.
    package var nodeID: [UInt8]
    /// 16 bytes.
    package var idKey: [UInt8]

    /// - Parameter random: the system's generator, or a seeded one in tests.
    package init(using random: inout some RandomNumberGenerator) {
        nodeID = Self.newNodeID(using: &random)
        idKey = Self.bytes(16, using: &random)
    }

    init(nodeID: [UInt8], idKey: [UInt8]) {
        self.nodeID = nodeID
        self.idKey = idKey
    }

    static func newNodeID(using random: inout some RandomNumberGenerator) -> [UInt8] {
        let digits = Array("0123456789abcdef".utf8)
        return bytes(20, using: &random).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
    }

    private static func bytes(_ count: Int, using random: inout some RandomNumberGenerator) -> [UInt8] {
        (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &random) }
    }
}
