import Glibc
import Synchronization

/// Remembers that INT or TERM came; the loop looks at it.
enum StopSignal {
    private static let came = Atomic<Bool>(false)

    static func listen() {
        for number in [SIGINT, SIGTERM, SIGHUP] {
            signal(number) { _ in StopSignal.came.store(true, ordering: .relaxed) }
        }
        signal(SIGPIPE, SIG_IGN)
    }

    static var hasCome: Bool { came.load(ordering: .relaxed) }
}
