import Message

extension Broker {
    /// CONFIG GET pattern | SET name value | RESETSTAT | REWRITE.
    func config(_ arguments: Arguments, _ client: BrokerClient) {
        switch (arguments.lowercased(1), arguments.count) {
        case ("get", 3): showParameters(arguments.text(2), client)
        case ("set", 4): setParameter(arguments, client)
        case ("resetstat", 2):
            serving.resetStatistics()
            client.replies.status("OK")
        case ("rewrite", 2): client.replies.error("ERR The server is running without a config file")
        case ("get", _), ("set", _), ("resetstat", _), ("rewrite", _):
            client.replies.error("ERR Wrong number of arguments for CONFIG \(arguments.text(1).uppercased())")
        default: client.replies.error("ERR CONFIG subcommand must be one of GET, SET, RESETSTAT, REWRITE")
        }
    }

    private func showParameters(_ pattern: String, _ client: BrokerClient) {
        let glob = Glob(pattern)
        let found = ConfigParameter.all.filter { glob.matches($0.name) }
        client.replies.map(found.count)
        for parameter in found {
            client.replies.bulk(parameter.name)
            client.replies.bulk(parameter.read(self))
        }
    }

    private func setParameter(_ arguments: Arguments, _ client: BrokerClient) {
        let name = arguments.lowercased(2)
        guard let parameter = ConfigParameter.all.first(where: { $0.name == name }) else {
            return client.replies.error("ERR Unsupported CONFIG parameter: \(arguments.text(2))")
        }
        guard parameter.write(self, Array(arguments[3])) else {
            let value = parameter.isSecret ? "(secret)" : arguments.text(3)
            return client.replies.error("ERR Invalid argument '\(value)' for CONFIG SET '\(name)'")
        }
        client.replies.status("OK")
    }
}
