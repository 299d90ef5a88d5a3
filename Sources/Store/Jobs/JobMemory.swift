/// What the jobs of a store hold in memory and did so far: for metrics and tests.
package struct JobMemory: Sendable, Hashable, CustomStringConvertible {
    package let headBytes: Int
    package let bodyBytes: Int
    package let logBytes: Int
    package let logRows: Int
    package let chunks: Int
    /// Chunks whose heads, and whose bodies, were read from the file since the start.
    package let headReads: Int
    package let bodyReads: Int
    /// Images written since the start.
    package let images: Int

    package var description: String {
        "heads \(headBytes >> 10) KB, bodies \(bodyBytes >> 10) KB, log \(logBytes >> 10) KB in \(logRows) rows, "
            + "\(chunks) chunks; read \(headReads) heads, \(bodyReads) bodies; wrote \(images) images"
    }
}

extension SQLiteStore {
    package var jobMemory: JobMemory {
        JobMemory(
            headBytes: jobStorage.headBytes, bodyBytes: jobStorage.bodyBytes, logBytes: jobStorage.logBytes,
            logRows: jobStorage.log.count, chunks: jobStorage.chunks.count, headReads: jobStorage.headReads,
            bodyReads: jobStorage.bodyReads, images: jobStorage.images)
    }
}
