/// The rules for the path and query of a request.
enum RequestTarget {
    /// What keeps `target` from being sent. A dot segment would reach another resource than the route names; a fragment
    /// would be cut off unseen.
    static func problem(_ target: String) -> String? {
        for byte in target.utf8
        where byte <= 0x20 || byte >= 0x7F || byte == UInt8(ascii: "#") || byte == UInt8(ascii: "\\") {
            return "the path holds a byte that cannot stand in a URL"
        }
        let path = target.utf8.prefix { $0 != UInt8(ascii: "?") }
        for segment in path.split(separator: UInt8(ascii: "/")) where isDots(segment) {
            return "the path holds the segment `.` or `..`"
        }
        return nil
    }

    private static func isDots(_ segment: Substring.UTF8View) -> Bool {
        if segment.count > 6 { return false }
        let plain = String(Substring(segment)).lowercased()
        return [".", "..", "%2e", ".%2e", "%2e.", "%2e%2e"].contains(plain)
    }
}
