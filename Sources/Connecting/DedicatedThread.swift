import Glibc

/// A thread that belongs to one connection: it runs one function to its end. For libraries that block, or that must be
/// called from one thread only.
package final class DedicatedThread: Sendable {
    private let id: pthread_t
    private init(id: pthread_t) { self.id = id }

    /// - Parameter name: what `top -H` shows; the kernel keeps 15 bytes of it.
    /// - Returns: nil when the system has no thread to give.
    package static func start(name: String, _ body: @escaping @Sendable () -> Void) -> DedicatedThread? {
        guard let id = create(ThreadStart(name: name, body: body)) else { return nil }
        return DedicatedThread(id: id)
    }

    /// Waits for the function to return. Once only, and a no-op in the thread itself.
    package func join() {
        if pthread_equal(pthread_self(), id) != 0 {
            pthread_detach(id)
        } else {
            pthread_join(id, nil)
        }
    }
}

private final class ThreadStart: Sendable {
    let name: String
    let body: @Sendable () -> Void
    init(name: String, body: @escaping @Sendable () -> Void) {
        self.name = name
        self.body = body
    }
}

private func create(_ start: ThreadStart) -> pthread_t? {
    let context = Unmanaged.passRetained(start).toOpaque()
    var id: pthread_t = 0
    let result = pthread_create(&id, nil, runThread, context)
    if result == 0 { return id }
    Unmanaged<ThreadStart>.fromOpaque(context).release()
    return nil
}

private func runThread(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let context else { return nil }
    let start = Unmanaged<ThreadStart>.fromOpaque(context).takeRetainedValue()
    setName(start.name)
    start.body()
    return nil
}

/// Glibc's own call is hidden from Swift; the kernel offers the name as a file.
private func setName(_ name: String) {
    let file = open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
    if file < 0 { return }
    _ = name.withCString { write(file, $0, strlen($0)) }
    close(file)
}
