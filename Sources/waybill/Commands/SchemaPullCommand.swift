/// `waybill schema pull`.
enum SchemaPullCommand {
    static let command = Command(
        "schema pull", .write, "Write a connection's tables into its lock file.", operands: "NAME", operandCount: 1...1,
        flags: [.routes], examples: ["waybill schema pull shop"]
    ) { arguments, terminal throws(CommandFailure) in
        .failed
    }
}
