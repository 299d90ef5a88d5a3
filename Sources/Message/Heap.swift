/// A binary heap: the least element can always be had at once. Equal elements come in any order.
package struct Heap<Element: Comparable> {
    @usableFromInline var elements: [Element] = []

    @inlinable package init() {}

    /// O(n).
    @inlinable
    package init(_ elements: some Sequence<Element>) {
        self.elements = Array(elements)
        for place in stride(from: self.elements.count / 2 - 1, through: 0, by: -1) { sink(place) }
    }

    @inlinable package var count: Int { elements.count }
    @inlinable package var isEmpty: Bool { elements.isEmpty }
    @inlinable package var min: Element? { elements.first }
    /// All of them, in no order.
    @inlinable package var unordered: [Element] { elements }

    @inlinable
    package mutating func insert(_ element: Element) {
        elements.append(element)
        var child = elements.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard elements[child] < elements[parent] else { return }
            elements.swapAt(child, parent)
            child = parent
        }
    }

    @inlinable
    package mutating func popMin() -> Element? {
        guard let least = elements.first else { return nil }
        let last = elements.removeLast()
        if !elements.isEmpty {
            elements[0] = last
            sink(0)
        }
        return least
    }

    @inlinable package mutating func removeAll() { elements.removeAll() }

    @inlinable
    mutating func sink(_ place: Int) {
        var parent = place
        while true {
            let left = 2 * parent + 1
            guard left < elements.count else { return }
            let right = left + 1
            let child = right < elements.count && elements[right] < elements[left] ? right : left
            guard elements[child] < elements[parent] else { return }
            elements.swapAt(child, parent)
            parent = child
        }
    }
}

extension Heap: Sendable where Element: Sendable {}
