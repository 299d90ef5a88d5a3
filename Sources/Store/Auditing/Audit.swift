import Billing
import Message

/// Holds the two accounts of a store against what it keeps of every message and every delivery.
///
/// Reads one snapshot, so that a service may go on meanwhile (its log grows for those seconds), in memory that does not
/// depend on how much there is. What is older than the retention is counted apart and never called wrong.
package struct Audit {
    private let reader: StoreReader
    private let seenForgotten: Instant?
    private let endingsForgotten: Instant?
    private let marksForgotten: Instant?
    private var list: FindingList
    private var beyondRetention = 0
    private var queued: [RouteID: Int64] = [:]
    private var billedDeliveries = 0
    private var billingRecords = 0
    /// Entries that no seen row matches: children, or strangers.
    private var unmatchedEntries: Set<UInt64> = []
    /// Seen messages whose id begins the id of an entry.
    private var parents: Set<UInt64> = []

    /// - Parameter ids: how many ids are listed of each kind of finding.
    package static func run(_ reader: StoreReader, listing ids: Int = 100) throws(StoreError) -> AuditReport {
        try reader.database.execute("BEGIN")
        defer { try? reader.database.execute("COMMIT") }
        var audit = try Audit(reader, listing: ids)
        try audit.compareMessages()
        try audit.compareDeliveries()
        try audit.tellChildrenFromStrangers()
        try audit.nameFindings()
        return try audit.report()
    }

    private init(_ reader: StoreReader, listing ids: Int) throws(StoreError) {
        self.reader = reader
        list = FindingList(limit: ids)
        let blocks = try reader.forgottenBefore("seen_blocks")
        let rows = try reader.forgottenBefore("seen_rows")
        seenForgotten = [blocks, rows].compactMap { $0 }.max()
        endingsForgotten = try reader.forgottenBefore("endings")
        marksForgotten = try reader.forgottenBefore("marks")
    }

    private func report() throws(StoreError) -> AuditReport {
        let accounts = try reader.accounts()
        let routes = try reader.routes().map { route in
            AuditReport.RouteAccount(
                route: route.name, account: accounts[route.id] ?? Account(), queued: queued[route.id] ?? 0)
        }
        return AuditReport(
            routes: routes, billedDeliveries: billedDeliveries, billingRecords: billingRecords,
            findings: list.findings, beyondRetention: beyondRetention)
    }

    // MARK: Messages

    private enum MessageFact {
        static let seen: UInt8 = 0
        static let seenAndEnded: UInt8 = 1
        static let ended: UInt8 = 2
        static let reopened: UInt8 = 3
        static let queued: UInt8 = 4
        static let child: UInt8 = 5
    }

    private mutating func compareMessages() throws(StoreError) {
        let bits = FactTable.bits(facts: try reader.messageFacts())
        for pass in 0..<(1 << bits) {
            var table = FactTable(pass: pass, bits: bits)
            try gatherSeen(&table)
            try reader.forEachEnding { stored in
                let kind = stored.reopened ? MessageFact.reopened : MessageFact.ended
                table.add(FactTable.hash(stored.ending.route, stored.ending.message), kind)
            }
            try gatherEntries(&table, counting: pass == 0)
            table.forEachGroup { judgeMessage($0, $1) }
        }
    }

    private func gatherSeen(_ table: inout FactTable) throws(StoreError) {
        let forgotten = endingsForgotten
        try reader.forEachSeenRow { stored in
            let kind = stored.row.word == nil ? MessageFact.seen : MessageFact.seenAndEnded
            let mayLack = forgotten.map { stored.row.seenAt < $0 } ?? false
            table.add(FactTable.hash(stored.route, stored.row.message), kind, mayLack: mayLack)
        }
    }

    private mutating func gatherEntries(_ table: inout FactTable, counting: Bool) throws(StoreError) {
        var counted: [RouteID: Int64] = [:]
        try reader.forEachEntry { entry in
            let route = entry.head.route
            table.add(FactTable.hash(route, entry.message), MessageFact.queued)
            counted[route, default: 0] += 1
            for parent in Self.possibleParents(entry.message) {
                table.add(FactTable.hash(route, parent), MessageFact.child)
            }
        }
        if counting { queued = counted }
    }

    /// A child's id is its parent's, a step and an index; a message's own id has one `/` at least.
    private static func possibleParents(_ message: String) -> [Substring] {
        let slashes = message.indices.filter { message[$0] == "/" }
        guard slashes.count >= 3 else { return [] }
        return slashes.dropFirst().map { message[..<$0] }
    }

    private mutating func judgeMessage(_ hash: UInt64, _ facts: ArraySlice<FactTable.Fact>) {
        var counts = (0, 0, 0, 0, 0, 0)
        for fact in facts {
            switch fact.kind {
            case MessageFact.seen: counts.0 += 1
            case MessageFact.seenAndEnded: counts.1 += 1
            case MessageFact.ended: counts.2 += 1
            case MessageFact.reopened: counts.3 += 1
            case MessageFact.queued: counts.4 += 1
            default: counts.5 += 1
            }
        }
        let (ends, entries) = (counts.1 + counts.2 - counts.3, counts.4)
        guard counts.0 + counts.1 > 0 else {
            judgeUnseen(hash, ends: ends, entries: entries)
            return
        }
        if counts.5 > 0 { parents.insert(hash) }
        judgeSeen(hash, ends: ends, entries: entries, mayLack: facts.contains { $0.mayLack })
    }

    private mutating func judgeSeen(_ hash: UInt64, ends: Int, entries: Int, mayLack: Bool) {
        if entries > 1 { list.add(.queuedTwice, hash) }
        switch ends {
        case 0 where entries == 0: note(.vanished, hash, unproved: mayLack)
        case 0: break
        case 1 where entries > 0: list.add(.endedAndWaiting, hash)
        case 1: break
        case ..<0: note(.reopenedUnended, hash, unproved: mayLack)
        default: list.add(.endedTwice, hash)
        }
    }

    private mutating func judgeUnseen(_ hash: UInt64, ends: Int, entries: Int) {
        if ends > 0 { note(.endedUnseen, hash, unproved: seenForgotten != nil) }
        if entries > 0 { unmatchedEntries.insert(hash) }
    }

    private mutating func note(_ kind: AuditReport.Kind, _ hash: UInt64, unproved: Bool) {
        if unproved { beyondRetention += 1 } else { list.add(kind, hash) }
    }

    private mutating func tellChildrenFromStrangers() throws(StoreError) {
        guard !unmatchedEntries.isEmpty else { return }
        var (strangers, children): ([UInt64], [RouteID: Int64]) = ([], [:])
        let (unmatched, parents, mayBeForgotten) = (unmatchedEntries, parents, seenForgotten != nil)
        try reader.forEachEntry { entry in
            let hash = FactTable.hash(entry.head.route, entry.message)
            guard unmatched.contains(hash) else { return }
            // A parent that may have been forgotten gets the benefit of the doubt.
            let isChild = Self.possibleParents(entry.message).contains {
                mayBeForgotten || parents.contains(FactTable.hash(entry.head.route, $0))
            }
            if isChild { children[entry.head.route, default: 0] += 1 } else { strangers.append(hash) }
        }
        for (route, count) in children { queued[route, default: 0] -= count }
        for hash in strangers { note(.queuedUnseen, hash, unproved: seenForgotten != nil) }
    }

    // MARK: Deliveries

    private enum DeliveryFact {
        static let marked: UInt8 = 0
        static let billed: UInt8 = 1
    }

    private mutating func compareDeliveries() throws(StoreError) {
        let bits = FactTable.bits(facts: try reader.deliveryFacts())
        let forgotten = marksForgotten
        for pass in 0..<(1 << bits) {
            var table = FactTable(pass: pass, bits: bits)
            var counts = (marks: 0, records: 0)
            try reader.forEachMark { mark in
                guard let customer = mark.billedTo else { return }
                counts.marks += 1
                table.add(Self.hash(mark, customer), DeliveryFact.marked)
            }
            try reader.forEachCharge { charge, deliveredAt in
                counts.records += 1
                table.add(Self.hash(charge), DeliveryFact.billed, mayLack: forgotten.map { deliveredAt < $0 } ?? false)
            }
            (billedDeliveries, billingRecords) = counts
            table.forEachGroup { judgeDelivery($0, $1) }
        }
    }

    private static func hash(_ mark: DeliveryMark, _ customer: String) -> UInt64 {
        FactTable.hash(customer: customer, message: mark.message, step: mark.step, itemPath: mark.itemPath)
    }

    private static func hash(_ charge: ChargeID) -> UInt64 {
        FactTable.hash(
            customer: charge.customer, message: charge.message, step: charge.step, itemPath: charge.itemPath)
    }

    private mutating func judgeDelivery(_ hash: UInt64, _ facts: ArraySlice<FactTable.Fact>) {
        let marks = facts.reduce(0) { $0 + ($1.kind == DeliveryFact.marked ? 1 : 0) }
        let records = facts.count - marks
        if marks > 1 { list.add(.deliveredTwice, hash) }
        if records == 0 { list.add(.deliveredUnbilled, hash) }
        if marks == 0 { note(.billedUndelivered, hash, unproved: facts.allSatisfy(\.mayLack)) }
    }

    // MARK: Ids

    /// Reads everything once more for the ids behind what was found.
    private mutating func nameFindings() throws(StoreError) {
        guard !list.wanted.isEmpty else { return }
        var list = list
        try reader.forEachSeenRow { list.name(FactTable.hash($0.route, $0.row.message), $0.row.message) }
        try reader.forEachEnding { list.name(FactTable.hash($0.ending.route, $0.ending.message), $0.ending.message) }
        try reader.forEachEntry { list.name(FactTable.hash($0.head.route, $0.message), $0.message) }
        try reader.forEachMark { mark in
            guard let customer = mark.billedTo else { return }
            list.name(
                Self.hash(mark, customer), Self.delivery(customer, mark.message, mark.step, mark.itemPath))
        }
        try reader.forEachCharge { charge, _ in
            let id = Self.delivery(charge.customer, charge.message, charge.step, charge.itemPath)
            list.name(Self.hash(charge), id)
        }
        self.list = list
    }

    private static func delivery(_ customer: String, _ message: String, _ step: String, _ itemPath: String) -> String {
        "\(customer) \(message) \(step)" + (itemPath.isEmpty ? "" : " \(itemPath)")
    }
}
