import Connecting
import Engine
import Store
import Testing

/// What the log says about sources.
@Suite struct SourceConditionsTests {
    private let route = RouteID(rawValue: 1)
    private let conditions = SourceConditions()

    init() { conditions.name(route, "orders") }

    private func notice(_ state: SourceCondition.State) -> Notice? {
        conditions.set(
            SourceCondition(state: state, gapsOpen: 0, seesTransactions: true, positionText: ""), of: route)
    }

    @Test func aSourceThatGoesAwayIsSaidOnceAndItsReturnToo() {
        #expect(notice(.starting) == nil)
        let away = notice(.away(reason: "cannot reach the server"))
        #expect(away?.level == .warning)
        #expect(
            away?.fields == [Notice.Field("route", "orders"), Notice.Field("reason", "cannot reach the server")])
        #expect(notice(.away(reason: "cannot reach the server")) == nil)
        #expect(notice(.away(reason: "the server refuses user `way`"))?.level == .warning)
        #expect(notice(.idle)?.text == "the source answers again")
        #expect(notice(.reading) == nil)
    }

    @Test func aSourceThatIsRefusedFromTheStartOnIsAnError() {
        #expect(notice(.refused(reason: "no such table"))?.level == .error)
        #expect(notice(.refused(reason: "no such table")) == nil)
        #expect(notice(.reading)?.level == .info)
    }

    @Test func aSourceThatSimplyWorksIsNoNews() {
        for state in [SourceCondition.State.starting, .reading, .idle, .reading] { #expect(notice(state) == nil) }
    }
}
