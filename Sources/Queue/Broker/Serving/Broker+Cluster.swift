import Store

extension Broker {
    /// CLUSTER: a cluster of one answers what is asked of it, and says what it cannot do.
    func cluster(_ arguments: Arguments, _ client: BrokerClient) {
        switch (arguments.lowercased(1), arguments.count) {
        case ("nodes", 2): client.replies.bulk(nodeLine(client))
        case ("info", 2): client.replies.bulk(Self.clusterFigures)
        case ("myid", 2): client.replies.bulk(jobs.nodeID)
        case ("leaving", 2): jobs.isLeaving ? client.replies.status("yes") : client.replies.status("no")
        case ("leaving", 3), ("reset", 2), ("reset", 3), ("meet", 4), ("forget", 3), ("saveconfig", 2):
            if may(client, .administer) { changeCluster(arguments, client) }
        default: client.replies.error("ERR Wrong CLUSTER subcommand or number of arguments")
        }
    }

    private func changeCluster(_ arguments: Arguments, _ client: BrokerClient) {
        switch arguments.lowercased(1) {
        case "leaving": setLeaving(arguments.lowercased(2), client)
        case "reset": resetCluster(arguments.count == 3 ? arguments.lowercased(2) : "soft", client)
        case "meet": meet(arguments, client)
        case "forget": forget(arguments, client)
        default: client.replies.status("OK")
        }
    }

    private func nodeLine(_ client: BrokerClient) -> String {
        let id = String(decoding: jobs.nodeID, as: UTF8.self)
        let flags = jobs.isLeaving ? "myself,leaving" : "myself"
        return "\(id) \(client.localHost):\(client.localPort) \(flags) 0 0 connected\n"
    }

    private static let clusterFigures = """
        cluster_state:ok\r
        cluster_known_nodes:1\r
        cluster_reachable_nodes:0\r
        cluster_size:1\r
        cluster_stats_messages_sent:0\r
        cluster_stats_messages_received:0\r

        """

    private func setLeaving(_ word: String, _ client: BrokerClient) {
        guard word == "yes" || word == "no" else {
            return client.replies.error("ERR Wrong argument for CLUSTER LEAVING. Use 'yes' or 'no'")
        }
        jobs.isLeaving = word == "yes"
        client.replies.status("OK")
        if jobs.isLeaving { endAllWaits { $0.error(Self.leaving) } }
    }

    private func resetCluster(_ word: String, _ client: BrokerClient) {
        guard word == "soft" || word == "hard" else { return client.replies.error("ERR syntax error") }
        removeEverything()
        jobs.isLeaving = false
        if word == "hard" { jobs.renewNodeID() }
        client.replies.status("OK")
    }

    private func meet(_ arguments: Arguments, _ client: BrokerClient) {
        guard let port = arguments.integer(3) else {
            return client.replies.error("ERR Invalid TCP port specified: \(arguments.text(3))")
        }
        let host = arguments.text(2)
        guard (1...55_535).contains(port), Self.isAddress(host) else {
            return client.replies.error("ERR Invalid node address specified: \(host):\(arguments.text(3))")
        }
        client.replies.error("ERR this queue is a cluster of one: it cannot meet other nodes")
    }

    /// Digits and dots, or something with a colon: names are not looked up.
    private static func isAddress(_ text: String) -> Bool {
        let allowed: Set<UInt8> = Set("0123456789abcdefABCDEF.:".utf8)
        guard text.utf8.allSatisfy(allowed.contains) else { return false }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        return text.contains(":") || (parts.count == 4 && parts.allSatisfy { UInt8($0) != nil })
    }

    private func forget(_ arguments: Arguments, _ client: BrokerClient) {
        let isNodeID = arguments[2].count == 40 && arguments[2].allSatisfy { Self.hexDigits.contains($0) }
        if !isNodeID {
            client.replies.error("ERR Invalid node identifier")
        } else if arguments[2].elementsEqual(jobs.nodeID) {
            client.replies.error("ERR I tried hard but I can't forget myself...")
        } else {
            client.replies.error("ERR Unknown node \(arguments.text(2))")
        }
    }

    private static let hexDigits: Set<UInt8> = Set("0123456789abcdef".utf8)
}
