import Billing
import Connecting
import Message
import Testing

@testable import RouteLanguage

@Suite struct CheckingSampleTests {
    @Test func coreSampleCompiles() throws {
        let compilation = Sample.compile(Sample.core)
        #expect(compilation.diagnostics.filter { $0.severity == .error }.map(\.line) == [])
        let plan = try #require(compilation.plan)
        #expect(plan.routes.map(\.name) == ["orders", "parcels"])
        #expect(plan.connections.map(\.name) == ["audit", "shop", "acme", "globex", "archive"])
        #expect(plan.tariffs.map(\.name) == ["dach_2026"])
        let orders = try #require(plan.routes.first)
        #expect(
            orders.source.request?.columns.map(\.name) == [
                "id", "customer_id", "status", "net", "country", "currency", "note", "weight", "fee", "quantity",
                "updated_at", "attrs",
            ])
    }
}

extension Diagnostic {
    /// For failures of tests.
    var line: String { "\(code) \(message) @\(span.file):\(span.start)" }
}
