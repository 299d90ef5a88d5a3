/// The known word that somebody most likely meant: Damerau-Levenshtein, ties by the order of the candidates.
package enum NearestWord {
    /// Letters that may be changed, added, lost or swapped: a third of the word, 1 to 3.
    package static func find(_ word: String, among candidates: some Sequence<String>) -> String? {
        let wanted = Array(word.lowercased().utf8)
        guard !wanted.isEmpty, wanted.count <= 64 else { return nil }
        let limit = Swift.min(3, Swift.max(1, wanted.count / 3))
        var best: (word: String, distance: Int)?
        for candidate in candidates {
            let distance = distance(wanted, Array(candidate.lowercased().utf8), limit: limit)
            if distance <= limit, distance < best?.distance ?? .max { best = (candidate, distance) }
        }
        return best?.word
    }

    /// Whether `nearest` is the one candidate that can have been meant: no other is as near, and the two do not differ
    /// in a digit (`partner1` is no misspelt `partner2`).
    package static func isCertain(_ word: String, _ nearest: String, among candidates: some Sequence<String>) -> Bool {
        let wanted = Array(word.lowercased().utf8)
        guard wanted.count <= 64, digits(wanted) == digits(Array(nearest.utf8)) else { return false }
        let reached = distance(wanted, Array(nearest.lowercased().utf8))
        return !candidates.contains { candidate in
            candidate != nearest && distance(wanted, Array(candidate.lowercased().utf8), limit: reached) <= reached
        }
    }

    private static func digits(_ word: [UInt8]) -> [UInt8] { word.filter { (48...57).contains($0) } }

    /// The number of edits between two words, with neighbouring letters swapped counting one (optimal string
    /// alignment). Anything above `limit` may come back as `limit + 1`.
    package static func distance(_ left: [UInt8], _ right: [UInt8], limit: Int = .max - 1) -> Int {
        if abs(left.count - right.count) > limit { return limit + 1 }
        if left.isEmpty || right.isEmpty { return max(left.count, right.count) }
        var beforeLast = [Int](repeating: 0, count: right.count + 1)
        var last = Array(0...right.count)
        var current = beforeLast
        for i in 1...left.count {
            current[0] = i
            for j in 1...right.count {
                let cost = left[i - 1] == right[j - 1] ? 0 : 1
                var value = min(last[j] + 1, current[j - 1] + 1, last[j - 1] + cost)
                if i > 1, j > 1, left[i - 1] == right[j - 2], left[i - 2] == right[j - 1] {
                    value = min(value, beforeLast[j - 2] + 1)
                }
                current[j] = value
            }
            (beforeLast, last, current) = (last, current, beforeLast)
        }
        return last[right.count]
    }
}
