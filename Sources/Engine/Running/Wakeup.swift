import CLinux
import Glibc
package import Message
package import Queue

/// An eventfd that others ring to wake the thread that waits on its poll.
package final class Wakeup: Sendable {
    private let descriptor: Int32

    /// - Precondition: the process can open one more descriptor.
    package init() {
        descriptor = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
        precondition(descriptor >= 0, "no descriptor for an eventfd: raise the limit of open files (ulimit -n)")
    }

    deinit { close(descriptor) }

    package func ring() {
        var one: UInt64 = 1
        _ = write(descriptor, &one, 8)
    }

    /// Whoever waits on `poll` is woken by a ring.
    package func join(_ poll: EventPoll) { _ = poll.watch(descriptor, for: .readable, .level) }

    package func isMeant(by descriptor: Int32) -> Bool { descriptor == self.descriptor }

    /// Forgets that it was rung.
    package func silence() {
        var count: UInt64 = 0
        _ = read(descriptor, &count, 8)
    }
}

/// Tells the time of turns: a monotonic clock anchored to the wall at start, and the wall beside it.
package struct EngineClock: Sendable {
    private let anchorWall: Int64
    private let anchorMonotonic: Int64

    /// - Parameter last: the latest moment that the store knows; a clock that was set back since counts as no time passed.
    package init(last: Instant = Instant(microseconds: 0)) {
        anchorWall = max(Self.microseconds(CLOCK_REALTIME), last.microseconds)
        anchorMonotonic = Self.microseconds(CLOCK_MONOTONIC)
    }

    package func read() -> TurnTime {
        TurnTime(
            now: Instant(microseconds: anchorWall + Self.microseconds(CLOCK_MONOTONIC) - anchorMonotonic),
            wall: Instant(microseconds: Self.microseconds(CLOCK_REALTIME)))
    }

    private static func microseconds(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
    }
}
