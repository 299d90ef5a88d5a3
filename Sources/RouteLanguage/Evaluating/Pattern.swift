import CRE2

/// A compiled pattern of `matches`: linear time on any text, whatever the pattern.
///
/// Sendable without a lock: RE2 objects may be matched from several threads, and nothing here changes after `init`.
package final class Pattern: @unchecked Sendable {
    package let source: String
    private let handle: OpaquePointer

    /// - Throws: `PatternError` with RE2's own words where the pattern is not one.
    package init(source: String) throws(PatternError) {
        var source = source
        var problem = [CChar](repeating: 0, count: 200)
        let made = source.withUTF8 { text in
            text.withMemoryRebound(to: CChar.self) { waybill_re2_compile($0.baseAddress, $0.count, &problem, 200) }
        }
        guard let made else {
            let bytes = problem.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
            throw PatternError(reason: String(decoding: bytes, as: UTF8.self))
        }
        self.source = source
        handle = made
    }

    deinit { waybill_re2_free(handle) }

    /// Whether the whole of `text` is such a text.
    package func matchesWhole(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) { waybill_re2_full_match(handle, $0.baseAddress, $0.count) != 0 }
        }
    }
}

/// Why a text is no pattern.
package struct PatternError: Error, Sendable, Hashable {
    package let reason: String
}
