/// How long a connection waits for its server, and a reader between its attempts.
package struct MySQLPatience: Sendable, Hashable {
    /// For connect and greeting.
    package var connectSeconds: UInt32 = 5
    /// For an answer to come, or go on coming: a server behind a black hole is given up after it.
    package var answerSeconds: UInt32 = 30
    /// After the first failure; doubled with each further one.
    package var firstPauseMilliseconds: Int64 = 500
    package var longestPauseMilliseconds: Int64 = 30_000
    /// Between two looks at something that somebody has to mend.
    package var refusedPauseMilliseconds: Int64 = 30_000

    package init() {}
}
