extension Broker {
    func hello(_ arguments: Arguments, _ client: BrokerClient) {}
    func auth(_ arguments: Arguments, _ client: BrokerClient) {}
    func ping(_ arguments: Arguments, _ client: BrokerClient) {}
    func time(_ arguments: Arguments, _ client: BrokerClient) {}
    func commandList(_ arguments: Arguments, _ client: BrokerClient) {}
    func info(_ arguments: Arguments, _ client: BrokerClient) {}
    func config(_ arguments: Arguments, _ client: BrokerClient) {}
    func client(_ arguments: Arguments, _ client: BrokerClient) {}
    func cluster(_ arguments: Arguments, _ client: BrokerClient) {}
    func debug(_ arguments: Arguments, _ client: BrokerClient) {}
    func slowlog(_ arguments: Arguments, _ client: BrokerClient) {}
    func latency(_ arguments: Arguments, _ client: BrokerClient) {}
    func monitor(_ arguments: Arguments, _ client: BrokerClient) {}
    func shutdown(_ arguments: Arguments, _ client: BrokerClient) {}
    func rewriteLog(_ arguments: Arguments, _ client: BrokerClient) {}
}
