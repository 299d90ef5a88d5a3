/// A point of the monotonic clock by which something must have happened.
package struct Deadline {
    private let end: ContinuousClock.Instant

    package init(milliseconds: Int) { end = .now + .milliseconds(milliseconds) }

    package var isOver: Bool { .now >= end }
}
