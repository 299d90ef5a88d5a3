import Queue
import Testing

@Suite struct DequeTests {
    @Test func keepsTheOrderOfBothEndsAcrossGrowth() {
        var deque = Deque<Int>()
        var model: [Int] = []
        var state: UInt64 = 42
        for step in 0..<10_000 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            switch (state >> 33) % 5 {
            case 0, 1:
                deque.append(step)
                model.append(step)
            case 2:
                deque.prepend(step)
                model.insert(step, at: 0)
            default:
                let popped = deque.popFirst()
                let expected = model.isEmpty ? nil : model.removeFirst()
                #expect(popped == expected)
            }
            #expect(deque.count == model.count)
            #expect(deque.first == model.first)
        }
        var walked: [Int] = []
        while let element = deque.popFirst() { walked.append(element) }
        #expect(walked == model)
    }
}
