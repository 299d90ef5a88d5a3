import Message
import Testing

struct SHA256Tests {
    @Test func `known digests`() {
        #expect(SHA256.hex(SHA256.digest([])) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        #expect(
            SHA256.hex(SHA256.digest(Array("abc".utf8)))
                == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(
            SHA256.fingerprint(Array("abc".utf8))
                == Fingerprint(high: 0xba78_16bf_8f01_cfea, low: 0x4141_40de_5dae_2223))
    }

    @Test func `pieces hash as the whole, and a hasher starts afresh`() {
        let hasher = SHA256()
        for _ in 0..<2 {
            hasher.update(Array("a".utf8))
            hasher.update([])
            hasher.update(Array("xbc".utf8)[1...])
            #expect(hasher.finish() == SHA256.digest(Array("abc".utf8)))
        }
    }
}
