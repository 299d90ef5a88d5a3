/// Tells most new charges from old ones without a look at the file, also where they come out of order.
///
/// Two generations of hashes of charge keys: whatever sorts behind `floor` and was ever charged is in one of them. A hash
/// that is there by chance costs a look.
struct RecentCharges {
    private var older: Set<UInt64> = []
    private var newer: Set<UInt64> = []
    /// Greatest charge key when `older`, and when `newer`, began.
    private var floor: [UInt8]
    private var nextFloor: [UInt8]
    private var greatest: [UInt8]
    private static let generation = 65_536

    /// - Parameter greatest: the greatest charge key in the file.
    init(greatest: [UInt8]) {
        self.greatest = greatest
        floor = greatest
        nextFloor = greatest
    }

    func isSurelyNew(_ key: UnsafeRawBufferPointer, hash: UInt64) -> Bool {
        if ChargeKey.precedes(greatest, key) { return true }
        return ChargeKey.precedes(floor, key) && !newer.contains(hash) && !older.contains(hash)
    }

    mutating func insert(_ key: UnsafeRawBufferPointer, hash: UInt64) {
        if ChargeKey.precedes(greatest, key) {
            greatest.removeAll(keepingCapacity: true)
            greatest.append(contentsOf: key)
        }
        newer.insert(hash)
        guard newer.count >= Self.generation else { return }
        older = newer
        newer = []
        newer.reserveCapacity(Self.generation)
        floor = nextFloor
        nextFloor = greatest
    }
}
