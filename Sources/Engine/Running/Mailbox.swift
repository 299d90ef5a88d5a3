package import Connecting
import Message
package import Store
import Synchronization

/// Where other threads leave what the core takes up in its next turn.
package final class Mailbox: Sendable {
    private struct State {
        var input = TurnInput()
        var isRung = false
        var requests: [CoreRequest] = []
    }

    private let state = Mutex(State())
    package let wakeup = Wakeup()

    package init() {}

    package func post(_ outcomes: [DeliveryOutcome]) {
        change { $0.input.outcomes.append(contentsOf: outcomes) }
    }

    /// - Parameter generation: of the reader, so that what an old one left is not taken for a new one's.
    package func post(_ batch: SourceBatch, of route: RouteID, generation: UInt64) {
        change { $0.input.batches.append(.init(route: route, generation: generation, batch: batch)) }
    }

    package func post(_ command: Command) {
        change { $0.input.commands.append(command) }
    }

    package func post(_ request: CoreRequest) {
        change { $0.requests.append(request) }
    }

    private func change(_ body: (inout sending State) -> Void) {
        let mustRing = state.withLock { state in
            body(&state)
            defer { state.isRung = true }
            return !state.isRung
        }
        if mustRing { wakeup.ring() }
    }

    /// Takes what has arrived.
    /// - Parameter rows: about how many rows to take at most; further batches stay for the next turn.
    package func take(rows: Int, withBatches: Bool) -> (input: TurnInput, requests: [CoreRequest]) {
        state.withLock { state in
            var taken = TurnInput()
            swap(&taken.outcomes, &state.input.outcomes)
            swap(&taken.commands, &state.input.commands)
            if withBatches {
                var room = rows
                var count = 0
                while count < state.input.batches.count, room > 0 {
                    room -= state.input.batches[count].batch.rows.count + 1
                    count += 1
                }
                taken.batches = Array(state.input.batches.prefix(count))
                state.input.batches.removeFirst(count)
            }
            let requests = state.requests
            state.requests = []
            state.isRung = false
            return (taken, requests)
        }
    }

    /// Whether there is something to take; what arrives later rings.
    package func hasAny(withBatches: Bool) -> Bool {
        state.withLock { state in
            !state.input.outcomes.isEmpty || !state.input.commands.isEmpty || !state.requests.isEmpty
                || (withBatches && !state.input.batches.isEmpty)
        }
    }
}

/// What changes the core as a whole, between two turns.
package enum CoreRequest: Sendable {
    /// Takes nothing up any more and ends when what is in flight is settled, or after the grace time.
    case drain(graceMilliseconds: Int64)
    /// Runs with the core's thread to itself: a reload, a backup step.
    case run(@Sendable (Core) -> Void)
}
