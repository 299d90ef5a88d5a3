import Engine
import Foundation
import RouteLanguage
import Testing

/// Seeded runs of a whole route. `WAYBILL_SEEDS=n` runs n of them, `WAYBILL_SEED=s` replays one that failed.
@Suite struct SimulationTests {
    private static let steps = 60

    @Test func everythingAddsUpWhateverFails() throws {
        let plan = try SimulatedPlan.compile()
        for seed in Self.seeds(standard: 300) {
            var simulation = try Simulation(seed: seed, plan: plan)
            let problems = try simulation.run(steps: Self.steps)
            #expect(problems.isEmpty, "replay with WAYBILL_SEED=\(seed): \(problems.prefix(5))")
            if !problems.isEmpty { return }
        }
    }

    /// A mistake planted in the engine is found: the simulation could not miss it if somebody made it.
    @Test(arguments: PlantedFault.allCases) func everyPlantedFaultIsFound(_ fault: PlantedFault) throws {
        let plan = try SimulatedPlan.compile()
        for seed in UInt64(1)...2_000 {
            var simulation = try Simulation(seed: seed, plan: plan, fault: fault)
            if try !simulation.run(steps: Self.steps).isEmpty { return }
        }
        Issue.record("\(fault) was not found within 2,000 seeds")
    }

    private static func seeds(standard: UInt64) -> ClosedRange<UInt64> {
        let environment = ProcessInfo.processInfo.environment
        if let seed = environment["WAYBILL_SEED"].flatMap(UInt64.init) { return seed...seed }
        return 1...(environment["WAYBILL_SEEDS"].flatMap(UInt64.init) ?? standard)
    }
}
