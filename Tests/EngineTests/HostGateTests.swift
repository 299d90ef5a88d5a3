import Engine
import Message
import Testing

@Suite struct HostGateTests {
    private func at(_ seconds: Double) -> Instant { Instant(microseconds: Int64(seconds * 1_000_000)) }

    @Test func opensAfterFailuresInARowAndLetsOneProbeThrough() {
        var gate = HostGate()
        for _ in 1..<HostGate.failuresThatOpen {
            gate.failed(at(0), retryAfterMilliseconds: nil, random: 1)
            #expect(gate.admission(at(0)) == .open)
        }
        gate.failed(at(0), retryAfterMilliseconds: nil, random: 1)
        #expect(gate.admission(at(0.4)) == .shut)
        #expect(gate.opensAt(at(0)) == at(0.5))
        #expect(gate.admission(at(0.5)) == .probe)
        gate.startProbe()
        #expect(gate.admission(at(0.6)) == .shut, "only one goes ahead")
        gate.succeeded()
        #expect(gate.admission(at(0.6)) == .open)
    }

    @Test func aFailedProbeShutsItForTwiceAsLong() {
        var gate = HostGate()
        for _ in 0..<HostGate.failuresThatOpen { gate.failed(at(0), retryAfterMilliseconds: nil, random: 1) }
        gate.startProbe()
        gate.failed(at(1), retryAfterMilliseconds: nil, random: 1)
        #expect(gate.opensAt(at(1)) == at(2))
    }

    @Test func whatFailsLateLeavesThePauseAsItIs() {
        var gate = HostGate()
        for _ in 0..<64 { gate.failed(at(0), retryAfterMilliseconds: nil, random: 1) }
        #expect(gate.opensAt(at(0)) == at(0.5))
    }

    @Test func anAbsurdRetryAfterIsTheFarEndOfTime() {
        var gate = HostGate()
        gate.failed(at(0), retryAfterMilliseconds: .max, random: 1)
        #expect(gate.admission(at(1_000_000)) == .shut)
    }

    @Test func aSuccessBetweenFailuresKeepsItOpen() {
        var gate = HostGate()
        for _ in 0..<20 {
            for _ in 1..<HostGate.failuresThatOpen { gate.failed(at(0), retryAfterMilliseconds: nil, random: 0) }
            gate.answered()
        }
        #expect(gate.admission(at(0)) == .open)
    }

    @Test func waitsAsLongAsTheHostAsksFor() {
        var gate = HostGate()
        gate.failed(at(0), retryAfterMilliseconds: 10_000, random: 0)
        #expect(gate.admission(at(9)) == .shut)
        #expect(gate.opensAt(at(0)) == at(10))
        #expect(gate.admission(at(10)) == .open)
    }
}
