/// Every command that exists, in the order of the overview.
enum CommandList {
    static let all: [Command] = [
        CheckCommand.command,
        FormatCommand.command,
        ExplainCommand.command,
        SchemaPullCommand.command,
        ServeCommand.command,
        StatusCommand.command,
        ReloadCommand.command,
        StopCommand.command,
        DeadCommands.list,
        DeadCommands.show,
        DeadCommands.retry,
        AuditCommand.command,
        BillReportCommand.command,
        BillLinesCommand.command,
        VersionCommand.command,
    ]
}
