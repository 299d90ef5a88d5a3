/// Requests as the wire has them.
enum Request {
    static func words(_ words: [String]) -> [UInt8] {
        var bytes = Array("*\(words.count)\r\n".utf8)
        for word in words { bytes += Array("$\(word.utf8.count)\r\n\(word)\r\n".utf8) }
        return bytes
    }

    /// ADDJOB with a body still to be filled in.
    /// - Returns: the request and where its body begins.
    static func addJob(_ options: Options) -> (bytes: [UInt8], body: Int) {
        let head = words(["ADDJOB", options.queue])
        let tail = words(["0", "RETRY", "\(options.retrySeconds)"])
        var bytes = Array("*6\r\n".utf8) + head.dropFirst(4) + Array("$\(options.bodyBytes)\r\n".utf8)
        let body = bytes.count
        bytes += [UInt8](repeating: 0, count: options.bodyBytes) + [13, 10] + tail.dropFirst(4)
        return (bytes, body)
    }

    /// GETJOB that waits a second, so that a consumer costs nothing while there is nothing, and a stop is seen.
    static func getJob(_ options: Options, waits: Bool) -> [UInt8] {
        var asked = ["GETJOB"]
        asked += waits ? ["TIMEOUT", "1000"] : ["NOHANG"]
        if options.fetch > 1 { asked += ["COUNT", "\(options.fetch)"] }
        return words(asked + ["FROM", options.queue])
    }
}
