import Glibc

/// The loop of a partner's endpoint. All state belongs to the thread that runs it.
final class ReceiverLoop {
    private let listener: Int32
    private let wake: Int32
    private let behaviour: PartnerReceiver.Behaviour
    private let seen: (PartnerRequest, Int) -> Void
    private var log: ReceiverLog
    private var connections: [Int32: Connection] = [:]
    private var due: [Due] = []
    private var count = 0

    private struct Connection {
        var reader = RequestReader()
        var output: [UInt8] = []
        /// Tells a descriptor's former owner from its present one.
        let generation: Int
        var isWaiting = false
    }

    private struct Due {
        let at: ContinuousClock.Instant
        let descriptor: Int32
        let generation: Int
        let answer: PartnerAnswer
    }

    init(
        listener: Int32, wake: Int32, log: ReceiverLog, behaviour: @escaping PartnerReceiver.Behaviour,
        seen: @escaping (PartnerRequest, Int) -> Void
    ) {
        self.listener = listener
        self.wake = wake
        self.log = log
        self.behaviour = behaviour
        self.seen = seen
    }

    func run(until isStopping: () -> Bool) {
        var watched: [pollfd] = []
        while !isStopping() {
            if watched.count != connections.count + 2 || isChanged { watched = watchList() }
            poll(&watched, nfds_t(watched.count), due.isEmpty ? -1 : 1)
            for entry in watched where entry.revents != 0 { handle(entry.fd) }
            answerDue()
            log.flush()
            sendAll()
        }
        for descriptor in connections.keys { close(descriptor) }
        close(listener)
        log.close()
    }

    private func watchList() -> [pollfd] {
        isChanged = false
        return ([listener, wake] + connections.keys).map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
    }

    private func handle(_ descriptor: Int32) {
        if descriptor == listener {
            let accepted = accept(listener, nil, nil)
            guard accepted >= 0 else { return }
            _ = fcntl(accepted, F_SETFD, FD_CLOEXEC)
            var on: Int32 = 1
            setsockopt(accepted, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
            isChanged = true
            connections[accepted] = Connection(generation: nextGeneration())
        } else if descriptor != wake {
            receive(descriptor)
        }
    }

    private var generations = 0
    /// A connection came or went since the list of what is watched was made.
    private var isChanged = false

    private func nextGeneration() -> Int {
        generations += 1
        return generations
    }

    private func receive(_ descriptor: Int32) {
        guard connections[descriptor] != nil else { return }
        let isOpen = withUnsafeTemporaryAllocation(byteCount: 65_536, alignment: 16) { buffer in
            let received = recv(descriptor, buffer.baseAddress, buffer.count, Int32(MSG_DONTWAIT))
            if received > 0 {
                connections[descriptor]?.reader.append(UnsafeRawBufferPointer(rebasing: buffer[..<received]))
            }
            return received > 0 || (received < 0 && (errno == EAGAIN || errno == EINTR))
        }
        guard isOpen else { return drop(descriptor) }
        readRequests(descriptor)
    }

    /// One request at a time per connection: the next one is read when this one is answered.
    private func readRequests(_ descriptor: Int32) {
        while let connection = connections[descriptor], !connection.isWaiting {
            switch connections[descriptor]?.reader.next() ?? .incomplete {
            case .incomplete: return
            case .malformed: return drop(descriptor)
            case .request(let request): answer(request, on: descriptor, connection.generation)
            }
        }
    }

    private func answer(_ request: PartnerRequest, on descriptor: Int32, _ generation: Int) {
        let answer = behaviour(request, count)
        count += 1
        log.record(request, status: answer.hangsUp ? 0 : answer.status)
        seen(request, answer.hangsUp ? 0 : answer.status)
        if answer.delayMilliseconds == 0 { return say(answer, on: descriptor) }
        connections[descriptor]?.isWaiting = true
        due.append(
            Due(
                at: .now + .milliseconds(answer.delayMilliseconds), descriptor: descriptor, generation: generation,
                answer: answer))
    }

    private func answerDue() {
        guard !due.isEmpty else { return }
        let now = ContinuousClock.now
        let ready = due.filter { $0.at <= now }
        due.removeAll { $0.at <= now }
        for item in ready where connections[item.descriptor]?.generation == item.generation {
            connections[item.descriptor]?.isWaiting = false
            say(item.answer, on: item.descriptor)
            readRequests(item.descriptor)
        }
    }

    private func say(_ answer: PartnerAnswer, on descriptor: Int32) {
        if answer.hangsUp { return drop(descriptor) }
        let retry = answer.retryAfterSeconds.map { "Retry-After: \($0)\r\n" } ?? ""
        let head = "HTTP/1.1 \(answer.status) \(answer.status < 300 ? "OK" : "No")\r\n\(retry)"
        let tail = answer.status == 204 ? "\r\n" : "Content-Length: 0\r\n\r\n"
        connections[descriptor]?.output.append(contentsOf: (head + tail).utf8)
    }

    /// Answers are short: a socket that does not take one whole is given up.
    private func sendAll() {
        for (descriptor, connection) in connections where !connection.output.isEmpty {
            let sent = send(
                descriptor, connection.output, connection.output.count,
                Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
            if sent == connection.output.count {
                connections[descriptor]?.output.removeAll(keepingCapacity: true)
            } else {
                drop(descriptor)
            }
        }
    }

    private func drop(_ descriptor: Int32) {
        isChanged = true
        connections[descriptor] = nil
        close(descriptor)
    }
}
