import Testing

@testable import RouteLanguage

@Suite("Names that are not ours")
struct ParsingNamesTests {
    @Test(arguments: StepNames.patterns.keys.sorted())
    func `each is answered with one message`(name: String) {
        let diagnostics = parsed("route a {\n  \(name) .x\n  log \"x\"\n}\n").diagnostics
        let isOurs = Verb(rawValue: name) != nil
        #expect(diagnostics.count == (isOurs ? diagnostics.count : 1))
        #expect(isOurs || diagnostics.first?.code == .foreignStepName, "\(name)")
    }

    /// The examples that `needs ...` and the patterns show are right.
    @Test(arguments: Verb.allCases)
    func `examples of verbs parse`(verb: Verb) {
        #expect(drawn("route a {\n  \(verb.example)\n}\n") == "")
    }

    @Test(arguments: [
        "Content-Based Router", "Message Filter", "Dynamic Router", "Recipient List", "Splitter", "Aggregator",
        "Resequencer", "Composed Message Processor", "Scatter-Gather", "Routing Slip", "Process Manager",
        "Message Broker", "Envelope Wrapper", "Content Enricher", "Content Filter", "Claim Check", "Normalizer",
        "Canonical Data Model", "Messaging Gateway", "Messaging Mapper", "Transactional Client", "Polling Consumer",
        "Event-Driven Consumer", "Competing Consumers", "Message Dispatcher", "Selective Consumer",
        "Durable Subscriber", "Idempotent Receiver", "Service Activator", "Control Bus", "Detour", "Wire Tap",
        "Message History", "Message Store", "Smart Proxy", "Test Message", "Channel Purger", "Message Channel",
        "Message", "Pipes and Filters", "Message Router", "Message Translator", "Message Endpoint",
        "Point-to-Point Channel", "Publish-Subscribe Channel", "Datatype Channel", "Invalid Message Channel",
        "Dead Letter Channel", "Guaranteed Delivery", "Channel Adapter", "Messaging Bridge", "Message Bus",
        "Command Message", "Document Message", "Event Message", "Request-Reply", "Return Address",
        "Correlation Identifier", "Message Sequence", "Message Expiration", "Format Indicator", "File Transfer",
        "Shared Database", "Remote Procedure Invocation", "Messaging",
    ])
    func `every pattern of the book is known`(title: String) {
        #expect(StepNames.patterns[StepNames.normalized(title)] != nil)
    }
}
