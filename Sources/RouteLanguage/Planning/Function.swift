/// A built-in function of the language, by the name that routes write.
package enum Function: String, Sendable, Hashable, CaseIterable {
    case text
}

/// A compiled pattern of `matches`: linear time on any text.
package final class Pattern: Sendable {
    package let source: String
    package init(source: String) { self.source = source }
}
