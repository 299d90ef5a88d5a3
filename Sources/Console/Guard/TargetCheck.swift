/// The raw target of a request: an absolute path whose segments mean what they say. Nothing is decoded before it is
/// compared, so what could turn into a separator, a dot or an end of text is refused.
enum TargetCheck {
    static func check(_ target: ArraySlice<UInt8>) throws(Refusal) {
        guard target.first == UInt8(ascii: "/") else { throw Refusal(400, "the target is not an absolute path") }
        guard target.allSatisfy({ $0 > 0x20 && $0 < 0x7f && !"\\#\"<>^`{|}".utf8.contains($0) }) else {
            throw Refusal(400, "the target has a character that must be escaped")
        }
        let path = target.prefix { $0 != UInt8(ascii: "?") }
        try checkEscapes(target)
        guard !path.contains(UInt8(ascii: "%")) else { throw Refusal(400, "the path has an escape") }
        for segment in path.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).dropFirst() {
            let text = String(decoding: segment, as: UTF8.self)
            guard text != ".", text != "..", !text.isEmpty || path.count == 1 else {
                throw Refusal(400, "the path has an empty segment or dots")
            }
        }
    }

    private static func checkEscapes(_ target: ArraySlice<UInt8>) throws(Refusal) {
        var rest = target
        while let percent = rest.firstIndex(of: UInt8(ascii: "%")) {
            let digits = rest[(percent + 1)...].prefix(2)
            guard let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 16), digits.count == 2,
                digits.first != UInt8(ascii: "+"), value >= 0x20, value != 0x7f
            else { throw Refusal(400, "the target has a broken or forbidden escape") }
            rest = rest[(percent + 3)...]
        }
    }
}
