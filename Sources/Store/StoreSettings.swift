/// What can be chosen about a store. A number is a default.
package struct StoreSettings: Sendable, Hashable {
    /// Keys held in memory (56 bytes each) before they are written out as a sorted table with a filter.
    package var recentKeys = 262_144
    /// How long final words and delivery marks are kept by id (`--keep-audit`). Counts are kept for ever.
    package var keepAuditDays = 30
    /// How long rows are known by identity: longer than the sweep reads back and than the audit asks.
    package var keepSeenDays = 60
    /// Given up when the disk is full, so that the turn under way can be committed. 0: none.
    package var ballastBytes = 16 * 1024 * 1024
    /// Pages of the write-ahead log that are moved into the file in one go: more is faster, and longer each time.
    package var checkpointPages = 250

    /// Of a new store; 512 to 65,536, a power of two. Against 4 KB, turns of 500 messages cost a fifth less, and a
    /// lone message costs the same.
    package var pageBytes = 8192

    package var jobs = JobSettings()

    package init() {}
}
