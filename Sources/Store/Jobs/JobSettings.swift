/// How much of the jobs lies in memory and in the log. A number is a default.
package struct JobSettings: Sendable, Hashable {
    /// Bytes of facts that a start may have to read again. Longer, and more jobs end before they are written a second
    /// time.
    package var logBytes = 16 * 1024 * 1024
    /// Rows of facts that a start may have to read again: small turns make many.
    package var logRows = 50_000
    /// Bodies in memory, beside those that lie in the log only.
    package var bodyBytes = 20 * 1024 * 1024
    /// Heads in memory, 32 bytes a job.
    package var headBytes = 12 * 1024 * 1024
    /// Bytes of images that a turn writes when the log is too long.
    package var imageBytes = 256 * 1024
    /// Bytes of bodies that a chunk must grow by in a turn for them to go straight to their place in the file; fewer go
    /// with the turn's facts.
    package var segmentBytes = 64 * 1024
    /// A chunk takes no more jobs when its bodies reach this.
    package var chunkBytes = 320 * 1024

    package init() {}
}
