import Billing
package import Connecting
import Message

/// What a folder of route files holds, read by somebody else: the compiler does no I/O.
package struct SourceSet: Sendable {
    package struct File: Sendable, Hashable {
        /// Path below the folder, as diagnostics show it: `orders.route`, `schema/shop.lock`.
        package let path: String
        package let text: String
        package init(path: String, text: String) {
            self.path = path
            self.text = text
        }
    }
    /// `*.route` files, sorted by path.
    package let routes: [File]
    /// `*.lock` files by the path that `schema "..."` names.
    package let locks: [File]

    package init(routes: [File], locks: [File]) {
        self.routes = routes
        self.locks = locks
    }
}

/// What came out of compiling: a plan only where no error was found.
package struct Compilation: Sendable {
    package let plan: Plan?
    /// In the order of files and places; warnings among them.
    package let diagnostics: [Diagnostic]
}

/// Text to checked plan. No I/O, the same result for the same texts.
package enum Compiler {
    package static func compile(_ sources: SourceSet, connectors: [ConnectorDescriptor]) -> Compilation {
        let reports = Reports(sources)
        let trees = parse(sources, reports)
        let declarations = DeclarationCollector(sources: sources, connectors: connectors, reports: reports)
            .collect(trees)
        let queues = QueueTable(declarations)
        let tariffs = checkTariffs(declarations, reports)
        let routes = checkRoutes(declarations, queues, reports)
        let diagnostics = reports.diagnostics.inFileOrder.withoutConsequences
        guard !diagnostics.hasErrors else { return Compilation(plan: nil, diagnostics: diagnostics) }
        let plan = PlanAssembly(sources: sources, declarations: declarations, queues: queues)
            .plan(routes: routes, tariffs: tariffs)
        return Compilation(plan: plan, diagnostics: diagnostics)
    }

    private static func parse(_ sources: SourceSet, _ reports: Reports) -> [FileSyntax] {
        sources.routes.enumerated().map { index, file in
            let (tree, diagnostics) = Parser.parse(file, index: index)
            reports.add(contentsOf: diagnostics)
            return tree
        }
    }

    private static func checkTariffs(_ declarations: Declarations, _ reports: Reports) -> [Tariff] {
        let checker = TariffChecker(reports: reports)
        let tariffs = declarations.tariffs.compactMap { syntax in
            checker.tariff(syntax).map { (tariff: $0, span: syntax.name.span) }
        }
        TariffOverlap.report(tariffs, reports)
        return tariffs.map(\.tariff)
    }

    /// Checks every route; those without an error are walked again for their plan.
    private static func checkRoutes(
        _ declarations: Declarations, _ queues: QueueTable, _ reports: Reports
    ) -> [PlannedRoute] {
        var walks: [(route: RouteSyntax, columns: Set<String>, deliveries: [DeliveryDraft])] = []
        for route in declarations.routes {
            let checker = RouteChecker(route, declarations, queues, reports, columns: nil)
            _ = checker.check()
            walks.append((route, checker.columnsToRead, checker.deliveries))
        }
        SharedKeys.report(walks.map(\.deliveries), reports)
        QueueUses.report(declarations, reports)
        guard !reports.hasErrors else { return [] }
        reports.isMuted = true
        defer { reports.isMuted = false }
        return walks.compactMap { walk in
            let checker = RouteChecker(walk.route, declarations, queues, reports, columns: walk.columns)
            if let plan = checker.check() {
                return PlannedRoute(plan: plan, shapes: checker.expressions.use.shapes)
            }
            // Files that check never run with fewer routes than they say.
            reports.isMuted = false
            reports.add(
                Diagnostic(
                    .wrongSettingValue, "route `\(walk.route.name.text)` cannot be planned", at: walk.route.name.span,
                    label: "something in it is not understood, and nothing was said of it"))
            reports.isMuted = true
            return nil
        }
    }
}

/// A route with the shapes of the records that its messages can hold.
struct PlannedRoute {
    let plan: RoutePlan
    let shapes: [Shape]
}
