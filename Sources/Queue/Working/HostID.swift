/// One receiver that is limited, backs off and fails as one, by its position in the core's table of hosts.
package struct HostID: Sendable, Hashable {
    package let rawValue: Int
    package init(rawValue: Int) { self.rawValue = rawValue }
}
