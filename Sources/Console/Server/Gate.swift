import CLinux
import Glibc
import Synchronization

/// The thread at the door: accepts connections, looks at a whole request head before anything else sees a byte of it
/// (`MSG_PEEK`), refuses what is not strict, and cuts whoever takes too long, then and later.
final class Gate: Sendable {
    /// A checked head; the descriptor is the receiver's from now on, except for its deadline.
    typealias Admission = @Sendable (Int32, Exchange) -> Void

    private struct Newcomer {
        let peer: ConsoleAddress
        let deadlineMilliseconds: Int64
    }

    private struct State {
        var newcomers: [Int32: Newcomer] = [:]
        /// Admitted ones, until their descriptor is about to be closed.
        var exchanges: [Int32: Exchange] = [:]
        var isStopping = false
    }

    let address: ConsoleAddress
    private let settings: ServerSettings
    private let admit: Admission
    private let state = Mutex(State())
    private let listener: Int32
    private let epoll: Int32
    private let waker: Int32

    /// - Throws: where the address cannot be listened on.
    init(
        _ address: ConsoleAddress, settings: ServerSettings, admit: @escaping Admission
    ) throws(AdminFileError) {
        self.settings = settings
        self.admit = admit
        (listener, self.address) = try Self.listen(address)
        epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
        waker = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
        watch(listener, EPOLLIN.rawValue)
        watch(waker, EPOLLIN.rawValue)
    }

    deinit {
        close(listener)
        close(epoll)
        close(waker)
    }

    // MARK: From other threads

    /// An admitted descriptor is about to be closed: forget it first, so that no deadline cuts its successor.
    func forget(_ descriptor: Int32) {
        state.withLock { _ = $0.exchanges.removeValue(forKey: descriptor) }
    }

    func exchange(_ descriptor: Int32) -> Exchange? { state.withLock { $0.exchanges[descriptor] } }

    var connectionCount: Int { state.withLock { $0.newcomers.count + $0.exchanges.count } }

    func stop() {
        state.withLock { $0.isStopping = true }
        wake()
    }

    private func wake() {
        var one: UInt64 = 1
        _ = write(waker, &one, 8)
    }

    // MARK: The thread

    func run() {
        var events = [epoll_event](repeating: epoll_event(), count: 64)
        while !state.withLock({ $0.isStopping }) {
            let count = epoll_wait(epoll, &events, Int32(events.count), waitMilliseconds())
            for event in events.prefix(max(0, Int(count))) { handle(event.data.fd, event.events) }
            cutLateOnes(MonotonicClock.milliseconds())
        }
        // Not only when this object ends: from here on a client is refused, not left waiting in the backlog.
        unwatch(listener)
        shutdown(listener, Int32(SHUT_RDWR))
        closeNewcomers()
    }

    private func handle(_ descriptor: Int32, _ events: UInt32) {
        switch descriptor {
        case listener: acceptAll()
        case waker:
            var count: UInt64 = 0
            _ = read(waker, &count, 8)
        default: look(at: descriptor, hasEnded: events & EPOLLRDHUP.rawValue != 0)
        }
    }

    /// Deadlines are looked at once a second at most; nobody connected: wait for ever.
    private func waitMilliseconds() -> Int32 {
        let now = MonotonicClock.milliseconds()
        return state.withLock { state in
            let first = state.newcomers.values.map(\.deadlineMilliseconds).min()
            guard let first = [first, state.exchanges.isEmpty ? nil : now + 1_000].compactMap({ $0 }).min() else {
                return -1
            }
            return Int32(clamping: max(1, min(1_000, first - now)))
        }
    }

    private func cutLateOnes(_ now: Int64) {
        let late = state.withLock { state in
            // Under the lock, which `forget` takes before an admitted descriptor is closed.
            for (descriptor, exchange) in state.exchanges where exchange.deadlineMilliseconds <= now {
                shutdown(descriptor, Int32(SHUT_RDWR))
            }
            return state.newcomers.filter { $0.value.deadlineMilliseconds <= now }.map(\.key)
        }
        for descriptor in late { drop(descriptor, Refusal(408, "the request took too long")) }
    }

    private func closeNewcomers() {
        let descriptors = state.withLock { state in
            defer { state.newcomers = [:] }
            return Array(state.newcomers.keys)
        }
        for descriptor in descriptors { close(descriptor) }
    }
}

// MARK: - Newcomers

