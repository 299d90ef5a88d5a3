/// One flag of a command.
struct Flag: Sendable {
    /// `--data`.
    let name: String
    /// `-v`; nil: none.
    let short: String?
    /// What stands behind it, for the help: `DIR`; nil: it stands alone.
    let value: String?
    /// The environment variable that stands in for it.
    let environment: String?
    let standard: String?
    let isRequired: Bool
    let help: String

    init(
        _ name: String, short: String? = nil, value: String? = nil, environment: String? = nil,
        default standard: String? = nil, isRequired: Bool = false, _ help: String
    ) {
        self.name = name
        self.short = short
        self.value = value
        self.environment = environment
        self.standard = standard
        self.isRequired = isRequired
        self.help = help
    }

    /// What every command takes.
    static let global = [
        Flag("--json", "Print JSON for programs."),
        Flag("--color", value: "WHEN", default: "auto", "Colour: auto, always or never (NO_COLOR counts as never)."),
        Flag("--yes", "Answer yes to every question."),
        Flag("--quiet", short: "-q", "Say nothing but errors on standard error."),
        Flag("--verbose", short: "-v", "Say more on standard error."),
        Flag("--help", short: "-h", "Show this help."),
    ]

    static let routes = Flag(
        "--routes", value: "DIR", environment: "WAYBILL_ROUTES", default: "Routes", "Folder of the route files.")
    static let data = Flag(
        "--data", value: "DIR", environment: "WAYBILL_DATA", default: ".waybill",
        "Folder of the state: queue, ledger, token.")
    static let admin = Flag(
        "--admin", value: "HOST:PORT", "Where the service listens, instead of what the data folder says.")
}
