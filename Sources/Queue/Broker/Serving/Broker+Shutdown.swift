extension Broker {
    /// SHUTDOWN [REWRITE-AOF]: the connection ends without a reply, the process after the turn is on disk.
    func shutdown(_ arguments: Arguments, _ client: BrokerClient) {
        guard arguments.count == 1 || (arguments.count == 2 && arguments.lowercased(1) == "rewrite-aof") else {
            return client.replies.error("ERR syntax error")
        }
        isShutdownAsked = true
        client.closesAfterReplies = true
    }

    /// BGREWRITEAOF: there is no log that would have to be rewritten.
    func rewriteLog(_ arguments: Arguments, _ client: BrokerClient) {
        client.replies.status("Nothing to rewrite: the store keeps itself compact")
    }
}