extension Gate {
    private func acceptAll() {
        while true {
            var storage = sockaddr_storage()
            var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
            let descriptor = withUnsafeMutableBytes(of: &storage) { raw in
                accept(listener, raw.baseAddress?.assumingMemoryBound(to: sockaddr.self), &length)
            }
            guard descriptor >= 0 else {
                // Out of descriptors: the listener stays readable, so give others a moment to close some.
                if errno == EMFILE || errno == ENFILE { usleep(10_000) }
                return
            }
            guard let peer = ConsoleAddress(storage), connectionCount < settings.connections else {
                close(descriptor)
                continue
            }
            welcome(descriptor, peer)
        }
    }

    private func welcome(_ descriptor: Int32, _ peer: ConsoleAddress) {
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        let deadline = MonotonicClock.milliseconds() + settings.headMilliseconds
        state.withLock { $0.newcomers[descriptor] = Newcomer(peer: peer, deadlineMilliseconds: deadline) }
        // Edge-triggered: bytes that have been looked at and stay in the socket do not wake again.
        watch(descriptor, EPOLLIN.rawValue | EPOLLRDHUP.rawValue | EPOLLET.rawValue)
    }

    /// - Parameter hasEnded: the peer sends no more, so that what is incomplete stays so for ever.
    private func look(at descriptor: Int32, hasEnded: Bool) {
        guard let newcomer = state.withLock({ $0.newcomers[descriptor] }) else { return }
        var bytes = [UInt8](repeating: 0, count: settings.limits.headBytes)
        let count = recv(descriptor, &bytes, bytes.count, Int32(MSG_PEEK | MSG_DONTWAIT))
        guard count > 0 else {
            if count < 0, errno == EAGAIN || errno == EINTR { return }
            return drop(descriptor, nil)
        }
        do throws(Refusal) {
            switch try RequestHead.read(Array(bytes[..<count]), limits: settings.limits) {
            case .incomplete: if hasEnded { drop(descriptor, nil) }
            case .complete(let head, _): letIn(descriptor, newcomer, head)
            }
        } catch {
            drop(descriptor, error)
        }
    }

    private func letIn(_ descriptor: Int32, _ newcomer: Newcomer, _ head: RequestHead) {
        unwatch(descriptor)
        let deadline = MonotonicClock.milliseconds() + settings.bodyMilliseconds
        let exchange = Exchange(head: head, peer: newcomer.peer, deadlineMilliseconds: deadline)
        state.withLock { state in
            state.newcomers[descriptor] = nil
            state.exchanges[descriptor] = exchange
        }
        admit(descriptor, exchange)
    }

    /// Says why, if there is a reason, and closes. What has arrived is read first, or the close would be a reset that
    /// takes the answer with it.
    private func drop(_ descriptor: Int32, _ refusal: Refusal?) {
        unwatch(descriptor)
        state.withLock { _ = $0.newcomers.removeValue(forKey: descriptor) }
        if let refusal {
            let bytes = RawAnswer.bytes(Answer(refusal))
            _ = send(descriptor, bytes, bytes.count, Int32(MSG_DONTWAIT | MSG_NOSIGNAL))
            shutdown(descriptor, Int32(SHUT_WR))
            var rest = [UInt8](repeating: 0, count: 65_536)
            _ = recv(descriptor, &rest, rest.count, Int32(MSG_DONTWAIT))
        }
        close(descriptor)
    }

    private func watch(_ descriptor: Int32, _ events: UInt32) {
        var event = epoll_event(events: events, data: epoll_data(fd: descriptor))
        epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event)
    }

    private func unwatch(_ descriptor: Int32) { epoll_ctl(epoll, EPOLL_CTL_DEL, descriptor, nil) }

    private static func listen(
        _ address: ConsoleAddress
    ) throws(AdminFileError) -> (descriptor: Int32, bound: ConsoleAddress) {
        let family: Int32
        switch address.host {
        case .v4: family = AF_INET
        case .v6: family = AF_INET6
        }
        let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        let descriptor = socket(family, type, 0)
        var yes: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        guard descriptor >= 0, address.withSocketAddress({ bind(descriptor, $0, $1) }) == 0,
            Glibc.listen(descriptor, 1_024) == 0, let bound = boundAddress(descriptor)
        else {
            let problem = String(cString: strerror(errno))
            if descriptor >= 0 { close(descriptor) }
            throw AdminFileError(
                problem: "cannot listen on \(address): \(problem)",
                remedy: "choose another --admin HOST:PORT (port 0 takes a free one)")
        }
        return (descriptor, bound)
    }

    private static func boundAddress(_ descriptor: Int32) -> ConsoleAddress? {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let code = withUnsafeMutableBytes(of: &storage) { raw in
            getsockname(descriptor, raw.baseAddress?.assumingMemoryBound(to: sockaddr.self), &length)
        }
        return code == 0 ? ConsoleAddress(storage) : nil
    }
}
