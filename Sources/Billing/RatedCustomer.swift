import Message

/// What the rater keeps of a customer: the tariff and the counts of the stretches of time that were last asked for.
struct RatedCustomer {
    /// A stretch with one tariff and one period; half-open.
    struct Window {
        let from: Instant
        let until: Instant
        /// Position in the book; `nil`: nothing prices it.
        let tariff: Int?
        let period: String
        /// By the tally slots of the tariff's charges.
        var tallies: [Tally]

        func contains(_ instant: Instant) -> Bool { from <= instant && instant < until }
    }

    /// Two, because deliveries around midnight fall into both periods for a while.
    private static let windowLimit = 2

    let name: String
    let candidates: [Int]
    var windows: [Window] = []

    func windowPosition(at instant: Instant) -> Int? { windows.firstIndex { $0.contains(instant) } }

    /// Takes out the windows that have to go before `new` can be opened: those of the same tariff name and period,
    /// since a tariff can come back within one period and a tally must not be in two windows, then the oldest one.
    mutating func makeRoom(for new: Window, in book: TariffBook) -> [Window] {
        let name = new.tariff.map { book.entries[$0].tariff.name }
        let isSame = { (open: Window) in
            open.period == new.period && open.tariff.map { book.entries[$0].tariff.name } == name
        }
        var gone = windows.filter(isSame)
        windows.removeAll(where: isSame)
        while windows.count >= Self.windowLimit { gone.append(windows.removeLast()) }
        return gone
    }
}
