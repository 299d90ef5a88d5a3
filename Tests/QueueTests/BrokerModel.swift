/// What the broker is held against: everything in one list, every question answered by looking through it. Times are
/// milliseconds.
struct BrokerModel {
    struct Job {
        var queue: String
        var place: Int
        var state = "queued"
        var due = Int64.max
        var expires = Int64.max
        let retry: Int64
        var most: Int
        var nacks = 0
        var additional = 0
        var deliveries = 0
        var wasQueued = true
    }

    var now: Int64 = 0
    var jobs: [String: Job] = [:]
    var paused: [String: String] = [:]
    var waiting: [(client: Int, queue: String, deadline: Int64)] = []
    private var nextPlace = 0
    /// Of each queue: expired, dead-lettered.
    var (expired, dead): ([String: Int], [String: Int]) = ([:], [:])

    func isPaused(_ queue: String, _ way: String) -> Bool { ["all", way].contains(paused[queue] ?? "none") }
    func count(_ queue: String, _ state: String) -> Int {
        jobs.values.count { $0.queue == queue && $0.state == state }
    }
    func queued(_ queue: String) -> [String] {
        jobs.filter { $0.value.queue == queue && $0.value.state == "queued" }
            .sorted { $0.value.place < $1.value.place }.map(\.key)
    }

    mutating func add(_ id: String, _ queue: String, retry: Int64, delay: Int64, ttl: Int64, most: Int) {
        var job = Job(queue: queue, place: nextPlace, retry: retry, most: most)
        nextPlace += 1
        if delay > 0 { (job.state, job.due, job.wasQueued) = ("delayed", now + delay, false) }
        if ttl > 0 { job.expires = now + ttl }
        jobs[id] = job
    }

    mutating func take(_ queue: String, _ count: Int) -> [String] {
        if isPaused(queue, "out") { return [] }
        let ids = Array(queued(queue).prefix(count))
        for id in ids {
            guard var job = jobs[id] else { continue }
            job.state = "in-flight"
            job.deliveries += 1
            job.due = job.retry == 0 ? .max : now + job.retry
            jobs[id] = job
        }
        return ids
    }

    /// Whether it can come back: delayed, or handed out and not for the only time.
    func isOut(_ id: String) -> Bool {
        jobs[id].map { $0.state == "delayed" || $0.state == "in-flight" && $0.retry > 0 } ?? false
    }

    mutating func comeBack(_ id: String, isRejected: Bool, delay: Int64 = 0) {
        guard var job = jobs[id] else { return }
        if isRejected { job.nacks += 1 }
        if job.most > 0, job.deliveries >= job.most {
            dead[job.queue, default: 0] += 1
            (job.queue, job.place, job.state) = (job.queue + ".dead", nextPlace, "queued")
            (job.most, job.expires, job.due) = (0, .max, .max)
            nextPlace += 1
        } else if delay > 0 {
            (job.state, job.due, job.wasQueued) = ("delayed", now + delay, false)
        } else {
            if !isRejected, job.wasQueued { job.additional += 1 }
            (job.state, job.due, job.wasQueued) = ("queued", .max, true)
        }
        jobs[id] = job
    }

    mutating func move(_ ids: [String], to queue: String) {
        for id in ids {
            jobs[id]?.queue = queue
            jobs[id]?.place = nextPlace
            nextPlace += 1
        }
    }

    /// What happens by itself.
    /// - Returns: who waits no longer, with the job or without.
    mutating func endTurn() -> [(client: Int, job: String?)] {
        for (id, job) in jobs where min(job.due, job.expires) <= now {
            if job.expires <= now {
                jobs[id] = nil
                expired[job.queue, default: 0] += 1
            } else if isPaused(job.queue, "in"), job.retry > 0 {
                jobs[id]?.due = now + job.retry
            } else {
                comeBack(id, isRejected: false)
            }
        }
        var over: [(client: Int, job: String?)] = []
        for wait in waiting {
            if let id = take(wait.queue, 1).first {
                over.append((wait.client, id))
            } else if wait.deadline <= now {
                over.append((wait.client, nil))
            }
        }
        waiting.removeAll { wait in over.contains { $0.client == wait.client } }
        return over
    }
}
