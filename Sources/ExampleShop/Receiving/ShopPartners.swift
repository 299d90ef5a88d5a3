/// The two partners of the example and their moods.
package enum ShopPartners {
    /// Refuses every 250th order for good (422), is overloaded at times (503 with Retry-After), and slow at others.
    package static let acme: PartnerReceiver.Behaviour = { request, count in
        if trailingNumber(request.key) % 250 == 7 { return PartnerAnswer(422) }
        if count % 400 == 399 { return PartnerAnswer(503, retryAfterSeconds: 1) }
        if count % 100 == 50 { return PartnerAnswer(201, delayMilliseconds: 150) }
        return PartnerAnswer(201)
    }

    /// Does not know every 200th order's kind (501), and asks for patience at times (429).
    package static let globex: PartnerReceiver.Behaviour = { request, count in
        if trailingNumber(request.key) % 200 == 9 { return PartnerAnswer(501) }
        if count % 300 == 299 { return PartnerAnswer(429, retryAfterSeconds: 1) }
        return PartnerAnswer(200)
    }

    private static func trailingNumber(_ key: String) -> Int {
        Int(key.reversed().prefix { $0.isNumber }.prefix(9).reversed().map(String.init).joined()) ?? 0
    }
}
