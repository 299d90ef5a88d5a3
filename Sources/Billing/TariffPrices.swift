/// Finds the price and the terms that a ledger row was written under, by the tariff's content hash.
struct TariffPrices: Sendable {
    private let tariffsByHash: [String: Tariff]
    private let tariffsByName: [String: Tariff]

    init(_ tariffs: [Tariff]) {
        tariffsByHash = Dictionary(tariffs.map { ($0.hash, $0) }, uniquingKeysWith: { first, _ in first })
        tariffsByName = Dictionary(tariffs.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// The very version that priced it; `nil` when its text is no longer there.
    func tariff(hash: String) -> Tariff? { tariffsByHash[hash] }

    /// Another version of the same name.
    func successor(named name: String) -> Tariff? { tariffsByName[name] }

    func price(tariffHash: String, charge: String) -> UnitPrice? {
        guard let found = tariffsByHash[tariffHash]?.charges.first(where: { $0.name == charge }) else { return nil }
        return UnitPrice(units: found.priceUnits, divisor: found.priceDivisor)
    }

    /// Where a charge stands among those of its tariff.
    func position(tariffHash: String, charge: String) -> Int? {
        tariffsByHash[tariffHash]?.charges.firstIndex { $0.name == charge }
    }
}
