package import Message
package import Store

/// Random work on two job indexes, the store's and the model, which must say the same of it at any time.
package struct JobPair {
    package var real: any JobIndex
    package private(set) var model = ModelJobIndex()
    package private(set) var now = Instant(microseconds: 1_700_000_000_000_000)
    private var random: SplitMix
    /// First numbers of every job there ever was: in the model, in the store.
    private var first: [(model: JobNumber, real: JobNumber)] = []
    /// Where the jobs are now, by number, as positions in `first`.
    private var byModel: [JobNumber: Int] = [:]
    private var byReal: [JobNumber: Int] = [:]
    private var created: UInt64 = 0
    private let names = ["a", "orders", "orders.dead", "q with spaces", ""].map { Array($0.utf8) }
    private let bodyMost: Int

    package init(_ real: any JobIndex, seed: UInt64, bodyMost: Int = 400) {
        self.real = real
        self.bodyMost = bodyMost
        random = SplitMix(seed: seed)
    }

    /// As it is now, for a later return.
    package func snapshot() -> JobPair {
        var copy = self
        copy.model = model.copy()
        return copy
    }

    package mutating func draw(_ most: Int) -> Int { Int(random.next() % UInt64(most)) }
    private mutating func chance(_ percent: Int) -> Bool { draw(100) < percent }

    // MARK: Steps

    package mutating func step() throws {
        switch draw(1000) {
        case ..<380: add()
        case ..<560: try fetch()
        case ..<740: try removeSome()
        case ..<820: try changeSome()
        case ..<880: try moveSome()
        case ..<930: try passTime()
        case ..<940: try purge()
        case ..<950: pauseSome()
        case ..<956: dropSome()
        case ..<957: removeAll()
        case ..<960: setLeaving()
        default: try compareQueue(names[draw(names.count)])
        }
    }

    private func queues(_ name: [UInt8]) -> (model: JobQueueID, real: JobQueueID) {
        name.withUnsafeBytes { (model.makeQueue($0, at: now), real.makeQueue($0, at: now)) }
    }

    private func known(_ name: [UInt8]) throws -> (model: JobQueueID, real: JobQueueID)? {
        try name.withUnsafeBytes { name in
            let (inModel, inReal) = (model.queue(named: name), real.queue(named: name))
            try TurnLog.expect((inModel == nil) == (inReal == nil), "queue: \(String(describing: inModel))")
            guard let inModel, let inReal else { return nil }
            return (inModel, inReal)
        }
    }

    private mutating func randomHead() -> JobHead {
        let state = [JobState.queued, .queued, .queued, .delayed, .leased, .spent][draw(6)]
        let due = state == .queued || chance(10) ? Instant.never : later(5_000_000)
        return JobHead(
            state: state, due: due, expires: chance(70) ? .never : later(20_000_000), nacks: UInt16(draw(5)),
            additionalDeliveries: UInt16(draw(5)), deliveries: UInt16(draw(70000) & 0xffff), wasQueued: chance(50),
            isAtMostOnce: chance(20), isLimited: chance(20))
    }

    private mutating func later(_ most: Int) -> Instant { now.advanced(by: Microseconds(Int64(1 + draw(most)))) }

    private mutating func add() {
        let name = names[draw(names.count)]
        let queue = queues(name)
        for _ in 0...draw(6) {
            if chance(3) { _ = real.reserve(in: queue.real) }
            let head = randomHead()
            created += UInt64(1 + draw(1000)) * 1_000_000
            let terms = JobTerms(
                retrySeconds: UInt32(draw(1000)), delaySeconds: UInt32(draw(10)), ttlSeconds: UInt32(draw(1 << 30)),
                deliveriesMost: UInt16(draw(10)), created: created)
            let id = (0..<40).map { _ in UInt8(draw(256)) }
            let body = (0..<(chance(5) ? draw(bodyMost * 10) : draw(bodyMost))).map { _ in UInt8(draw(256)) }
            let numbers = (model: model.reserve(in: queue.model), real: real.reserve(in: queue.real))
            id.withUnsafeBytes { id in
                body.withUnsafeBytes { body in
                    model.add(numbers.model, to: queue.model, head: head, terms: terms, id: id, body: body)
                    real.add(numbers.real, to: queue.real, head: head, terms: terms, id: id, body: body)
                }
            }
            byModel[numbers.model] = first.count
            byReal[numbers.real] = first.count
            first.append(numbers)
        }
    }

    private mutating func fetch() throws {
        guard let queue = try known(names[draw(names.count)]) else { return }
        for _ in 0...draw(8) {
            let (one, other) = (model.firstQueued(in: queue.model), real.firstQueued(in: queue.real))
            try expectSame(one, other, "the first queued job")
            guard let one, let other, var head = model.head(one) else { return }
            head.state = head.isAtMostOnce ? .spent : .leased
            head.due = head.isAtMostOnce ? .never : later(10_000_000)
            head.deliveries &+= 1
            model.change(one, to: head, event: .fetched)
            real.change(other, to: head, event: .fetched)
        }
    }

    /// A job that may be gone, by its first number.
    private mutating func someJob() throws -> (model: JobNumber, real: JobNumber)? {
        guard !first.isEmpty else { return nil }
        let recent = chance(80) ? max(0, first.count - 200) : 0
        let position = recent + draw(first.count - recent)
        let found = (model.find(first[position].model), real.find(first[position].real))
        try expectSame(found.0, found.1, "find")
        guard let one = found.0, let other = found.1 else { return nil }
        return (one, other)
    }

    private mutating func removeSome() throws {
        for _ in 0...draw(12) {
            guard let job = try someJob() else { continue }
            remove(job)
        }
    }

    private mutating func remove(_ job: (model: JobNumber, real: JobNumber)) {
        let ending = JobEnding.allCases[draw(JobEnding.allCases.count)]
        model.remove(job.model, ending: ending)
        real.remove(job.real, ending: ending)
        byModel[job.model] = nil
        byReal[job.real] = nil
    }

    private mutating func changeSome() throws {
        for _ in 0...draw(4) {
            guard let job = try someJob() else { continue }
            let head = randomHead()
            let event = [JobEvent.fetched, .queued, .changed][draw(3)]
            model.change(job.model, to: head, event: event)
            real.change(job.real, to: head, event: event)
        }
    }

    private mutating func moveSome() throws {
        let target = queues(names[draw(names.count)])
        for _ in 0...draw(5) {
            guard let job = try someJob(), let position = byModel[job.model] else { continue }
            let head = randomHead()
            let isDead = chance(50)
            let moved = (
                model: model.move(job.model, to: target.model, head: head, isDeadLetter: isDead),
                real: real.move(job.real, to: target.real, head: head, isDeadLetter: isDead)
            )
            byModel[job.model] = nil
            byReal[job.real] = nil
            byModel[moved.model] = position
            byReal[moved.real] = position
        }
    }

    private mutating func passTime() throws {
        now = later(1_000_000)
        var due: (model: Set<Int>, real: Set<Int>) = ([], [])
        while let job = model.nextDue(by: now) {
            guard let position = byModel[job] else { throw TurnLog.Broken(description: "an unknown job is due") }
            due.model.insert(position)
            model.change(job, to: quiet(model.head(job)), event: .queued)
        }
        while let job = real.nextDue(by: now) {
            guard let position = byReal[job] else { throw TurnLog.Broken(description: "an unknown job is due") }
            try TurnLog.expect(due.real.insert(position).inserted, "job \(position) is due again")
            real.change(job, to: quiet(real.head(job)), event: .queued)
        }
        try TurnLog.expect(due.model == due.real, "due: \(due.model) and \(due.real)")
        if let next = model.nextDueTime {
            let said = real.nextDueTime
            try TurnLog.expect(said.map { $0 <= next } ?? false, "due next: \(next), \(String(describing: said))")
        }
    }

    private func quiet(_ head: JobHead?) -> JobHead {
        JobHead(
            state: .queued, due: .never, expires: .never, nacks: head?.nacks ?? 0,
            additionalDeliveries: (head?.additionalDeliveries ?? 0) &+ 1, deliveries: head?.deliveries ?? 0,
            wasQueued: true, isAtMostOnce: head?.isAtMostOnce ?? false, isLimited: head?.isLimited ?? false)
    }

    private mutating func purge() throws {
        guard chance(40), let queue = try known(names[draw(names.count)]) else { return }
        let purged = (model.purge(queue.model), real.purge(queue.real))
        try TurnLog.expect(purged.0 == purged.1, "purged: \(purged)")
    }

    private mutating func pauseSome() {
        let queue = queues(names[draw(names.count)])
        let pause = PauseState(rawValue: UInt8(draw(4)))
        model.setPause(pause, of: queue.model)
        real.setPause(pause, of: queue.real)
    }

    private mutating func dropSome() {
        let name = names[draw(names.count)]
        name.withUnsafeBytes { name in
            guard let one = model.queue(named: name), let other = real.queue(named: name),
                JobState.allCases.allSatisfy({ model.count($0, in: one) == 0 })
            else { return }
            model.drop(one)
            real.drop(other)
        }
    }

    private mutating func removeAll() {
        guard chance(30) else { return }
        model.removeAll()
        real.removeAll()
    }

    private mutating func setLeaving() {
        model.isLeaving = chance(50)
        real.isLeaving = model.isLeaving
    }

    // MARK: Comparing

    private func expectSame(_ one: JobNumber?, _ other: JobNumber?, _ what: String) throws {
        let positions = (one.flatMap { byModel[$0] }, other.flatMap { byReal[$0] })
        let text = "\(what): \(String(describing: positions.0)) and \(String(describing: positions.1))"
        try TurnLog.expect((one == nil) == (other == nil) && positions.0 == positions.1, text)
    }

    /// Everything that can be asked.
    package func compare() throws {
        try TurnLog.expect(model.queueCount == real.queueCount, "queues: \(model.queueCount), \(real.queueCount)")
        try TurnLog.expect(model.jobCount == real.jobCount, "jobs: \(model.jobCount), \(real.jobCount)")
        try TurnLog.expect(model.lastCreated == real.lastCreated, "last: \(model.lastCreated), \(real.lastCreated)")
        try TurnLog.expect(model.isLeaving == real.isLeaving, "leaving")
        for name in names { try compareQueue(name) }
        var all: [JobNumber] = []
        real.forEachJob(after: JobNumber(rawValue: 0), in: nil) { number, _ in
            all.append(number)
            return true
        }
        try TurnLog.expect(all.count == model.jobCount && all == all.sorted(), "forEachJob of all: \(all.count)")
        for position in max(0, first.count - 500)..<first.count {
            try expectSame(model.find(first[position].model), real.find(first[position].real), "find \(position)")
        }
    }

    private func compareQueue(_ name: [UInt8]) throws {
        guard let queue = try known(name), let one = model.state(of: queue.model),
            let other = real.state(of: queue.real)
        else { return }
        let (left, right) = ("\(one)", "\(other)")
        try TurnLog.expect(left == right, "state: \(left) and \(right)")
        for backwards in [false, true] {
            var listed: (model: [Int], real: [Int]) = ([], [])
            model.forEachQueued(in: queue.model, backwards: backwards) { number in
                listed.model.append(byModel[number] ?? -1)
                return true
            }
            real.forEachQueued(in: queue.real, backwards: backwards) { number in
                listed.real.append(byReal[number] ?? -2)
                return true
            }
            try TurnLog.expect(listed.model == listed.real, "queued, backwards \(backwards): \(listed)")
        }
        try compareJobs(of: queue)
    }

    private func compareJobs(of queue: (model: JobQueueID, real: JobQueueID)) throws {
        var listed: [(JobNumber, JobHead)] = []
        model.forEachJob(after: JobNumber(rawValue: 0), in: queue.model) { number, head in
            listed.append((number, head))
            return true
        }
        var place = 0
        var difference: String?
        var seen: [(JobNumber, JobHead)] = []
        // In pages, as a cursor goes.
        var cursor = JobNumber(rawValue: 0)
        while true {
            var page = 0
            real.forEachJob(after: cursor, in: queue.real) { number, head in
                seen.append((number, head))
                cursor = number
                page += 1
                return page < 7
            }
            if page < 7 { break }
        }
        for (number, head) in seen {
            guard place < listed.count else {
                difference = "one job too many"
                break
            }
            let (other, expected) = listed[place]
            place += 1
            if byModel[other] != byReal[number] || expected != head { difference = "\(expected) is \(head)" }
            if real.head(number) != head || real.queue(of: number) != queue.real { difference = "head of \(number)" }
            difference = difference ?? self.difference(of: other, number)
        }
        try TurnLog.expect(difference == nil && place == listed.count, difference ?? "\(listed.count - place) are gone")
    }

    private func difference(of one: JobNumber, _ other: JobNumber) -> String? {
        let content = real.withContent(of: other) { ($0.terms, [UInt8]($0.id), [UInt8]($0.body)) }
        let expected = model.withContent(of: one) { ($0.terms, [UInt8]($0.id), [UInt8]($0.body)) }
        guard let content, let expected else { return "no content of \(other)" }
        return content == expected ? nil : "another content of \(other)"
    }
}
