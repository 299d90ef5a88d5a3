import Billing
import Message

/// Puts what was checked together into one plan.
struct PlanAssembly {
    let sources: SourceSet
    let declarations: Declarations
    let queues: QueueTable

    func plan(routes: [PlannedRoute], tariffs: [Tariff]) -> Plan {
        Plan(
            hash: hash, connections: declarations.connectionPlans, queues: queues.plans, routes: routes.map(\.plan),
            tariffs: tariffs, shapes: shapes(routes), environment: environment,
            secrets: declarations.secrets.keys.sorted())
    }

    /// Over the paths and texts of all files, each with its length, so that no text can pass for another's end.
    private var hash: String {
        var writer = ByteWriter()
        for file in sources.files {
            writer.write(file.path)
            writer.write(file.text)
        }
        return SHA256.hex(SHA256.digest(writer.bytes))
    }

    private func shapes(_ routes: [PlannedRoute]) -> [Shape] {
        var seen: Set<Shape> = []
        return routes.flatMap { [$0.plan.source.shape] + ($0.plan.source.record?.innerShapes ?? []) + $0.shapes }.filter
        { seen.insert($0).inserted }
    }

    private var environment: [EnvironmentVariable] {
        declarations.environment.keys.sorted().map { name in
            EnvironmentVariable(name: name, defaultText: declarations.environment[name]?.defaultText)
        }
    }
}
