import Glibc

/// What other threads may do to a reader: give it credit, and end it, also while it waits for the server.
final class ReaderControl: @unchecked Sendable {
    // Safe to share: every field is read and written under `mutex`, which lives as long as the object.
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var credit = 0
    private var closed = false
    private var socket: Int32?

    init() {
        mutex.initialize(to: pthread_mutex_t())
        pthread_mutex_init(mutex, nil)
        changed.initialize(to: pthread_cond_t())
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        pthread_cond_init(changed, &attributes)
        pthread_condattr_destroy(&attributes)
    }

    deinit {
        pthread_cond_destroy(changed)
        pthread_mutex_destroy(mutex)
        changed.deallocate()
        mutex.deallocate()
    }

    private func locked<T>(_ body: () -> T) -> T {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return body()
    }

    var isClosed: Bool { locked { closed } }

    func grant(_ count: Int) {
        locked {
            let (sum, overflow) = credit.addingReportingOverflow(max(0, count))
            credit = overflow ? .max : sum
            pthread_cond_broadcast(changed)
        }
    }

    func close() {
        locked {
            closed = true
            if let socket { shutdown(socket, Int32(SHUT_RDWR)) }
            pthread_cond_broadcast(changed)
        }
    }

    /// Names the connection that `close` may cut; nil before it is closed.
    func use(socket: Int32?) {
        locked {
            self.socket = socket
            if closed, let socket { shutdown(socket, Int32(SHUT_RDWR)) }
        }
    }

    /// Waits until there is credit; false when closed.
    func waitForCredit() -> Bool {
        locked {
            while credit == 0, !closed { pthread_cond_wait(changed, mutex) }
            return !closed
        }
    }

    /// Waits for credit and takes one; false when closed.
    func takeCredit() -> Bool {
        locked {
            while credit == 0, !closed { pthread_cond_wait(changed, mutex) }
            if closed { return false }
            credit -= 1
            return true
        }
    }

    /// Sleeps until `deadline` on the monotonic clock, or `close`.
    func wait(untilMonotonicMilliseconds deadline: Int64) {
        var time = timespec(tv_sec: Int(deadline / 1_000), tv_nsec: Int(deadline % 1_000) * 1_000_000)
        locked {
            while !closed {
                if pthread_cond_timedwait(changed, mutex, &time) == ETIMEDOUT { return }
            }
        }
    }
}

extension Moment {
    /// Both clocks of the system.
    static var current: Moment {
        Moment(
            monotonicMilliseconds: milliseconds(CLOCK_MONOTONIC), wallMilliseconds: milliseconds(CLOCK_REALTIME))
    }

    private static func milliseconds(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
    }
}

/// Runs work on a thread of its own.
enum WorkerThread {
    private final class Work {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    static func start(_ body: @escaping @Sendable () -> Void) -> Bool {
        let work = Unmanaged.passRetained(Work(body))
        var thread = pthread_t()
        let status = pthread_create(
            &thread, nil,
            { argument in
                if let argument { Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().body() }
                return nil
            }, work.toOpaque())
        guard status == 0 else {
            work.release()
            return false
        }
        pthread_detach(thread)
        return true
    }
}
