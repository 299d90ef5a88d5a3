/// Limits and times of the admin server.
package struct ServerSettings: Sendable {
    package var limits = RequestHead.Limits()
    /// Connections at a time, whatever they do; one more is closed at once.
    package var connections = 2_048
    /// From the first byte possible to the end of the head.
    package var headMilliseconds: Int64 = 10_000
    /// From the head to the end of the body.
    package var bodyMilliseconds: Int64 = 10_000
    /// From the answer to its last byte.
    package var answerMilliseconds: Int64 = 30_000
    /// Commands that wait for a worker; one more is answered 503.
    package var waitingCommands = 64
    package var workers = 2
    package var badTokensPerMinute = 100
    package init() {}
}
