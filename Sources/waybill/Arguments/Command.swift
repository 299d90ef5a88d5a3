/// One command: what it is called, takes, says about itself, and does.
struct Command: Sendable {
    /// What the overview lists commands under, in its order.
    enum Group: String, Sendable, CaseIterable {
        case write, deploy, operate, follow, repair, bill, about
    }

    /// `["dead", "ls"]`.
    let path: [String]
    let group: Group
    /// Half a line for the overview.
    let summary: String
    /// `ID...`, `NAME`; empty: none.
    let operands: String
    let operandCount: ClosedRange<Int>
    /// Paragraphs below the usage line.
    let details: String
    let flags: [Flag]
    let examples: [String]
    let run: @Sendable (Arguments, Terminal) throws(CommandFailure) -> ExitCode

    init(
        _ path: String, _ group: Group, _ summary: String, operands: String = "",
        operandCount: ClosedRange<Int> = 0...0, details: String = "", flags: [Flag] = [], examples: [String] = [],
        run: @escaping @Sendable (Arguments, Terminal) throws(CommandFailure) -> ExitCode
    ) {
        self.path = path.split(separator: " ").map(String.init)
        self.group = group
        self.summary = summary
        self.operands = operands
        self.operandCount = operandCount
        self.details = details
        self.flags = flags
        self.examples = examples
        self.run = run
    }

    var name: String { path.joined(separator: " ") }
}
