import Engine
import Foundation
import RouteLanguage
import Testing

/// Seeded runs of a whole route. `WAYBILL_SEEDS=n` runs n of them, `WAYBILL_SEED=s` replays one that failed.
@Suite struct SimulationTests {
    private static let steps = 80

    @Test func everythingAddsUpWhateverFails() throws {
        var plans: [World: [Plan]] = [:]
        for seed in Self.seeds(standard: 300) {
            let problems = try Self.run(seed, fault: nil, &plans)
            #expect(problems.isEmpty, "replay with WAYBILL_SEED=\(seed): \(problems.prefix(5))")
            if !problems.isEmpty { return }
        }
    }

    /// A mistake planted in the engine is found: the simulation could not miss it if somebody made it.
    @Test(arguments: PlantedFault.allCases) func everyPlantedFaultIsFound(_ fault: PlantedFault) throws {
        var plans: [World: [Plan]] = [:]
        for seed in UInt64(1)...2_000 {
            if try !Self.run(seed, fault: fault, &plans).isEmpty { return }
        }
        Issue.record("\(fault) was not found within 2,000 seeds")
    }

    private static func run(_ seed: UInt64, fault: PlantedFault?, _ plans: inout [World: [Plan]]) throws -> [String] {
        let world = World(seed: seed)
        let editions = try plans[world] ?? [1, 2].map { try SimulatedPlan.compile(world, edition: $0) }
        plans[world] = editions
        var simulation = try Simulation(seed: seed, plans: editions, fault: fault)
        return try simulation.run(steps: steps)
    }

    private static func seeds(standard: UInt64) -> ClosedRange<UInt64> {
        let environment = ProcessInfo.processInfo.environment
        if let seed = environment["WAYBILL_SEED"].flatMap(UInt64.init) { return seed...seed }
        return 1...max(1, environment["WAYBILL_SEEDS"].flatMap(UInt64.init) ?? standard)
    }
}
