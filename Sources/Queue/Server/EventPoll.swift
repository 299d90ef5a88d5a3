import CLinux
import Glibc

/// The one owner of an epoll descriptor: what the core's thread sleeps on. A descriptor is its own token.
package final class EventPoll {
    package struct Readiness: OptionSet, Sendable, BitwiseCopyable {
        package let rawValue: UInt8
        package init(rawValue: UInt8) { self.rawValue = rawValue }
        package static let readable = Self(rawValue: 1)
        package static let writable = Self(rawValue: 2)
        /// The other side has closed, or at least sends nothing more.
        package static let hungUp = Self(rawValue: 4)
    }

    package enum Trigger: Sendable {
        /// Told as long as it is so.
        case level
        /// Told once when it becomes so: whoever is told goes on until there is nothing left.
        case edge
    }

    private let descriptor: Int32
    private let events: UnsafeMutableBufferPointer<epoll_event>
    private static let eventsAtOnce = 512

    /// - Precondition: the process can open one more descriptor.
    package init() {
        descriptor = epoll_create1(Int32(EPOLL_CLOEXEC))
        precondition(descriptor >= 0, "no descriptor for epoll: raise the limit of open files (ulimit -n)")
        events = .allocate(capacity: Self.eventsAtOnce)
    }

    deinit {
        close(descriptor)
        events.deallocate()
    }

    /// - Returns: false where the kernel has no room to watch it.
    package func watch(_ watched: Int32, for interest: Readiness, _ trigger: Trigger) -> Bool {
        control(EPOLL_CTL_ADD, watched, interest, trigger)
    }

    /// An edge that was told already is told again where it still holds.
    package func change(_ watched: Int32, to interest: Readiness, _ trigger: Trigger) {
        _ = control(EPOLL_CTL_MOD, watched, interest, trigger)
    }

    /// Before `watched` is closed, where a copy of it may live on.
    package func forget(_ watched: Int32) { _ = control(EPOLL_CTL_DEL, watched, [], .level) }

    /// Waits for at most so many milliseconds (-1: for ever, 0: not at all) and tells of each descriptor that is ready,
    /// in the order in which they became so.
    package func wait(milliseconds: Int32, _ tell: (Int32, Readiness) -> Void) {
        let count = epoll_wait(descriptor, events.baseAddress, Int32(events.count), milliseconds)
        guard count > 0 else { return }
        for index in 0..<Int(count) {
            let event = events[index]
            tell(event.data.fd, Self.readiness(event.events))
        }
    }

    private func control(_ operation: Int32, _ watched: Int32, _ interest: Readiness, _ trigger: Trigger) -> Bool {
        var event = epoll_event()
        event.data.fd = watched
        if interest.contains(.readable) { event.events |= EPOLLIN.rawValue | EPOLLRDHUP.rawValue }
        if interest.contains(.writable) { event.events |= EPOLLOUT.rawValue }
        if trigger == .edge { event.events |= EPOLLET.rawValue }
        return epoll_ctl(descriptor, operation, watched, &event) == 0
    }

    private static func readiness(_ events: UInt32) -> Readiness {
        var ready: Readiness = []
        if events & EPOLLIN.rawValue != 0 { ready.insert(.readable) }
        if events & EPOLLOUT.rawValue != 0 { ready.insert(.writable) }
        if events & (EPOLLRDHUP.rawValue | EPOLLHUP.rawValue | EPOLLERR.rawValue) != 0 { ready.insert(.hungUp) }
        return ready
    }
}
