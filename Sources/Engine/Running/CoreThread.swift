import Connecting
import Dispatch
import Glibc
package import Message
package import Queue
import Store
import Synchronization

/// Runs the core's turns in a thread of its own, and lets their effects out once they are on disk.
package final class CoreThread: Sendable {
    /// What other threads see of it without asking the core.
    package struct Condition: Sendable {
        package var lastTurn = Instant(microseconds: 0)
        /// Since when the disk has been too full to commit.
        package var isDiskFull = false
        /// Intake is held back, free space is below the low-water mark.
        package var isIntakeHeld = false
        package var isDraining = false
        /// Since a stop was asked for: when it is over, whatever is left.
        package var endsBy: Instant?
        package var hasEnded = false
    }

    package let mailbox: Mailbox
    private let clock: EngineClock
    private let release: @Sendable (TurnEffects) -> Void
    private let notice: @Sendable (Notice) -> Void
    /// A client of the queue's door has asked that the service stops.
    private let stopAsked: @Sendable () -> Void
    private let state = Mutex(Condition())
    private let ended = DispatchSemaphore(value: 0)

    /// Rows that one turn takes up at most, about.
    private static let rowsInATurn = 1_000
    /// Free space below which no new rows are taken up.
    private static let lowWaterBytes: Int64 = 256 << 20
    private static let fullDiskPauseMicroseconds: UInt32 = 250_000

    package init(
        mailbox: Mailbox, clock: EngineClock, release: @escaping @Sendable (TurnEffects) -> Void,
        notice: @escaping @Sendable (Notice) -> Void, stopAsked: @escaping @Sendable () -> Void = {}
    ) {
        self.stopAsked = stopAsked
        self.mailbox = mailbox
        self.clock = clock
        self.release = release
        self.notice = notice
    }

    /// Takes nothing up any more and ends when what is in flight is settled, or after the grace time.
    package func drain(graceMilliseconds: Int64) {
        let end = clock.read().now.microseconds.addingMilliseconds(max(0, graceMilliseconds))
        state.withLock { $0.endsBy = Instant(microseconds: end) }
        mailbox.post(.drain(graceMilliseconds: graceMilliseconds))
    }

    package var condition: Condition { state.withLock { $0 } }

    /// Starts the thread; the core belongs to it from then on, and so does the queue's door.
    package func start(_ core: Core, door: QueueServer? = nil) {
        let box = CoreBox(core: core, door: door)
        let thread = DedicatedThread.start(name: "core") { [self] in
            run(box.core, box.door)
            state.withLock { $0.hasEnded = true }
            ended.signal()
        }
        guard thread != nil else {
            stop(because: .failed(operation: "starting the core", message: "the system has no thread to give"))
        }
    }

    /// Waits until the core has ended after a drain.
    package func waitUntilEnded() {
        ended.wait()
        ended.signal()
    }

    /// Hands the core from the thread that made it to the one that runs it.
    private final class CoreBox: @unchecked Sendable {
        // Unchecked: used by exactly one thread after `start`.
        let core: Core
        let door: QueueServer?
        init(core: Core, door: QueueServer?) {
            self.core = core
            self.door = door
        }
    }

    private func run(_ core: Core, _ door: QueueServer?) {
        core.marks?.enterThread()
        let poll = EventPoll()
        mailbox.wakeup.join(poll)
        open(door, core, poll)
        defer { door?.close() }
        var drainDeadline: Instant?
        var isStopAsked = false
        while true {
            holdIntakeOnLowWater(core)
            let condition = self.condition
            let takesBatches = !condition.isIntakeHeld && !condition.isDraining
            let isBusy = door?.hasWorkNow == true || mailbox.hasAny(withBatches: takesBatches)
            collect(poll, door, waitingMilliseconds: isBusy ? 0 : pause(core, drainDeadline))
            let (input, requests) = mailbox.take(rows: Self.rowsInATurn, withBatches: takesBatches)
            for request in requests {
                switch request {
                case .drain(let grace):
                    core.drain()
                    door?.drain()
                    state.withLock { $0.isDraining = true }
                    drainDeadline = Instant(microseconds: clock.read().now.microseconds.addingMilliseconds(grace))
                case .run(let work): work(core)
                }
            }
            guard turn(core, input, door) else { return }
            if core.broker?.isShutdownAsked == true, !isStopAsked {
                isStopAsked = true
                stopAsked()
            }
            guard let drainDeadline else { continue }
            let isSettled = core.inFlightCount == 0 && door?.hasDrained != false
            if isSettled || clock.read().now >= drainDeadline { return }
        }
    }

    private func open(_ door: QueueServer?, _ core: Core, _ poll: EventPoll) {
        guard let door, let broker = core.broker else { return }
        door.open(broker, in: poll)
        core.doorCounters = { [unowned door] in door.counters }
        core.readCertificateAgain = { [unowned door] in
            do throws(QueueServerError) { try door.readCertificateAgain() } catch { return error }
            return nil
        }
    }

    private func collect(_ poll: EventPoll, _ door: QueueServer?, waitingMilliseconds: Int32) {
        poll.wait(milliseconds: waitingMilliseconds) { descriptor, readiness in
            if mailbox.wakeup.isMeant(by: descriptor) {
                mailbox.wakeup.silence()
            } else {
                door?.note(descriptor, readiness)
            }
        }
    }

    /// - Returns: false where the service was stopped before the turn could be committed.
    private func turn(_ core: Core, _ input: TurnInput, _ door: QueueServer?) -> Bool {
        let time = clock.read()
        do {
            release(try core.turn(input, at: time, serving: door.map { door in { door.serve(at: time.now) } }))
        } catch StoreError.full {
            guard let effects = commitWhenThereIsSpace(core) else { return false }
            release(effects)
        } catch {
            stop(because: error)
        }
        door?.flush()
        state.withLock { $0.lastTurn = time.now }
        return true
    }

    /// The turn stays decided; nothing else starts until it is on disk.
    /// - Returns: nil where the service was stopped meanwhile: nothing of the turn was let out, so nothing is lost.
    private func commitWhenThereIsSpace(_ core: Core) -> TurnEffects? {
        state.withLock { $0.isDiskFull = true }
        notice(
            Notice(.error, "the disk is full: nothing is acknowledged until there is space, then it goes on by itself"))
        while true {
            usleep(Self.fullDiskPauseMicroseconds)
            if let end = condition.endsBy, clock.read().now >= end {
                notice(Notice(.warning, "stopped with a full disk: the last turn is made again at the next start"))
                return nil
            }
            do {
                let effects = try core.commitAgain()
                state.withLock { $0.isDiskFull = false }
                notice(Notice(.info, "the disk has space again: going on"))
                return effects
            } catch StoreError.full {
                continue
            } catch {
                stop(because: error)
            }
        }
    }

    /// After a failed write nothing may be acknowledged: what the disk holds is read anew by the next start.
    private func stop(because error: StoreError) -> Never {
        notice(Notice(.error, "stopping, nothing further is acknowledged: \(error)"))
        exit(1)
    }

    private func pause(_ core: Core, _ drainDeadline: Instant?) -> Int32 {
        if core.hasWorkNow { return 0 }
        var wake = core.nextWake ?? Instant(microseconds: .max)
        if let drainDeadline { wake = min(wake, drainDeadline) }
        let now = clock.read().now.microseconds
        guard wake.microseconds > now else { return 0 }
        return Int32(clamping: min(1_000, (wake.microseconds - now) / 1000 + 1))
    }

    private func holdIntakeOnLowWater(_ core: Core) {
        guard let free = core.freeBytes() else { return }
        let isLow = free < Self.lowWaterBytes
        core.isIntakeHeld = isLow
        let changed = state.withLock { state in
            defer { state.isIntakeHeld = isLow }
            return state.isIntakeHeld != isLow
        }
        guard changed else { return }
        if isLow {
            notice(
                Notice(
                    .warning, "less than 256 MB free: no new rows are taken up; deliveries go on",
                    [.init("free_bytes", "\(free)")]))
        } else {
            notice(Notice(.info, "there is space again: rows are taken up"))
        }
    }
}
