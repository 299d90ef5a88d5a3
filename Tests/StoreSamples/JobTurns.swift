import Message
import Store

/// The jobs of a run of turns: each turn adds five, goes on with those of the turns before, and ends the old ones, so that
/// the number of turns says what every job must be.
enum JobTurns {
    private static let perTurn = 5
    /// Jobs of turns that are this far back have all ended.
    private static let reach = 20

    private enum Place: Hashable {
        case queued, leased, dead, ended
    }

    /// Where job `index` of a turn is, `age` turns later.
    private static func place(_ index: Int, age: Int) -> Place {
        switch index {
        case 0, 1: age == 0 ? .queued : age == 1 ? .leased : .ended
        case 2: age == 0 ? .queued : age < 6 ? .leased : .ended
        case 3: age == 0 ? .queued : age < reach ? .dead : .ended
        default: age < 10 ? .queued : .ended
        }
    }

    static func record(_ turn: Int, in jobs: any JobIndex) {
        let numbers = numbersByID(jobs)
        let dead = queue("dead", turn, jobs)
        for age in 1...reach where turn > age {
            for index in 0..<perTurn {
                let (before, after) = (place(index, age: age - 1), place(index, age: age))
                guard before != after, let number = numbers[id(turn - age, index)] else { continue }
                switch after {
                case .leased: jobs.change(number, to: head(.leased, turn), event: .fetched)
                case .dead: _ = jobs.move(number, to: dead, head: head(.queued, turn), isDeadLetter: true)
                default: jobs.remove(number, ending: .acknowledged)
                }
            }
        }
        for index in 0..<perTurn { add(turn, index, to: jobs) }
    }

    private static func add(_ turn: Int, _ index: Int, to jobs: any JobIndex) {
        let queue = queue("jobs \(turn % 3)", turn, jobs)
        let terms = JobTerms(
            retrySeconds: 300, delaySeconds: 0, ttlSeconds: 0, deliveriesMost: 0,
            created: UInt64(Sample.start + Int64(turn)) * 1_000)
        let number = jobs.reserve(in: queue)
        id(turn, index).withUnsafeBytes { id in
            body(turn, index).withUnsafeBytes { body in
                jobs.add(number, to: queue, head: head(.queued, turn), terms: terms, id: id, body: body)
            }
        }
    }

    private static func queue(_ name: String, _ turn: Int, _ jobs: any JobIndex) -> JobQueueID {
        Array(name.utf8).withUnsafeBytes { jobs.makeQueue($0, at: Sample.instant(turn)) }
    }

    private static func head(_ state: JobState, _ turn: Int) -> JobHead {
        JobHead(
            state: state, due: state == .leased ? Sample.instant(turn + 1_000_000) : .never, expires: .never,
            deliveries: state == .leased ? 1 : 0, wasQueued: true, isAtMostOnce: false, isLimited: false)
    }

    private static func id(_ turn: Int, _ index: Int) -> [UInt8] {
        let text = Array("D-\(turn)-\(index)".utf8)
        return text + [UInt8](repeating: 0x2e, count: 40 - text.count)
    }

    private static func body(_ turn: Int, _ index: Int) -> [UInt8] {
        [UInt8](repeating: UInt8(truncatingIfNeeded: turn), count: turn * 37 % 500 + index)
    }

    private static func numbersByID(_ jobs: any JobIndex) -> [[UInt8]: JobNumber] {
        var numbers: [[UInt8]: JobNumber] = [:]
        jobs.forEachJob(after: JobNumber(rawValue: 0), in: nil) { number, _ in
            if let id = jobs.withContent(of: number, { [UInt8]($0.id) }) { numbers[id] = number }
            return true
        }
        return numbers
    }

    // MARK: Checking

    /// - Throws: `TurnLog.Broken` where the jobs are not those of so many turns.
    static func check(_ turns: Int, in jobs: any JobIndex) throws {
        let numbers = numbersByID(jobs)
        var expected = 0
        for turn in max(1, turns - reach)..<turns + 1 where turn <= turns {
            for index in 0..<perTurn {
                let place = place(index, age: turns - turn)
                let number = numbers[id(turn, index)]
                try TurnLog.expect((number == nil) == (place == .ended), "job \(index) of turn \(turn) is not \(place)")
                guard let number else { continue }
                expected += 1
                try check(turn, index, place, number, jobs)
            }
        }
        try TurnLog.expect(numbers.count == expected && jobs.jobCount == expected, "\(numbers.count) jobs of \(turns)")
        let (added, ended) = try totals(jobs)
        try TurnLog.expect(added == UInt64(turns * perTurn), "\(added) jobs came in in \(turns) turns")
        try TurnLog.expect(ended == UInt64(turns * perTurn - expected), "\(ended) jobs ended in \(turns) turns")
    }

    private static func check(
        _ turn: Int, _ index: Int, _ place: Place, _ number: JobNumber, _ jobs: any JobIndex
    ) throws {
        let state = jobs.head(number)?.state
        try TurnLog.expect(state == (place == .leased ? .leased : .queued), "job \(index) of \(turn): \(place)")
        let name = jobs.queue(of: number).flatMap { jobs.state(of: $0)?.name }
        let queue = Array((place == .dead ? "dead" : "jobs \(turn % 3)").utf8)
        try TurnLog.expect(name == queue, "job \(index) of turn \(turn) is in another queue")
        let kept = jobs.withContent(of: number) { [UInt8]($0.body) }
        try TurnLog.expect(kept == body(turn, index), "the body of job \(index) of turn \(turn)")
    }

    private static func totals(_ jobs: any JobIndex) throws -> (added: UInt64, ended: UInt64) {
        var (added, moved, ended) = (UInt64(0), UInt64(0), UInt64(0))
        jobs.forEachQueue(after: 0) { queue in
            guard let state = jobs.state(of: queue) else { return false }
            added += state.jobsIn
            moved += state.deadLettered
            ended += state.ended.reduce(0, +)
            return true
        }
        // Coming into the other queue counts as coming in.
        return (added - moved, ended)
    }
}
