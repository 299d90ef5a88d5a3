package import Message

/// The body of `as json`.
package enum JSONBody {
    package static func render(_ value: Value) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(512)
        JSONText.append(value, to: &bytes)
        return bytes
    }
}
