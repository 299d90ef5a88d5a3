import CLinux
import Glibc

/// Adds jobs with up to `window` requests without an answer. The requests lie in a ring, ready to be sent; only the
/// message's number changes.
final class Producer: Peer {
    let connection: Connection
    private let ring: UnsafeMutableRawPointer
    private let requestBytes: Int
    private let bodyOffset: Int
    private let window: Int
    private let sentAt: UnsafeMutablePointer<Int>
    private(set) var wantsWrite = false
    /// Messages to send in all; lowered to stop.
    private(set) var limit: Int
    private var prepared = 0
    private var writtenBytes = 0
    private(set) var acknowledged = 0
    let latency: LatencyHistogram

    init(_ number: Int, _ options: Options, _ body: JobBody, limit: Int, latency: LatencyHistogram) throws {
        connection = try Connection(to: options)
        connection.stopBlocking()
        let request = Request.addJob(options)
        requestBytes = request.bytes.count
        bodyOffset = request.body
        window = options.window
        self.limit = limit
        self.latency = latency
        sentAt = .allocate(capacity: window)
        sentAt.initialize(repeating: 0, count: window)
        ring = .allocate(byteCount: requestBytes * window, alignment: 16)
        for slot in 0..<window {
            let place = ring + slot * requestBytes
            request.bytes.withUnsafeBytes { place.copyMemory(from: $0.baseAddress!, byteCount: $0.count) }
            body.write(to: place + bodyOffset, producer: UInt32(number))
        }
    }

    deinit {
        ring.deallocate()
        sentAt.deallocate()
    }

    func stop() { limit = prepared }

    /// Lets it send until so many are sent.
    func raise(to limit: Int, at time: Int) throws {
        guard limit > self.limit else { return }
        self.limit = limit
        try fill(at: time)
    }

    var isDone: Bool { acknowledged == limit }

    func begin(at time: Int) throws { try fill(at: time) }

    func ready(_ events: UInt32, at time: Int) throws {
        if events & EPOLLOUT.rawValue != 0 { try write() }
        guard events & ~EPOLLOUT.rawValue != 0 else { return }
        try connection.receive()
        let before = acknowledged
        while try connection.readStatus() != nil {
            guard acknowledged < prepared else { throw Trouble("more answers than requests") }
            latency.record(time - sentAt[acknowledged % window])
            acknowledged += 1
        }
        if acknowledged > before { try fill(at: nanosecondsNow()) }
    }

    private func fill(at time: Int) throws {
        while prepared < limit, prepared - acknowledged < window {
            let slot = prepared % window
            JobBody.number(ring + slot * requestBytes + bodyOffset, prepared)
            sentAt[slot] = time
            prepared += 1
        }
        try write()
    }

    private func write() throws {
        let ringBytes = requestBytes * window
        while writtenBytes < prepared * requestBytes {
            let place = writtenBytes % ringBytes
            let count = min(prepared * requestBytes - writtenBytes, ringBytes - place)
            let sent = try connection.send(ring + place, count)
            writtenBytes += sent
            if sent < count {
                wantsWrite = true
                return
            }
        }
        wantsWrite = false
    }
}
