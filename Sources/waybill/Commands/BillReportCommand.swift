import Console

/// `waybill bill report`.
enum BillReportCommand {
    static let command = Command(
        "bill report", .bill, "Show what a customer pays for a period, line by line.",
        details: "Without --customer: one line for each customer, and the total of each currency.",
        flags: [
            .data, .routes, .admin,
            Flag("--customer", value: "ID", "The customer, as the `bill` steps name it."),
            Flag("--month", value: "PERIOD", isRequired: true, "The period: 2026-11, as the tariffs cut time."),
        ],
        examples: ["waybill bill report --customer 1001 --month 2026-11", "waybill bill report --month 2026-11 --json"]
    ) { arguments, terminal throws(CommandFailure) in
        let format: AnswerFormat = arguments.isJSON ? .json : .text
        let bytes = try Informant.answer(
            .billReport(
                customer: arguments.text("--customer"), period: try arguments.required("--month"), format: format),
            arguments)
        terminal.print(bytes: bytes)
        return .ok
    }
}
