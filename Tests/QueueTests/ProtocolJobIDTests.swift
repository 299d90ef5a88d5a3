import Message
import Queue
import Store
import Testing

@Suite struct ProtocolJobIDTests {
    private let key = (0..<16).map { UInt8($0 * 7) }
    private let node = [UInt8]("0123456789abcdef0123456789abcdef01234567")

    private func decode(_ id: [UInt8], _ cipher: JobIDCipher) -> JobIDCipher.Decoded {
        id.withUnsafeBytes { cipher.decode($0) }
    }

    @Test func `an id leads back to its job`() {
        let cipher = JobIDCipher(key: key)
        var random = SplitMix(seed: 9)
        let fixed: [(UInt64, UInt16)] = [(0, 0), (0, 1), (1, 0), ((1 << 48) - 1, 0xffff), (1 << 47, 0x8000)]
        let drawn = (0..<5_000).map { _ in
            ((random.next() >> 16) >> (random.next() % 48), UInt16(truncatingIfNeeded: random.next()))
        }
        var seen: Set<[UInt8]> = []
        for (number, field) in fixed + drawn {
            let number = JobNumber(rawValue: number)
            let id = cipher.encode(number, ttlField: field, nodeID: node)
            #expect(id.count == 40)
            #expect(Array(id[..<11]) == [UInt8]("D-01234567-") && id[35] == UInt8(ascii: "-"))
            #expect(decode(id, cipher) == .job(number, ttlField: field))
            seen.insert(Array(id[11..<35]))
        }
        #expect(seen.count == Set((fixed + drawn).map { $0.0 << 16 | UInt64($0.1) }).count)
    }

    @Test func `an id stays what it is: clients keep them`() {
        let id = JobIDCipher(key: key).encode(JobNumber(rawValue: 4711), ttlField: 0x05a1, nodeID: node)
        #expect(String(decoding: id, as: UTF8.self) == "D-01234567-QpoxTdvVnsyha9zzREL14vr2-05a1")
    }

    @Test func `any other character makes another, unknown id`() {
        let cipher = JobIDCipher(key: key)
        let number = JobNumber(rawValue: 123_456_789)
        let id = cipher.encode(number, ttlField: 0x05a1, nodeID: node)
        for place in 0..<40 {
            for byte in 0...255 where UInt8(byte) != id[place] {
                var other = id
                other[place] = UInt8(byte)
                let expected: JobIDCipher.Decoded =
                    switch place {
                    case 0, 1, 10, 35: .malformed
                    case 2..<10: .job(number, ttlField: 0x05a1)
                    default: .unknown
                    }
                #expect(decode(other, cipher) == expected, "byte \(byte) at \(place)")
            }
        }
    }

    @Test(arguments: ["", "D", "D-zzzzzzzz-!!!", "DI0f0c644fd3ccb51c2cedbd47fcb6f312646c993c05a0SQ"])
    func `no id at all`(_ text: String) {
        #expect(decode([UInt8](text.utf8), JobIDCipher(key: key)) == .malformed)
    }

    @Test func `ids of others are valid and unknown`() {
        let cipher = JobIDCipher(key: key)
        #expect(decode([UInt8]("D-zzzzzzzz-!!!!!!!!!!!!!!!!!!!!!!!!-zzzz"), cipher) == .unknown)
        #expect(decode([UInt8]("D-dcb833cf-8YL1NT17e9+wsA/09NqxscQI-05a1"), cipher) == .unknown)
        let other = JobIDCipher(key: Array(key.reversed()))
        var random = SplitMix(seed: 3)
        for number in 0..<2_000 {
            let foreign = other.encode(
                JobNumber(rawValue: UInt64(number)), ttlField: UInt16(truncatingIfNeeded: random.next()), nodeID: node)
            #expect(decode(foreign, cipher) == .unknown)
        }
        let garbage = (0..<2_000).map { _ in
            [UInt8]("D-01234567-") + (0..<24).map { _ in UInt8(truncatingIfNeeded: random.next()) } + [UInt8]("-05a1")
        }
        for id in garbage { #expect(decode(id, cipher) == .unknown) }
    }

    @Test(
        arguments: [
            (86_400, 300, 0x05a1), (86_400, 0, 0x05a0), (1, 1, 1), (59, 0, 0), (120, 1, 3), (120, 0, 2), (180, 1, 3),
            (180, 0, 2), (65_535 * 60, 1, 0xffff), (.max, 0, 0xfffe), (0, 300, 0xffff), (0, 0, 0xfffe),
        ] as [(UInt32, UInt32, UInt16)])
    func `the field of a life`(_ ttl: UInt32, _ retry: UInt32, _ field: UInt16) {
        #expect(JobIDCipher.ttlField(ttlSeconds: ttl, retrySeconds: retry) == field)
    }
}
