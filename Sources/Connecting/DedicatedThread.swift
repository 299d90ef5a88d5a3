import Glibc

/// A thread that belongs to one connection: it runs one function to its end. For libraries that block, or that must be
/// called from one thread only.
///
/// `@unchecked Sendable`: the thread's id is written once, in `init`, before anybody else can see the object.
package final class DedicatedThread: @unchecked Sendable {
    private var id = pthread_t()

    /// - Parameter name: what `top -H` shows; the kernel keeps 15 bytes of it.
    /// - Returns: nil when the system has no thread to give.
    package init?(name: String, _ body: @escaping @Sendable () -> Void) {
        let start = Unmanaged.passRetained(Start(name: name, body: body))
        let result = pthread_create(&id, nil, { Self.run($0) }, start.toOpaque())
        guard result == 0 else {
            start.release()
            return nil
        }
    }

    /// Waits for the function to return. Once only, and a no-op in the thread itself.
    package func join() {
        guard pthread_equal(pthread_self(), id) == 0 else {
            pthread_detach(id)
            return
        }
        pthread_join(id, nil)
    }

    private final class Start: Sendable {
        let name: String
        let body: @Sendable () -> Void
        init(name: String, body: @escaping @Sendable () -> Void) {
            self.name = name
            self.body = body
        }
    }

    private static func run(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
        guard let context else { return nil }
        let start = Unmanaged<Start>.fromOpaque(context).takeRetainedValue()
        setName(start.name)
        start.body()
        return nil
    }

    /// Glibc's own call is hidden from Swift; the kernel offers the name as a file.
    private static func setName(_ name: String) {
        let file = open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
        if file < 0 { return }
        _ = name.withCString { write(file, $0, strlen($0)) }
        close(file)
    }
}
