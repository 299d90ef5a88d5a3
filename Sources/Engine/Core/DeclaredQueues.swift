import RouteLanguage
import Store

/// The queues that the newest plan declares and uses: messages go through them, or dead letters are named after them.
/// A queue that a route reads is none of these: its jobs are in the job index.
struct DeclaredQueues {
    struct Queue {
        let id: QueueID
        let name: [UInt8]
        /// The routes that go through it; empty: it holds dead letters.
        let routes: [String]
    }

    let version: Int
    private(set) var all: [Queue] = []
    private var byName: [[UInt8]: Int] = [:]
    private var byID: [QueueID: Int] = [:]

    init() { version = 0 }

    init(_ plan: LoadedPlan, version: Int, id: (String) -> QueueID) {
        self.version = version
        var deadLetters: Set<Int> = []
        for route in plan.routes {
            for instruction in route.plan.body {
                if case .deadLetter(let queue, _) = instruction { deadLetters.insert(queue) }
            }
        }
        for (index, queue) in plan.plan.queues.enumerated() where queue.isDeclared {
            let routes = plan.routes.filter { $0.plan.queue == index }.map(\.plan.name)
            guard !routes.isEmpty || deadLetters.contains(index) else { continue }
            add(Queue(id: id(queue.name), name: Array(queue.name.utf8), routes: routes))
        }
    }

    private mutating func add(_ queue: Queue) {
        byName[queue.name] = all.count
        byID[queue.id] = all.count
        all.append(queue)
    }

    var ids: [QueueID] { all.map(\.id) }
    subscript(name: [UInt8]) -> Queue? { byName[name].map { all[$0] } }
    subscript(id: QueueID) -> Queue? { byID[id].map { all[$0] } }
}
