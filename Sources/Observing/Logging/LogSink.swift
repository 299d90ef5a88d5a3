/// Where finished lines go. `append` is called from any thread and must return at once.
package protocol LogSink: Sendable {
    func append(_ line: [UInt8])
    /// Returns when everything that was appended before is written, or cannot be.
    func flush()
}
