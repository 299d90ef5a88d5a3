import RouteLanguage

/// The lock files held against the databases, for `check --live`.
enum LiveSchema {
    static func compare(
        _ plan: Plan, _ sources: SourceSet, folder: RouteFolder, _ arguments: Arguments
    ) throws(CommandFailure) -> [Diagnostic] {
        []
    }
}
