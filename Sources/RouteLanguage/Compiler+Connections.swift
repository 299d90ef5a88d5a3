package import Connecting

extension Compiler {
    /// A plan of the connections alone: what `schema pull` needs before there is a lock file that routes could be checked
    /// against. Mistakes elsewhere in the files do not matter to it; what a connection itself has wrong is reported.
    package static func connections(in sources: SourceSet, connectors: [ConnectorDescriptor]) -> Compilation {
        let reports = Reports(sources)
        let trees = sources.routes.enumerated().map { index, file in Parser.parse(file, index: index).tree }
        let declarations = DeclarationCollector(sources: sources, connectors: connectors, reports: reports)
            .collect(trees)
        let environment = declarations.environment.values
            .map { EnvironmentVariable(name: $0.name.text, defaultText: $0.defaultText) }
        let plan = Plan(
            hash: "", connections: declarations.connectionPlans, queues: [], routes: [], tariffs: [], shapes: [],
            environment: environment, secrets: declarations.usedSecrets)
        return Compilation(plan: plan, diagnostics: reports.diagnostics.inFileOrder)
    }
}
