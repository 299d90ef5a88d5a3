/// What kind of world a seed lives in. Every kind comes up in each eight seeds.
struct World: Hashable {
    /// `deliver at_most_once`.
    var isAtMostOnce = false
    /// One customer's messages in order.
    var isKeyed = false
    /// `keep 5m`: what waits longer expires.
    var expires = false
    /// Rows that were filtered are paid later; the sweep, every two minutes, finds them.
    var paysLater = false
    /// Dead letters are sometimes retried from the durability line, which delivers again.
    var repeats = false

    init(seed: UInt64) {
        switch seed % 8 {
        case 1: isKeyed = true
        case 2: expires = true
        case 3: isAtMostOnce = true
        case 4: paysLater = true
        case 5: (isKeyed, paysLater) = (true, true)
        case 6: repeats = true
        default: break
        }
    }

    /// Text of the settings of the route's queue.
    var queue: String {
        var settings = [expires ? "keep 5m" : "keep 90d"]
        if isKeyed { settings.append("key .customer_id") }
        if isAtMostOnce { settings.append("deliver at_most_once") }
        return settings.joined(separator: ", ")
    }
}
