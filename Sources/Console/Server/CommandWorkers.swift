import Glibc

/// A few threads that run what may wait for the core, so that `/health` and new connections never wait behind it.
final class CommandWorkers: @unchecked Sendable {
    // Read and written only while `lock` is held; the threads are written before anybody else sees this object.
    private var waiting: [@Sendable () -> Void] = []
    private var isStopping = false
    private var threads: [pthread_t] = []

    private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private let capacity: Int

    init(count: Int, capacity: Int) {
        self.capacity = capacity
        pthread_mutex_init(lock, nil)
        pthread_cond_init(changed, nil)
        for _ in 0..<count {
            let unmanaged = Unmanaged.passRetained(self)
            var thread = pthread_t()
            if pthread_create(&thread, nil, commandWorkerThread, unmanaged.toOpaque()) == 0 {
                threads.append(thread)
            } else {
                unmanaged.release()
            }
        }
    }

    deinit {
        pthread_cond_destroy(changed)
        pthread_mutex_destroy(lock)
        changed.deallocate()
        lock.deallocate()
    }

    /// - Returns: false where too much waits already, or the server is stopping.
    func run(_ work: @escaping @Sendable () -> Void) -> Bool {
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        guard !isStopping, !threads.isEmpty, waiting.count < capacity else { return false }
        waiting.append(work)
        pthread_cond_signal(changed)
        return true
    }

    /// Finishes what waits, and returns when the threads have ended.
    func stop() {
        pthread_mutex_lock(lock)
        isStopping = true
        let threads = threads
        self.threads = []
        pthread_cond_broadcast(changed)
        pthread_mutex_unlock(lock)
        for thread in threads { pthread_join(thread, nil) }
    }

    fileprivate func loop() {
        while let work = next() { work() }
    }

    private func next() -> (@Sendable () -> Void)? {
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        while waiting.isEmpty {
            if isStopping { return nil }
            pthread_cond_wait(changed, lock)
        }
        return waiting.removeFirst()
    }
}

private func commandWorkerThread(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let context else { return nil }
    Unmanaged<CommandWorkers>.fromOpaque(context).takeRetainedValue().loop()
    return nil
}
