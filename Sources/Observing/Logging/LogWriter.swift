import Glibc

/// Writes lines to a descriptor from a thread of its own, so that a slow terminal or pipe never holds the core: an
/// append is a copy under a lock. What does not fit into the buffer is dropped and counted, and a line says how much.
package final class LogWriter: LogSink, @unchecked Sendable {
    // Everything below is read and written only while `lock` is held.
    private var pending: [UInt8] = []
    private var dropped = 0
    private var isWriting = false
    private var isClosed = false

    private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private let descriptor: Int32
    private let capacity: Int
    /// The line that tells of `dropped` events.
    private let lostLine: @Sendable (Int) -> [UInt8]

    /// - Parameters:
    ///   - descriptor: stays the caller's; it is not closed.
    ///   - capacity: bytes that may wait to be written.
    package init(
        descriptor: Int32, capacity: Int = 1 << 20, lostLine: @escaping @Sendable (Int) -> [UInt8]
    ) {
        self.descriptor = descriptor
        self.capacity = capacity
        self.lostLine = lostLine
        pthread_mutex_init(lock, nil)
        pthread_cond_init(changed, nil)
        startThread()
    }

    package func append(_ line: [UInt8]) {
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        guard !isClosed, pending.count + line.count <= capacity else {
            dropped += 1
            return
        }
        pending.append(contentsOf: line)
        pthread_cond_broadcast(changed)
    }

    /// Waits at most two seconds: a stopped terminal does not keep the process from ending.
    package func flush() {
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        var until = timespec()
        clock_gettime(CLOCK_REALTIME, &until)
        until.tv_sec += 2
        while !isClosed, !pending.isEmpty || isWriting {
            guard pthread_cond_timedwait(changed, lock, &until) == 0 else { return }
        }
    }

    private func startThread() {
        let unmanaged = Unmanaged.passRetained(self)
        var thread = pthread_t()
        let code = pthread_create(&thread, nil, logWriterThread, unmanaged.toOpaque())
        guard code == 0 else {
            unmanaged.release()
            isClosed = true
            return
        }
        pthread_detach(thread)
    }

    /// Lives as long as the process: a log has no end of its own.
    fileprivate func run() {
        while true {
            pthread_mutex_lock(lock)
            isWriting = false
            pthread_cond_broadcast(changed)
            while pending.isEmpty { pthread_cond_wait(changed, lock) }
            var batch = pending
            let lost = dropped
            pending.removeAll(keepingCapacity: true)
            dropped = 0
            isWriting = true
            pthread_mutex_unlock(lock)
            if lost > 0 { batch.append(contentsOf: lostLine(lost)) }
            write(batch)
        }
    }

    /// A descriptor that cannot be written to loses its lines: a log is never a reason to stop.
    private func write(_ batch: [UInt8]) {
        batch.withUnsafeBytes { bytes in
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = Glibc.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                if count > 0 {
                    rest = rest.dropFirst(count)
                } else if errno == EAGAIN {
                    var poll = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                    _ = Glibc.poll(&poll, 1, 1_000)
                } else if errno != EINTR {
                    return
                }
            }
        }
    }
}

/// A plain function outside of any actor: C calls it in its own thread.
private func logWriterThread(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let context else { return nil }
    Unmanaged<LogWriter>.fromOpaque(context).takeRetainedValue().run()
    return nil
}
