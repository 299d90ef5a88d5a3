import Glibc

/// A socket with what it has received. Replies are read in place: `read…` gives nil, and takes nothing, where one is
/// not yet whole.
final class Connection {
    let descriptor: Int32
    private var input: UnsafeMutableRawPointer
    private var capacity: Int
    private var start = 0
    private var end = 0

    /// Connects and, with a password, says it.
    init(to options: Options) throws {
        guard let descriptor = try options.address.connect() else { throw Trouble("nobody listens there") }
        self.descriptor = descriptor
        capacity = 1 << 16
        input = .allocate(byteCount: capacity, alignment: 16)
        if let password = options.password {
            try sendAll(Request.words(["AUTH", password]))
            while try readStatus() == nil { try receive() }
        }
    }

    deinit {
        close(descriptor)
        input.deallocate()
    }

    func stopBlocking() { _ = fcntl(descriptor, F_SETFL, O_NONBLOCK) }

    // MARK: Sending

    /// - Returns: how many bytes the socket took; 0 where it takes none for now.
    func send(_ bytes: UnsafeRawPointer, _ count: Int) throws -> Int {
        let sent = Glibc.send(descriptor, bytes, count, Int32(MSG_NOSIGNAL))
        if sent >= 0 { return sent }
        if errno == EAGAIN || errno == EINTR { return 0 }
        throw Trouble("the server is gone (write: errno \(errno))")
    }

    /// Of a blocking socket.
    func sendAll(_ bytes: [UInt8]) throws {
        try bytes.withUnsafeBytes {
            var done = 0
            while done < $0.count { done += try send($0.baseAddress! + done, $0.count - done) }
        }
    }

    // MARK: Receiving

    /// Reads once.
    func receive() throws {
        if start == end { (start, end) = (0, 0) }
        if end == capacity { makeRoom() }
        let count = recv(descriptor, input + end, capacity - end, 0)
        if count > 0 {
            end += count
        } else if count == 0 {
            throw Trouble("the server closed the connection")
        } else if errno != EAGAIN, errno != EINTR {
            throw Trouble("the server is gone (read: errno \(errno))")
        }
    }

    private func makeRoom() {
        if start > capacity / 2 {
            memmove(input, input + start, end - start)
        } else {
            let larger = UnsafeMutableRawPointer.allocate(byteCount: capacity * 2, alignment: 16)
            larger.copyMemory(from: input + start, byteCount: end - start)
            input.deallocate()
            (input, capacity) = (larger, capacity * 2)
        }
        (start, end) = (0, end - start)
    }

    /// A line of the given kind that starts at `position`, as its number.
    /// - Returns: the number and where the next line begins.
    private func number(_ kind: UInt8, at position: Int) throws -> (value: Int, next: Int)? {
        guard position < end, let last = memchr(input + position, 10, end - position) else { return nil }
        let length = UnsafeRawPointer(last) - UnsafeRawPointer(input + position)
        guard input.load(fromByteOffset: position, as: UInt8.self) == kind else {
            let line = UnsafeRawBufferPointer(start: input + position, count: length - 1)
            throw Trouble("the server answered \(String(decoding: line, as: UTF8.self))")
        }
        var (value, sign) = (0, 1)
        for offset in 1..<max(1, length - 1) {
            let byte = input.load(fromByteOffset: position + offset, as: UInt8.self)
            if byte == UInt8(ascii: "-") { sign = -1 } else { value = value &* 10 &+ Int(byte &- 48) }
        }
        return (value &* sign, position + length + 1)
    }

    /// `:n`
    func readInteger() throws -> Int? {
        guard let line = try number(UInt8(ascii: ":"), at: start) else { return nil }
        start = line.next
        return line.value
    }

    /// `*n`; -1 for the null array.
    func readArray() throws -> Int? {
        guard let line = try number(UInt8(ascii: "*"), at: start) else { return nil }
        start = line.next
        return line.value
    }

    /// `+text`
    /// - Returns: bytes of the text, valid until the next `receive`.
    func readStatus() throws -> UnsafeRawBufferPointer? {
        guard let line = try number(UInt8(ascii: "+"), at: start) else { return nil }
        defer { start = line.next }
        return UnsafeRawBufferPointer(start: input + start + 1, count: line.next - start - 3)
    }

    /// A job of GETJOB's reply, valid until the next `receive`.
    struct Job {
        /// The id as a bulk string, with header and line end: as ACKJOB wants it.
        let id: UnsafeRawBufferPointer
        let body: UnsafeRawBufferPointer
    }

    /// `*3 $queue $id $body`
    func readJob() throws -> Job? {
        guard let array = try number(UInt8(ascii: "*"), at: start) else { return nil }
        guard array.value == 3 else { throw Trouble("a job of \(array.value) parts") }
        guard let queue = try bulk(at: array.next), let id = try bulk(at: queue.next),
            let body = try bulk(at: id.next)
        else { return nil }
        start = body.next
        return Job(
            id: UnsafeRawBufferPointer(start: input + queue.next, count: id.next - queue.next),
            body: UnsafeRawBufferPointer(start: input + body.content, count: body.next - 2 - body.content))
    }

    private func bulk(at position: Int) throws -> (content: Int, next: Int)? {
        guard let header = try number(UInt8(ascii: "$"), at: position) else { return nil }
        guard header.value >= 0 else { throw Trouble("a null in a job") }
        let next = header.next + header.value + 2
        return next <= end ? (header.next, next) : nil
    }
}
