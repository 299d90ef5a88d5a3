/// All entries: their heads in memory, and what the next commit has to write of them.
///
/// Bodies of the chunk that is being filled lie in `open`; those of other chunks are read through `BodyCache`.
struct EntryTable {
    private(set) var chunks: [Chunk] = []
    private(set) var count = 0
    /// Where the last look-up found its chunk: neighbours come together.
    private var lastFound = 0
    private var emptied = 0

    var open: OpenChunk?
    var nextChunk: UInt64 = 1

    // Work for the next commit.
    var dirty: [UInt64] = []
    var dead: [UInt64] = []
    var closed: [ClosedChunk] = []
    var sparse: [UInt64] = []

    init() {}

    // MARK: Finding

    mutating func index(of chunk: UInt64) -> Int? {
        if lastFound < chunks.count, chunks[lastFound].id == chunk { return lastFound }
        var (low, high) = (0, chunks.count - 1)
        while low <= high {
            let middle = (low + high) / 2
            if chunks[middle].id == chunk {
                lastFound = middle
                return middle
            }
            if chunks[middle].id < chunk { low = middle + 1 } else { high = middle - 1 }
        }
        return nil
    }

    mutating func place(of id: EntryID) -> (chunk: Int, position: Int)? {
        guard let chunk = index(of: id.chunk), let position = chunks[chunk].position(of: id.slot) else { return nil }
        return (chunk, position)
    }

    func forEach(_ body: (EntryHead) -> Void) {
        for chunk in chunks {
            for record in chunk.records where !record.isGone {
                body(record.head(id: EntryID(chunk: chunk.id, slot: record.slot)))
            }
        }
    }

    // MARK: Changing

    mutating func load(_ chunk: Chunk) {
        count += chunk.live
        chunks.append(chunk)
    }

    /// The id of the next entry: in the chunk that is being filled, or in a new one.
    mutating func reserve(bodyBytes: Int) -> EntryID {
        if let open, open.nextSlot >= Chunk.capacity || !open.hasRoom(bodyBytes) { close() }
        if open == nil {
            open = OpenChunk(id: nextChunk)
            chunks.append(Chunk(id: nextChunk))
            nextChunk += 1
        }
        let slot = UInt16(open?.nextSlot ?? 0)
        let id = EntryID(chunk: open?.id ?? 0, slot: slot)
        open?.reserved(bodyBytes)
        return id
    }

    /// - Returns: false where the id was not reserved: a caller's mistake that must not be committed.
    mutating func admit(_ entry: NewEntry) -> Bool {
        let (chunk, slot) = (entry.head.id.chunk, entry.head.id.slot)
        guard let index = index(of: chunk), chunks[index].position(of: slot) == nil,
            let start = append(entry.body, to: chunk)
        else { return false }
        chunks[index].insert(HeadRecord(entry.head, slot: slot, bodyStart: start))
        count += 1
        touch(index)
        return true
    }

    private mutating func append(_ body: [UInt8], to chunk: UInt64) -> UInt32? {
        if open?.id == chunk { return open?.append(body) }
        // Reserved before its chunk was closed, in this turn.
        guard let position = closed.lastIndex(where: { $0.id == chunk }) else { return nil }
        return closed[position].append(body)
    }

    mutating func remove(_ place: (chunk: Int, position: Int)) {
        let (index, position) = place
        chunks[index].records[position].markGone()
        chunks[index].live -= 1
        count -= 1
        if chunks[index].live == 0, !holdsReservations(chunks[index].id) {
            drop(index)
        } else {
            touch(index)
            noteIfSparse(index)
        }
    }

    /// Whether ids of this chunk were given out in this turn and may still be admitted.
    private func holdsReservations(_ chunk: UInt64) -> Bool {
        open.map { $0.id == chunk && $0.reservedThisTurn } ?? false
    }

    private mutating func drop(_ index: Int) {
        let id = chunks[index].id
        if chunks[index].isStored { dead.append(id) }
        chunks[index].records = []
        chunks[index].isDirty = false
        if open?.id == id { open = nil }
        closed.removeAll { $0.id == id }
        emptied += 1
        if emptied > 64, emptied * 2 > chunks.count { forgetEmptied() }
    }

    private mutating func forgetEmptied() {
        let open = open?.id
        chunks.removeAll { $0.live == 0 && $0.id != open && $0.records.isEmpty }
        emptied = 0
        lastFound = 0
    }

    mutating func touch(_ index: Int) {
        guard !chunks[index].isDirty else { return }
        chunks[index].isDirty = true
        dirty.append(chunks[index].id)
    }

    private mutating func noteIfSparse(_ index: Int) {
        let chunk = chunks[index]
        guard !chunk.isSparse, chunk.records.count >= 16, chunk.live * 4 <= chunk.records.count, open?.id != chunk.id
        else { return }
        chunks[index].isSparse = true
        sparse.append(chunk.id)
    }

    /// In place, without a copy of the chunk's records.
    mutating func withRecord<R>(_ place: (chunk: Int, position: Int), _ body: (inout HeadRecord) -> R) -> R {
        body(&chunks[place.chunk].records[place.position])
    }

    mutating func withChunk<R>(_ index: Int, _ body: (inout Chunk) -> R) -> R { body(&chunks[index]) }

    /// Ends the filling of the open chunk; its bytes stay at hand until they are committed.
    mutating func close() {
        guard let ending = open else { return }
        open = nil
        closed.append(ClosedChunk(ending))
        if let index = index(of: ending.id) {
            if chunks[index].live == 0, !ending.reservedThisTurn { drop(index) } else { noteIfSparse(index) }
        }
    }

    // MARK: After a commit

    /// - Returns: the bodies of chunks that are not filled any more, to be kept at hand.
    mutating func committed() -> [(id: UInt64, bodies: [UInt8])] {
        for id in dirty {
            if let index = index(of: id) {
                chunks[index].isDirty = false
                chunks[index].isStored = true
            }
        }
        dirty.removeAll(keepingCapacity: true)
        dead.removeAll(keepingCapacity: true)
        var filled = closed.map { (id: $0.id, bodies: $0.bodies) }
        closed.removeAll(keepingCapacity: true)
        open?.committed()
        // A chunk that is half full is not continued: what a lone caller rewrites stays small.
        if let full = open, full.isHalfFull {
            filled.append((full.id, full.bodies))
            open = nil
            if let index = index(of: full.id) { noteIfSparse(index) }
        }
        dropUnusedOpen()
        return filled
    }

    /// Ids that were reserved and never admitted leave an empty chunk behind.
    private mutating func dropUnusedOpen() {
        guard let id = open?.id, let index = index(of: id), chunks[index].live == 0 else { return }
        drop(index)
    }
}
