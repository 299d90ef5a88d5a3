import Synchronization

/// One request on its way through the server, from its checked head to its answer. A connection carries one.
final class Exchange: Sendable {
    let head: RequestHead
    let peer: ConsoleAddress

    private struct State {
        var request: Request?
        var body: [UInt8] = []
        var answer: Answer?
        var deadlineMilliseconds: Int64
    }

    private let state: Mutex<State>

    /// - Parameter deadlineMilliseconds: on the monotonic clock; when it is over the connection is cut.
    init(head: RequestHead, peer: ConsoleAddress, deadlineMilliseconds: Int64) {
        self.head = head
        self.peer = peer
        state = Mutex(State(deadlineMilliseconds: deadlineMilliseconds))
    }

    var request: Request? {
        get { state.withLock { $0.request } }
        set { state.withLock { $0.request = newValue } }
    }

    var answer: Answer? {
        get { state.withLock { $0.answer } }
        set { state.withLock { $0.answer = newValue } }
    }

    var deadlineMilliseconds: Int64 {
        get { state.withLock { $0.deadlineMilliseconds } }
        set { state.withLock { $0.deadlineMilliseconds = newValue } }
    }

    var body: [UInt8] { state.withLock { $0.body } }

    /// - Returns: false where more came than the head announced.
    func append(_ bytes: UnsafeRawBufferPointer) -> Bool {
        state.withLock { state in
            guard state.body.count + bytes.count <= head.contentLength else { return false }
            state.body.append(contentsOf: bytes)
            return true
        }
    }
}
