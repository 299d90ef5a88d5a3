import CCrashMarks
package import Store

/// Which message each working thread has in hand, in a page that survives the process: a message that crashes it is
/// known at the next start, and only that one.
package final class CrashMarks {
    /// What a thread was working on when the process ended.
    package enum Suspect: Sendable, Hashable {
        case entry(EntryID)
        /// A row above the durability line; the row's number, or a hash of its identity.
        case row(RouteID, UInt64)
    }

    private enum Kind {
        static let entry: UInt64 = 1
        static let row: UInt64 = 2
    }

    /// Starts in a row that find the same message in a slot without a mark, before it counts as marked: the kernel ended
    /// the process for its memory.
    private static let unmarkedStarts: UInt64 = 3

    nonisolated(unsafe) private let slot: UnsafeMutablePointer<waybill_crash_slot>

    /// Opens the page and reads what the last process left.
    /// - Returns: the marks, and the messages that get a crash mark now.
    package static func open(path: String) throws(StoreError) -> (marks: CrashMarks, suspects: [Suspect]) {
        let problem = waybill_crash_open(path)
        guard problem == 0, let slots = waybill_crash_slots() else {
            throw StoreError.failed(operation: "opening \(path)", message: "error \(problem)")
        }
        var suspects: [Suspect] = []
        for index in 0..<Int(WAYBILL_CRASH_SLOTS) {
            if let suspect = judge(&slots[index]) { suspects.append(suspect) }
        }
        waybill_crash_install()
        return (CrashMarks(slot: slots), suspects)
    }

    private init(slot: UnsafeMutablePointer<waybill_crash_slot>) { self.slot = slot }

    private static func judge(_ slot: inout waybill_crash_slot) -> Suspect? {
        defer {
            slot.kind = 0
            slot.crashed = 0
        }
        guard slot.kind != 0 else {
            slot.found_count = 0
            return nil
        }
        let suspect: Suspect =
            slot.kind == Kind.entry
            ? .entry(EntryID(rawValue: slot.first))
            : .row(RouteID(rawValue: UInt32(truncatingIfNeeded: slot.first)), slot.second)
        if slot.crashed != 0 { return suspect }
        let isSame = slot.found_first == slot.first && slot.found_second == slot.second
        slot.found_count = isSame ? slot.found_count + 1 : 1
        slot.found_first = slot.first
        slot.found_second = slot.second
        return slot.found_count >= unmarkedStarts ? suspect : nil
    }

    /// The calling thread is the one whose work these marks note.
    package func enterThread() { _ = waybill_crash_enter_thread(0) }

    package func begin(_ entry: EntryID) { waybill_crash_begin(slot, Kind.entry, entry.rawValue, 0) }

    package func begin(row: UInt64, of route: RouteID) {
        waybill_crash_begin(slot, Kind.row, UInt64(route.rawValue), row)
    }

    package func end() { waybill_crash_end(slot) }
}
