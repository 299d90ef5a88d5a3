/// The text format 0.0.4 that Prometheus scrapes.
package enum PrometheusText {
    package static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    struct Label: Sendable, Hashable {
        let name: String
        let value: String
    }

    static func isName(_ text: String) -> Bool {
        isWord(text) { isLetter($0) || $0 == UInt8(ascii: ":") }
    }

    static func isLabelName(_ text: String) -> Bool {
        isWord(text, isLetter) && !text.hasPrefix("__")
    }

    static func render(_ families: [MetricsRegistry.Family]) -> String {
        var text = ""
        for family in families {
            text += "# HELP \(family.name) \(escapedHelp(family.help))\n# TYPE \(family.name) \(family.type)\n"
            for member in family.members { append(family.name, member.labels, member.reading, to: &text) }
        }
        return text
    }

    private static func append(
        _ name: String, _ labels: [Label], _ reading: MetricsRegistry.Reading, to text: inout String
    ) {
        switch reading {
        case .counter(let counter): sample(name, labels, String(counter.value), to: &text)
        case .gauge(let gauge): sample(name, labels, String(gauge.value), to: &text)
        case .measured(let measure): sample(name, labels, number(measure()), to: &text)
        case .histogram(let histogram): append(name, labels, histogram, to: &text)
        }
    }

    private static func append(_ name: String, _ labels: [Label], _ histogram: Histogram, to text: inout String) {
        let (cumulated, sum) = histogram.snapshot()
        let bounds = histogram.bounds.map { scaled($0, by: histogram.perUnit) } + ["+Inf"]
        for (bound, count) in zip(bounds, cumulated) {
            sample(name + "_bucket", labels + [Label(name: "le", value: bound)], String(count), to: &text)
        }
        sample(name + "_sum", labels, scaled(sum, by: histogram.perUnit), to: &text)
        sample(name + "_count", labels, String(cumulated.last ?? 0), to: &text)
    }

    private static func sample(_ name: String, _ labels: [Label], _ value: String, to text: inout String) {
        text += name
        if !labels.isEmpty {
            text += "{" + labels.map { "\($0.name)=\"\(escapedValue($0.value))\"" }.joined(separator: ",") + "}"
        }
        text += " \(value)\n"
    }

    /// `1500000` by 1,000,000 is `1.5`.
    private static func scaled(_ value: Int64, by perUnit: Int64) -> String {
        perUnit == 1 ? String(value) : number(Double(value) / Double(perUnit))
    }

    private static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        if let whole = Int64(exactly: value) { return String(whole) }
        return String(value)
    }

    private static func escapedHelp(_ text: String) -> String {
        escaped(text) { $0 == "\\" ? "\\\\" : nil }
    }

    private static func escapedValue(_ text: String) -> String {
        escaped(text) { $0 == "\\" ? "\\\\" : $0 == "\"" ? "\\\"" : nil }
    }

    private static func escaped(_ text: String, _ replacement: (Unicode.Scalar) -> String?) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            if scalar == "\n" { result += "\\n" } else { result += replacement(scalar) ?? String(scalar) }
        }
        return result
    }

    private static func isWord(_ text: String, _ isStart: (UInt8) -> Bool) -> Bool {
        guard let first = text.utf8.first, isStart(first) else { return false }
        return text.utf8.dropFirst().allSatisfy { isStart($0) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"): true
        default: false
        }
    }
}
