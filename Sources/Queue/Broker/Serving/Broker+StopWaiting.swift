extension Broker {
    /// Takes the client off every queue that it waits for, without a reply.
    func stopWaiting(_ client: BrokerClient) {
        client.wait = nil
        woken.append(client)
    }
}
