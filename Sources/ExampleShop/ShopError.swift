/// What can go wrong in the world of the example. Each case says in a sentence what happened and what to do.
package enum ShopError: Error, CustomStringConvertible {
    case cannotStart(program: String, reason: String)
    case ended(program: String, status: Int32, log: String)
    case notReady(program: String, seconds: Int, log: String)
    case sql(statement: String, code: UInt32, reason: String)
    case system(call: String, code: Int32)
    case badSetting(name: String, value: String, wanted: String)
    case unanswered(path: String, reason: String)

    package var description: String {
        switch self {
        case .cannotStart(let program, let reason):
            "cannot start \(program): \(reason); `make deps` installs what the example needs"
        case .ended(let program, let status, let log):
            "\(program) ended with \(status); its own words are in \(log)"
        case .notReady(let program, let seconds, let log):
            "\(program) was not ready within \(seconds) s; its own words are in \(log)"
        case .sql(let statement, let code, let reason):
            "MariaDB answered \(code), \(reason), to: \(statement.prefix(200))"
        case .system(let call, let code):
            "\(call) failed with errno \(code)"
        case .badSetting(let name, let value, let wanted):
            "\(name)=\(value) makes no sense here; write \(wanted)"
        case .unanswered(let path, let reason):
            "the service did not answer \(path): \(reason)"
        }
    }
}
