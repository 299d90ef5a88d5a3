import Message

/// The slots of a route's frame and the values that live in them.
struct FrameLayout {
    private(set) var names = ["."]
    private var lastValue = 0

    mutating func newSlot(_ name: String) -> Int {
        names.append(name)
        return names.count - 1
    }

    mutating func newValue() -> ValueID {
        lastValue += 1
        return ValueID(number: lastValue)
    }
}

/// Which columns of its source a route uses, and the shapes of what it makes.
struct SourceUse {
    private(set) var columns: Set<String> = []
    /// The row is used as a whole: every column is read.
    private(set) var isWhole = false
    private(set) var shapes: [Shape] = []
    private var knownShapes: Set<Shape> = []

    mutating func takes(_ column: String, of record: RecordType) {
        if record.isSourceRow { columns.insert(column) }
    }

    mutating func takesWhole(_ type: Type) {
        if case .record(let record) = type.present, record.isSourceRow { isWhole = true }
    }

    mutating func makes(_ shape: Shape) {
        if knownShapes.insert(shape).inserted { shapes.append(shape) }
    }
}
