import CMariaDB
import Connecting

/// Reads one table in a thread of its own: asks the state machine what to do, does it, hands on what came.
final class MySQLSourceReader: SourceReader {
    private let control = ReaderControl()

    func grant(batches count: Int) { control.grant(count) }

    /// Ends the reader. A batch that is being handed on at this moment may still arrive; no other one begins.
    func close() { control.close() }

    deinit { control.close() }

    init?(
        _ address: MySQLAddress, _ request: SourceRequest, _ machine: PollingStateMachine,
        batches: @escaping @Sendable (SourceBatch) -> Void,
        condition: @escaping @Sendable (SourceCondition) -> Void
    ) {
        let control = control
        let isRunning = WorkerThread.start {
            mysql_thread_init()
            var loop = ReadingLoop(
                address: address, request: request, control: control, batches: batches, condition: condition,
                machine: machine)
            loop.run()
            mysql_thread_end()
        }
        if !isRunning { return nil }
    }
}

/// The body of a reader's thread.
struct ReadingLoop {
    let address: MySQLAddress
    let request: SourceRequest
    let control: ReaderControl
    let batches: @Sendable (SourceBatch) -> Void
    let condition: @Sendable (SourceCondition) -> Void
    var machine: PollingStateMachine
    private var pauseMilliseconds: Int64
    private var detour = LongRowDetour()
    var reported: SourceCondition?
    var reportedAt: Int64 = 0

    init(
        address: MySQLAddress, request: SourceRequest, control: ReaderControl,
        batches: @escaping @Sendable (SourceBatch) -> Void,
        condition: @escaping @Sendable (SourceCondition) -> Void, machine: PollingStateMachine
    ) {
        self.address = address
        self.request = request
        self.control = control
        self.batches = batches
        self.condition = condition
        self.machine = machine
        pauseMilliseconds = address.patience.firstPauseMilliseconds
    }

    mutating func run() {
        report(.starting)
        while !control.isClosed {
            do {
                try converse()
            } catch {
                if control.isClosed { return }
                if error.isPacketTooLarge || error.code == MySQLFailure.lostWithinRows,
                    detour.begin(
                        isCertain: error.isPacketTooLarge, batch: request.batch, pageLimit: &machine.pageLimit)
                {
                    continue
                }
                pause(after: error)
            }
        }
    }

    private mutating func pause(after failure: MySQLFailure) {
        var pause = pauseMilliseconds / 2 + Int64.random(in: 0...pauseMilliseconds / 2)
        switch failure.treatment(table: request.table, user: address.user) {
        case .away(let reason):
            report(.away(reason: reason))
            pauseMilliseconds = min(pauseMilliseconds * 2, address.patience.longestPauseMilliseconds)
        case .refused(let reason):
            report(.refused(reason: reason))
            pause = address.patience.refusedPauseMilliseconds
        }
        control.wait(untilMonotonicMilliseconds: Moment.current.monotonicMilliseconds + pause)
    }

    /// One connection, from its beginning to `close` or its failure.
    private mutating func converse() throws(MySQLFailure) {
        let session = try TableSession(address, request)
        control.use(socket: session.handle.socket)
        // The session outlives its socket's publication, so that `close` never cuts a reused descriptor.
        defer { withExtendedLifetime(session) { control.use(socket: nil) } }
        machine.connected(try session.facts(), at: .current)
        while control.waitForCredit() {
            try step(session)
        }
    }

    private mutating func step(_ session: TableSession) throws(MySQLFailure) {
        let query = machine.next(at: .current)
        let extent = detour.extent(of: query)
        switch query {
        case .newest(let limit):
            let keys = try session.newest(limit: limit)
            if let emission = machine.newest(keys, at: .current) { emit(emission, []) }
        case .page(let after, let limit):
            let page = try session.page(after: after, limit: limit, reading: extent)
            guard adapt(page) else { return }
            for emission in machine.page(page.rows.map(\.identity), wasFull: page.wasFull, at: .current) {
                emit(emission, page.rows)
            }
            pauseMilliseconds = address.patience.firstPauseMilliseconds
            report(page.wasFull ? .reading : .idle)
        case .gaps(let ranges, let limit):
            let page = try session.gaps(ranges, limit: limit, reading: extent)
            guard adapt(page) else { return }
            let emission = machine.gapRows(page.rows.map(\.identity), wasFull: page.wasFull, at: .current)
            if let emission { emit(emission, page.rows) }
        case .reread(let after, let through, let limit):
            let page = try session.reread(after: after, through: through, limit: limit, reading: extent)
            guard adapt(page) else { return }
            let emission = machine.reread(page.rows.map(\.identity), wasFull: page.wasFull, at: .current)
            if let emission { emit(emission, page.rows) }
        case .transactions:
            if let open = try session.transactions() {
                machine.transactions(open, at: .current)
            } else {
                machine.transactionsDenied()
            }
        case .wait(let time):
            control.wait(untilMonotonicMilliseconds: time)
        }
    }

    /// Rows of megabytes make pages of a few; then pages grow again.
    /// - Returns: whether the page is an answer; else the same question is asked again.
    private mutating func adapt(_ page: TableSession.Page) -> Bool {
        if page.fitsAfterAll {
            detour.clear()
            return false
        }
        if detour.goesOn() {
            machine.pageLimit = 1
        } else if page.wasHeavy {
            machine.pageLimit = max(1, page.rows.count)
        } else if machine.pageLimit < request.batch {
            machine.pageLimit = min(max(request.batch, 1), machine.pageLimit * 2)
        }
        return true
    }

    private func emit(_ emission: Emission, _ rows: [SourceRow]) {
        guard control.takeCredit() else { return }
        let part = emission.rows == rows.indices ? rows : Array(rows[emission.rows])
        batches(
            SourceBatch(
                kind: emission.kind, rows: part, position: emission.position, positionText: emission.positionText))
    }

    /// Composite keys have no gaps that would wait for it.
    private var seesTransactions: Bool { machine.seesTransactions || machine.settings.key == .composite }

    /// Says how it goes when that changes; the position alone at most once a second.
    private mutating func report(_ state: SourceCondition.State) {
        let now = Moment.current.monotonicMilliseconds
        let isSame =
            reported?.state == state && reported?.gapsOpen == machine.gapsOpen
            && reported?.seesTransactions == seesTransactions
            && reported?.gapsForgotten == machine.position.gapsForgotten
        if isSame, now - reportedAt < 1_000 { return }
        let new = SourceCondition(
            state: state, gapsOpen: machine.gapsOpen, seesTransactions: seesTransactions,
            positionText: machine.positionText, gapsForgotten: machine.position.gapsForgotten)
        if new != reported { condition(new) }
        reported = new
        reportedAt = now
    }
}
