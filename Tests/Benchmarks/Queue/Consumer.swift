import CLinux
import Glibc

/// Gets jobs and, when it has them, acknowledges all of them with one request, and asks again when that is answered, or
/// at once.
final class Consumer: Peer {
    let connection: Connection
    private let getRequest: [UInt8]
    private let received: Received
    private var order: [Int] = []
    /// Room for the head of an ACKJOB, then ids.
    private let acknowledgement: UnsafeMutableRawPointer
    private var acknowledgementEnd = Consumer.headRoom
    private let capacity: Int
    private var jobs = 0
    private var missing = 0
    private var unsent: UnsafeRawBufferPointer
    private var isStopping = false
    private let endsWhenEmpty: Bool
    private let goesOnAtOnce: Bool
    private var hasAsked = false
    private static let headRoom = 32

    private enum Waiting { case jobs, restOfJobs, acknowledgement, nothing }
    private var waiting = Waiting.nothing
    private(set) var acknowledged = 0

    init(_ options: Options, _ received: Received, endsWhenEmpty: Bool) throws {
        connection = try Connection(to: options)
        connection.stopBlocking()
        self.received = received
        self.endsWhenEmpty = endsWhenEmpty
        goesOnAtOnce = options.goesOnAtOnce
        getRequest = Request.getJob(options, waits: !endsWhenEmpty)
        capacity = Self.headRoom + options.fetch * 128 + getRequest.count
        acknowledgement = .allocate(byteCount: capacity, alignment: 16)
        unsent = UnsafeRawBufferPointer(start: nil, count: 0)
    }

    deinit { acknowledgement.deallocate() }

    func stop() { isStopping = true }
    var isDone: Bool { waiting == .nothing }
    var wantsWrite: Bool { !unsent.isEmpty }

    func begin(at time: Int) throws { try get() }

    func ready(_ events: UInt32, at time: Int) throws {
        if events & EPOLLOUT.rawValue != 0 { try write() }
        guard events & ~EPOLLOUT.rawValue != 0 else { return }
        try connection.receive()
        try readOn()
    }

    private func readOn() throws {
        switch waiting {
        case .jobs:
            guard let count = try connection.readArray() else { return }
            guard count > 0 else {
                if !endsWhenEmpty, !isStopping { try get() } else { waiting = .nothing }
                return
            }
            (missing, jobs, acknowledgementEnd, waiting) = (count, 0, Self.headRoom, .restOfJobs)
            try readOn()
        case .restOfJobs:
            while missing > 0 {
                guard let job = try connection.readJob() else { return }
                try received.take(job.body, order: &order)
                guard acknowledgementEnd + job.id.count + getRequest.count <= capacity else {
                    throw Trouble("more jobs than asked for")
                }
                (acknowledgement + acknowledgementEnd).copyMemory(from: job.id.baseAddress!, byteCount: job.id.count)
                acknowledgementEnd += job.id.count
                jobs += 1
                missing -= 1
            }
            try acknowledge()
        case .acknowledgement:
            guard let count = try connection.readInteger() else { return }
            guard count == jobs else { throw Trouble("\(count) of \(jobs) jobs were acknowledged") }
            acknowledged += jobs
            if hasAsked {
                waiting = .jobs
                try readOn()
            } else if isStopping {
                waiting = .nothing
            } else {
                try get()
            }
        case .nothing: throw Trouble("an answer to no request")
        }
    }

    private func get() throws {
        waiting = .jobs
        try getRequest.withUnsafeBytes {
            unsent = $0
            try write()
        }
        guard unsent.isEmpty else { throw Trouble("a socket that takes no \(getRequest.count) bytes") }
    }

    private func acknowledge() throws {
        waiting = .acknowledgement
        var words = jobs + 1
        var at = Self.headRoom
        let name: StaticString = "\r\n$6\r\nACKJOB\r\n"
        at -= name.utf8CodeUnitCount
        (acknowledgement + at).copyMemory(from: name.utf8Start, byteCount: name.utf8CodeUnitCount)
        repeat {
            at -= 1
            acknowledgement.storeBytes(of: UInt8(48 + words % 10), toByteOffset: at, as: UInt8.self)
            words /= 10
        } while words > 0
        at -= 1
        acknowledgement.storeBytes(of: UInt8(ascii: "*"), toByteOffset: at, as: UInt8.self)
        hasAsked = goesOnAtOnce && !isStopping
        if hasAsked {
            getRequest.withUnsafeBytes { next in
                (acknowledgement + acknowledgementEnd).copyMemory(from: next.baseAddress!, byteCount: next.count)
            }
            acknowledgementEnd += getRequest.count
        }
        unsent = UnsafeRawBufferPointer(start: acknowledgement + at, count: acknowledgementEnd - at)
        try write()
    }

    private func write() throws {
        guard let base = unsent.baseAddress, !unsent.isEmpty else { return }
        let sent = try connection.send(base, unsent.count)
        unsent = UnsafeRawBufferPointer(rebasing: unsent[sent...])
    }
}
