import CLinux
import Glibc

/// One side of the load, with its socket.
protocol Peer: AnyObject {
    var connection: Connection { get }
    /// Whether something is to be sent that the socket did not take.
    var wantsWrite: Bool { get }
    /// Sends its first request.
    func begin(at time: Int) throws
    func ready(_ events: UInt32, at time: Int) throws
}

/// Waits for sockets and tells their owners.
final class Loop {
    private let poll = epoll_create1(0)
    private var peers: [any Peer] = []
    private var isWriting: [Bool] = []
    private let events = UnsafeMutablePointer<epoll_event>.allocate(capacity: 256)

    deinit {
        close(poll)
        events.deallocate()
    }

    func add(_ peer: any Peer) throws {
        peers.append(peer)
        isWriting.append(false)
        try control(EPOLL_CTL_ADD, peers.count - 1, EPOLLIN.rawValue)
    }

    func begin() throws {
        let time = nanosecondsNow()
        for index in peers.indices {
            try peers[index].begin(at: time)
            try watch(index)
        }
    }

    /// Runs until `isOver`, which is asked after each round, at least every 10 ms.
    func run(until isOver: (Int) throws -> Bool) throws {
        while true {
            let count = epoll_wait(poll, events, 256, 10)
            let time = nanosecondsNow()
            for event in 0..<max(0, Int(count)) {
                let index = Int(events[event].data.u64)
                try peers[index].ready(events[event].events, at: time)
                try watch(index)
            }
            if try isOver(time) { return }
        }
    }

    /// To be called where peers were told to send from outside.
    func watchAll() throws {
        for index in peers.indices { try watch(index) }
    }

    private func watch(_ index: Int) throws {
        let wants = peers[index].wantsWrite
        guard wants != isWriting[index] else { return }
        isWriting[index] = wants
        try control(EPOLL_CTL_MOD, index, EPOLLIN.rawValue | (wants ? EPOLLOUT.rawValue : 0))
    }

    private func control(_ operation: Int32, _ index: Int, _ wanted: UInt32) throws {
        var event = epoll_event()
        event.events = wanted
        event.data.u64 = UInt64(index)
        guard epoll_ctl(poll, operation, peers[index].connection.descriptor, &event) == 0 else {
            throw Trouble("epoll_ctl: errno \(errno)")
        }
    }
}
