/// Chunks by the earliest time at which one of their jobs may have to be looked at. A heap of chunks, not of jobs, so
/// that ten million delayed jobs cost a few kilobytes.
struct JobTimers {
    private var heap: [JobChunk] = []

    var first: JobChunk? { heap.first }

    /// Takes the chunk in, moves it, or lets it go, as its `earliest` says.
    mutating func update(_ chunk: JobChunk) {
        if chunk.earliest == .max {
            remove(chunk)
        } else if chunk.timerPlace < 0 {
            chunk.timerPlace = heap.count
            heap.append(chunk)
            up(chunk.timerPlace)
        } else {
            up(chunk.timerPlace)
            down(chunk.timerPlace)
        }
    }

    mutating func remove(_ chunk: JobChunk) {
        let place = chunk.timerPlace
        guard place >= 0 else { return }
        chunk.timerPlace = -1
        let last = heap.removeLast()
        guard place < heap.count else { return }
        heap[place] = last
        last.timerPlace = place
        up(place)
        down(last.timerPlace)
    }

    mutating func removeAll() {
        for chunk in heap { chunk.timerPlace = -1 }
        heap = []
    }

    private mutating func up(_ start: Int) {
        var place = start
        while place > 0 {
            let parent = (place - 1) / 2
            guard heap[place].earliest < heap[parent].earliest else { return }
            exchange(place, parent)
            place = parent
        }
    }

    private mutating func down(_ start: Int) {
        var place = start
        while true {
            let left = place * 2 + 1
            guard left < heap.count else { return }
            let right = left + 1
            let child = right < heap.count && heap[right].earliest < heap[left].earliest ? right : left
            guard heap[child].earliest < heap[place].earliest else { return }
            exchange(place, child)
            place = child
        }
    }

    private mutating func exchange(_ one: Int, _ other: Int) {
        heap.swapAt(one, other)
        heap[one].timerPlace = one
        heap[other].timerPlace = other
    }
}
