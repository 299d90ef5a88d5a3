/// The entries that were admitted together: heads in memory and as one blob, bodies as a few blobs beside it.
struct Chunk {
    let id: UInt64
    /// In order of their slots; the dead ones stay until the chunk is compacted.
    var records: [HeadRecord]
    var live: Int
    /// Whether its row is in the file.
    var isStored: Bool
    /// Whether it is among those that the next commit writes.
    var isDirty = false
    /// Whether it waits to be compacted.
    var isSparse = false

    /// At most this many entries share a chunk, and (but for a single larger one) bytes of bodies.
    static let capacity = 512
    static let bodyCapacity = 256 * 1024

    init(id: UInt64) {
        self.id = id
        records = []
        live = 0
        isStored = false
    }

    init(id: UInt64, stored records: [HeadRecord]) {
        self.id = id
        self.records = records
        live = records.reduce(0) { $0 + ($1.isGone ? 0 : 1) }
        isStored = true
    }

    /// Position of the live entry in `slot`. Slots and positions agree until a chunk is compacted.
    func position(of slot: UInt16) -> Int? {
        var (low, high) = (0, min(Int(slot), records.count - 1))
        while low <= high {
            // The first probe hits in a chunk that was never compacted.
            let middle = high == Int(slot) ? high : (low + high) / 2
            let found = records[middle].slot
            if found == slot { return records[middle].isGone ? nil : middle }
            if found < slot { low = middle + 1 } else { high = middle - 1 }
        }
        return nil
    }

    /// Adds an entry, nearly always behind all others.
    mutating func insert(_ record: HeadRecord) {
        live += 1
        guard let last = records.last, last.slot > record.slot else {
            records.append(record)
            return
        }
        let place = records.firstIndex { $0.slot > record.slot } ?? records.endIndex
        records.insert(record, at: place)
    }
}
