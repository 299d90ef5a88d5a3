import Billing
import Console
import Observing
import RouteLanguage
import Store

/// Answers commands that only read, from a data folder that no service holds.
struct OfflineBackend {
    let folder: String
    let arguments: Arguments

    func answer(_ command: ConsoleCommand) throws(ConsoleError) -> [UInt8] {
        let answers = StoredAnswers(reader: try reader(), tariffs: tariffs(for: command), now: .wallClock())
        switch command {
        case .status: return try answers.status()
        case .deadList(let route, let after, let limit):
            return try answers.deadList(route: route, after: after, limit: limit)
        case .deadShow(let id): return try answers.deadShow(id)
        case .audit(let limit, let format): return try answers.audit(limit: limit, format: format)
        case .conflicts(let route, let after, let limit):
            return try answers.conflicts(route: route, after: after, limit: limit)
        case .billReport(let customer, let period, let format):
            return try answers.billReport(customer: customer, period: period, format: format)
        case .deadRetry, .reload, .stop: throw .unavailable("no service runs on \(folder)")
        }
    }

    private func reader() throws(ConsoleError) -> StoreReader {
        do throws(StoreError) { return try StoreReader(folder: folder) } catch { throw .failed("\(error)") }
    }

    /// Bills need the tariffs for zones and unit prices; amounts stand in the ledger. Routes that do not check, or are
    /// elsewhere, leave the bill without them.
    private func tariffs(for command: ConsoleCommand) -> [Tariff] {
        guard case .billReport = command, let path = arguments.text("--routes"),
            let sources = try? RouteFolder(path: path).read()
        else { return [] }
        return Compiler.compile(sources, connectors: Connectors.descriptors).plan?.tariffs ?? []
    }
}
