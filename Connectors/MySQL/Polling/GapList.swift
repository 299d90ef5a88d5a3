/// Ids below the cursor that were empty when the rows around them were read, as ranges in rising order.
package struct GapList: Sendable, Hashable {
    package private(set) var ranges: [ClosedRange<Int64>] = []

    package init() {}

    package var isEmpty: Bool { ranges.isEmpty }

    /// Adds ids above every gap so far; anything else is a caller's mistake that is put right by sorting in.
    package mutating func open(_ range: ClosedRange<Int64>) {
        if let last = ranges.last, last.upperBound >= range.lowerBound {
            let position = ranges.firstIndex { $0.lowerBound > range.lowerBound } ?? ranges.count
            ranges.insert(range, at: position)
            mergeOverlaps()
        } else {
            ranges.append(range)
        }
    }

    /// Takes out an id that was found; whether it was in a gap.
    @discardableResult
    package mutating func fill(_ id: Int64) -> Bool {
        let index = firstIndex(reaching: id)
        guard index < ranges.count, ranges[index].contains(id) else { return false }
        let range = ranges[index]
        var rest: [ClosedRange<Int64>] = []
        if range.lowerBound < id { rest.append(range.lowerBound...(id - 1)) }
        if id < range.upperBound { rest.append((id + 1)...range.upperBound) }
        ranges.replaceSubrange(index...index, with: rest)
        return true
    }

    /// Takes out all ids of `range`.
    package mutating func remove(_ range: ClosedRange<Int64>) {
        var kept: [ClosedRange<Int64>] = []
        kept.reserveCapacity(ranges.count)
        for gap in ranges {
            guard gap.overlaps(range) else {
                kept.append(gap)
                continue
            }
            if gap.lowerBound < range.lowerBound { kept.append(gap.lowerBound...(range.lowerBound - 1)) }
            if gap.upperBound > range.upperBound { kept.append((range.upperBound + 1)...gap.upperBound) }
        }
        ranges = kept
    }

    /// Forgets the oldest gaps until `limit` are left; how many were forgotten.
    package mutating func forgetOldest(keeping limit: Int) -> Int {
        let surplus = ranges.count - limit
        guard surplus > 0 else { return 0 }
        ranges.removeFirst(surplus)
        return surplus
    }

    /// The gaps, cut to what lies at or above `id`, at most `count` of them.
    package func ranges(from id: Int64, count: Int) -> [ClosedRange<Int64>] {
        ranges[firstIndex(reaching: id)...].prefix(count).map { max($0.lowerBound, id)...$0.upperBound }
    }

    /// The first gap whose end is at or above `id`.
    private func firstIndex(reaching id: Int64) -> Int {
        var (low, high) = (0, ranges.count)
        while low < high {
            let middle = (low + high) / 2
            if ranges[middle].upperBound < id { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private mutating func mergeOverlaps() {
        var merged: [ClosedRange<Int64>] = []
        for range in ranges {
            if let last = merged.last, last.upperBound >= range.lowerBound {
                merged[merged.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
            } else {
                merged.append(range)
            }
        }
        ranges = merged
    }
}
