/// What lies in memory. Heads that the file does not have, and bodies that it does not have, stay.
extension JobStorage {
    /// The records of a chunk, read from the file where they are not in memory; nil: they cannot be read, and the turn
    /// fails.
    @inline(__always)
    func records(of chunk: JobChunk) -> UnsafeMutablePointer<JobRecord>? {
        if let records = chunk.records {
            chunk.wasUsed = true
            return records
        }
        return readRecords(of: chunk)
    }

    @inline(never)
    private func readRecords(of chunk: JobChunk) -> UnsafeMutablePointer<JobRecord>? {
        do throws(StoreError) {
            let isSound = try rows.heads(of: chunk.number) { heads in
                guard let stored = ChunkForm.records(of: chunk, in: heads) else { return false }
                reserveRecords(of: chunk, max(1, chunk.slots), full: false)
                guard let records = chunk.records else { return false }
                if let start = stored.baseAddress {
                    UnsafeMutableRawPointer(records).copyMemory(from: start, byteCount: stored.count)
                }
                chunk.origins = ChunkForm.origins(of: chunk, in: heads)
                return ChunkForm.isSound(records, chunk)
            }
            guard isSound, chunk.origins.count == chunk.arrivals else {
                releaseHeads(of: chunk)
                throw .damaged(what: "the heads of jobs in chunk \(chunk.number) (job_heads)")
            }
            headReads += 1
        } catch {
            refuse(error)
            return nil
        }
        chunk.wasUsed = true
        chunk.clearAllReady()
        guard let records = chunk.records else { return nil }
        for slot in 0..<chunk.slots where records[slot].state == 0 { chunk.setReady(slot) }
        if headBytes > settings.headBytes { makeRoom(keeping: chunk) }
        return records
    }

    /// The block of a job, read from the file where it is not in memory.
    @inline(__always)
    func block(of record: JobRecord, in chunk: JobChunk) -> UnsafeRawBufferPointer? {
        chunk.wasUsed = true
        if let block = chunk.blocks(Int(record.bodyStart), Int(record.bodyBytes)) { return block }
        guard readBodies(of: chunk) else { return nil }
        return chunk.blocks(Int(record.bodyStart), Int(record.bodyBytes))
    }

    /// - Returns: whether all blocks are in memory now; else the turn fails.
    @inline(never)
    func readBodies(of chunk: JobChunk) -> Bool {
        if chunk.bodyBase == 0, chunk.bodies != nil || chunk.bodyEnd == 0 { return true }
        let capacity = pool.rounded(max(chunk.bodyEnd, 1))
        let memory = pool.take(capacity)
        do throws(StoreError) {
            guard chunk.bodyBase <= chunk.storedBodyEnd,
                try rows.bodies(of: chunk.number, to: memory, bytes: chunk.storedBodyEnd)
            else { throw .damaged(what: "the bodies of jobs in chunk \(chunk.number) (job_bodies)") }
        } catch {
            pool.give(memory, bytes: capacity)
            refuse(error)
            return false
        }
        bodyReads += 1
        let rest = chunk.bodyEnd - chunk.storedBodyEnd
        if rest > 0, let blocks = chunk.blocks(chunk.storedBodyEnd, rest), let start = blocks.baseAddress {
            (memory + chunk.storedBodyEnd).copyMemory(from: start, byteCount: rest)
        }
        bodyBytes += capacity - chunk.bodyCapacity
        chunk.replaceBodies(with: memory, capacity: capacity, end: chunk.bodyEnd, pool: &pool)
        enterBodyResidents(chunk)
        if bodyBytes > settings.bodyBytes { makeRoom(keeping: chunk) }
        return true
    }

    // MARK: Counting

    func reserveRecords(of chunk: JobChunk, _ count: Int, full: Bool) {
        let before = chunk.headMemory
        chunk.reserveRecords(count, from: &pool, full: full)
        headBytes += chunk.headMemory - before
        if chunk.headPlace < 0 {
            chunk.headPlace = headResidents.count
            headResidents.append(chunk)
        }
    }

    func enterBodyResidents(_ chunk: JobChunk) {
        guard chunk.bodyPlace < 0 else { return }
        chunk.bodyPlace = bodyResidents.count
        bodyResidents.append(chunk)
    }

    func releaseHeads(of chunk: JobChunk) {
        headBytes -= chunk.headMemory
        chunk.releaseRecords(to: &pool)
        chunk.origins = [:]
        let place = chunk.headPlace
        guard place >= 0 else { return }
        chunk.headPlace = -1
        let last = headResidents.removeLast()
        guard place < headResidents.count else { return }
        headResidents[place] = last
        last.headPlace = place
    }

    func releaseBodies(of chunk: JobChunk) {
        bodyBytes -= chunk.bodyCapacity
        chunk.releaseBodies(to: &pool)
        let place = chunk.bodyPlace
        guard place >= 0 else { return }
        chunk.bodyPlace = -1
        let last = bodyResidents.removeLast()
        guard place < bodyResidents.count else { return }
        bodyResidents[place] = last
        last.bodyPlace = place
    }

    // MARK: Leaving

    /// Lets go what was not used lately until the budgets are kept, or nothing can go.
    func makeRoom(keeping kept: JobChunk? = nil) {
        if bodyBytes > settings.bodyBytes, turn >= bodiesStuck { makeRoomForBodies(kept) }
        if headBytes > settings.headBytes, turn >= headsStuck { makeRoomForHeads(kept) }
    }

    private func makeRoomForBodies(_ kept: JobChunk?) {
        var steps = bodyResidents.count * 2
        while bodyBytes > settings.bodyBytes, steps > 0, !bodyResidents.isEmpty {
            steps -= 1
            if bodyHand >= bodyResidents.count { bodyHand = 0 }
            let chunk = bodyResidents[bodyHand]
            if canLoseBodies(chunk), chunk !== kept, !takeUse(chunk) {
                if isOver(chunk) { end(chunk) } else { releaseBodies(of: chunk) }
            } else {
                bodyHand += 1
            }
        }
        if bodyBytes > settings.bodyBytes { bodiesStuck = turn + 8 }
    }

    private func makeRoomForHeads(_ kept: JobChunk?) {
        var steps = headResidents.count * 2
        while headBytes > settings.headBytes, steps > 0, !headResidents.isEmpty {
            steps -= 1
            if headHand >= headResidents.count { headHand = 0 }
            let chunk = headResidents[headHand]
            if canLoseHeads(chunk), chunk !== kept, !takeUse(chunk) {
                if isOver(chunk) { end(chunk) } else { releaseHeads(of: chunk) }
            } else {
                headHand += 1
            }
        }
        if headBytes > settings.headBytes { headsStuck = turn + 8 }
    }

    private func takeUse(_ chunk: JobChunk) -> Bool {
        defer { chunk.wasUsed = false }
        return chunk.wasUsed
    }

    private func isOver(_ chunk: JobChunk) -> Bool { chunk.isEmpty && !isLoading }

    private func canLoseBodies(_ chunk: JobChunk) -> Bool {
        guard chunk.pins == 0, chunk.pending == 0 else { return false }
        return chunk.storedBodyEnd == chunk.bodyEnd || isOver(chunk)
    }

    private func canLoseHeads(_ chunk: JobChunk) -> Bool {
        guard chunk.pins == 0, chunk.pending == 0 else { return false }
        return !chunk.isDirty || isOver(chunk)
    }
}
