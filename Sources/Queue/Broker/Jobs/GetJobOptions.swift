/// The words of a GETJOB up to its queues.
struct GetJobOptions {
    var isWaiting = true
    var withCounters = false
    /// Milliseconds; 0: for ever.
    var timeout: Int64 = 0
    var count: Int64 = 1
    /// Places of the queues' names: all words behind FROM.
    var queues = 0..<0
}

extension Broker {
    /// Answers the first error.
    func getJobOptions(_ arguments: Arguments, _ client: BrokerClient) -> GetJobOptions? {
        var options = GetJobOptions()
        var index = 1
        while index < arguments.count {
            let word = Keyword(arguments[index])
            let next = index + 1
            switch word {
            case .from where next < arguments.count:
                options.queues = next..<arguments.count
                return options
            case .noHang:
                options.isWaiting = false
                index = next
            case .withCounters:
                options.withCounters = true
                index = next
            case .timeout where next < arguments.count:
                guard let milliseconds = timeout(arguments[next], client) else { return nil }
                options.timeout = milliseconds
                index = next + 1
            case .count where next < arguments.count:
                guard let count = IntegerText.parse(arguments[next]), count > 0 else {
                    client.replies.error("ERR COUNT must be a number greater than zero")
                    return nil
                }
                options.count = count
                index = next + 1
            default:
                syntaxError(client)
                return nil
            }
        }
        syntaxError(client)
        return nil
    }
}

extension Keyword {
    static let from = Keyword("from")
    static let noHang = Keyword("nohang")
    static let withCounters = Keyword("withcounters")
    static let timeout = Keyword("timeout")
    static let count = Keyword("count")
}
