import Message

/// The text of INFO: `# Section` headers, `field:value` lines, an empty line between sections.
struct InfoText {
    private(set) var text = ""

    mutating func begin(_ section: String) {
        if !text.isEmpty { text += "\r\n" }
        text += "# \(section)\r\n"
    }

    mutating func add(_ field: String, _ value: some CustomStringConvertible) { text += "\(field):\(value)\r\n" }

    /// `12.34`: what Redis prints with `%.2f`.
    static func twoDigits(_ value: Double) -> String {
        let hundredths = Int64((value * 100).rounded().clamped)
        let (whole, rest) = hundredths.magnitude.quotientAndRemainder(dividingBy: 100)
        return "\(hundredths < 0 ? "-" : "")\(whole).\(rest < 10 ? "0" : "")\(rest)"
    }

    static func seconds(_ time: Microseconds) -> String { twoDigits(Double(time.count) / 1_000_000) }

    /// `512B`, `1.50K`, `2.00M`, `3.25G`.
    static func short(_ bytes: Int64) -> String {
        switch bytes {
        case ..<1_024: "\(bytes)B"
        case ..<(1 << 20): twoDigits(Double(bytes) / 1_024) + "K"
        case ..<(1 << 30): twoDigits(Double(bytes) / Double(1 << 20)) + "M"
        default: twoDigits(Double(bytes) / Double(1 << 30)) + "G"
        }
    }
}

extension Double {
    /// Within what an Int64 can hold; 0 for what is no number.
    fileprivate var clamped: Double { isNaN ? 0 : Swift.min(Swift.max(self, -9e18), 9e18) }
}
