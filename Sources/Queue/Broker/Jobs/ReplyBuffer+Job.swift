import Store

extension ReplyBuffer {
    /// `*3` of queue, id and body; with counters `*7`, which adds their names and values.
    mutating func job(_ content: JobContent, in queue: BrokerQueue, counters: JobHead?) {
        let start = bytes.count
        reserve(queue.replyHead.count + JobIDCipher.length + content.body.count + 96)
        queue.replyHead.withUnsafeBytes { raw($0) }
        if counters != nil { bytes[start + 1] = UInt8(ascii: "7") }
        raw(content.id)
        raw("\r\n")
        bulk(content.body)
        guard let counters else { return }
        raw("$5\r\nnacks\r\n")
        integer(Int64(counters.nacks))
        raw("$21\r\nadditional-deliveries\r\n")
        integer(Int64(counters.additionalDeliveries))
    }

    /// Writes an array whose length is known only when its elements have been written.
    /// - Parameters:
    ///   - expected: a good guess; a wrong one costs a move of the elements.
    ///   - write: returns how many it wrote.
    mutating func array(expecting expected: Int, _ write: (inout ReplyBuffer) -> Int) -> Int {
        let start = bytes.count
        array(expected)
        let end = bytes.count
        let count = write(&self)
        if count != expected {
            var head = ReplyBuffer()
            head.array(count)
            bytes.replaceSubrange(start..<end, with: head.bytes)
        }
        return count
    }
}
