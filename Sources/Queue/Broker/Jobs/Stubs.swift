extension Broker {
    func addJob(_ arguments: Arguments, _ client: BrokerClient) {}
    func getJob(_ arguments: Arguments, _ client: BrokerClient) {}
    func acknowledge(_ arguments: Arguments, _ client: BrokerClient) {}
    func deleteJobs(_ arguments: Arguments, _ client: BrokerClient) {}
    func enqueue(_ arguments: Arguments, _ client: BrokerClient) {}
    func reject(_ arguments: Arguments, _ client: BrokerClient) {}
    func dequeue(_ arguments: Arguments, _ client: BrokerClient) {}
    func working(_ arguments: Arguments, _ client: BrokerClient) {}
    func show(_ arguments: Arguments, _ client: BrokerClient) {}
    func scanJobs(_ arguments: Arguments, _ client: BrokerClient) {}
    func loadJob(_ arguments: Arguments, _ client: BrokerClient) {}
    func queueLength(_ arguments: Arguments, _ client: BrokerClient) {}
    func queueStatistics(_ arguments: Arguments, _ client: BrokerClient) {}
    func peek(_ arguments: Arguments, _ client: BrokerClient) {}
    func scanQueues(_ arguments: Arguments, _ client: BrokerClient) {}
    func pauseQueue(_ arguments: Arguments, _ client: BrokerClient) {}
    func purge(_ arguments: Arguments, _ client: BrokerClient) {}
    func moveJobs(_ arguments: Arguments, _ client: BrokerClient) {}
}
