import CCurl
import CCurlShim
import Connecting

/// One multi with its pooled handles. Owner of the multi; used from one thread.
final class RequestPool {
    private let loop: UnsafeMutablePointer<waybill_loop>
    private let endpoint: HTTPEndpoint
    private let reactor: OpaquePointer
    private var slots: [RequestSlot] = []
    private var idle: [Int] = []
    private let capacity: Int

    var running: Int { slots.count - idle.count }
    var deadline: Int64 { loop.pointee.deadline_ms }

    init?(_ endpoint: HTTPEndpoint, reactor: OpaquePointer, capacity: Int) {
        self.endpoint = endpoint
        self.reactor = reactor
        self.capacity = capacity
        loop = .allocate(capacity: 1)
        loop.initialize(to: waybill_loop())
        guard waybill_loop_open(loop, reactor, capacity) else { return nil }
    }

    deinit {
        slots = []
        waybill_loop_close(loop)
        loop.deallocate()
    }

    /// - Returns: why it was not begun.
    func start(_ dispatch: Dispatch) -> DeliveryFailure? {
        guard let index = takeSlot() else { return .noMemory }
        if let failure = slots[index].prepare(dispatch) {
            idle.append(index)
            return failure
        }
        guard curl_multi_add_handle(loop.pointee.multi, slots[index].handle) == CURLM_OK else {
            idle.append(index)
            return .noMemory
        }
        return nil
    }

    private func takeSlot() -> Int? {
        if let index = idle.popLast() { return index }
        guard let slot = RequestSlot(endpoint, index: slots.count, reactor: reactor) else { return nil }
        slots.append(slot)
        return slots.count - 1
    }

    /// Runs the multi's timer if it is due, and takes what is done.
    func work(now: Int64, into finished: inout [DeliveryOutcome]) {
        waybill_loop_run_timer(loop, now)
        collect(into: &finished)
    }

    func collect(into finished: inout [DeliveryOutcome]) {
        if running == 0 { return }
        var left: Int32 = 0
        while let message = curl_multi_info_read(loop.pointee.multi, &left) {
            guard message.pointee.msg == CURLMSG_DONE, let handle = message.pointee.easy_handle else { continue }
            let code = message.pointee.data.result
            let index = RequestSlot.index(of: handle)
            guard slots.indices.contains(index) else { continue }
            finished.append(slots[index].outcome(code))
            curl_multi_remove_handle(loop.pointee.multi, handle)
            idle.append(index)
        }
    }

    /// Stops everything that runs.
    func abandon(into finished: inout [DeliveryOutcome]) {
        collect(into: &finished)
        let resting = Set(idle)
        for (index, slot) in slots.enumerated() where !resting.contains(index) {
            finished.append(slot.abandoned())
            curl_multi_remove_handle(loop.pointee.multi, slot.handle)
            idle.append(index)
        }
    }
}
