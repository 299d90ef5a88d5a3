/// A reading of both clocks: waits run on the monotonic one, what is stored with a position on the wall clock.
package struct Moment: Sendable, Hashable {
    package var monotonicMilliseconds: Int64
    package var wallMilliseconds: Int64

    package init(monotonicMilliseconds: Int64, wallMilliseconds: Int64) {
        self.monotonicMilliseconds = monotonicMilliseconds
        self.wallMilliseconds = wallMilliseconds
    }
}
