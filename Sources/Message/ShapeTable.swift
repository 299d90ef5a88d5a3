/// The shapes that a plan knows, by number: stored records name their shape by it instead of carrying field names.
///
/// Numbers are positions in the list that the table was made of; stored bytes are only readable with a table that has
/// the same shapes in the same order (the same plan).
package struct ShapeTable: Sendable {
    package let shapes: [Shape]
    private let numbers: [ObjectIdentifier: Int]

    package init(shapes: [Shape]) {
        self.shapes = shapes
        numbers = Dictionary(
            shapes.enumerated().map { (ObjectIdentifier($1), $0) }, uniquingKeysWith: { first, _ in first })
    }

    package static let empty = ShapeTable(shapes: [])

    /// By identity, not by names; `nil` for a shape that was made elsewhere (parsed JSON).
    package func number(of shape: Shape) -> Int? {
        if shapes.count <= 8 { return shapes.firstIndex { $0 === shape } }
        return numbers[ObjectIdentifier(shape)]
    }
}
