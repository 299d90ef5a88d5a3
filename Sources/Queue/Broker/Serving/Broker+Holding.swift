import Message

/// Commands that wait without anybody else waiting for them: DEBUG SLEEP, CLIENT PAUSE.
extension Broker {
    func hold(_ client: BrokerClient, until moment: Instant) {
        if client.session.heldUntil == nil { serving.held.append(client) }
        client.session.heldUntil = max(moment, client.session.heldUntil ?? moment)
        serving.nextRelease = min(moment, serving.nextRelease ?? moment)
    }

    /// Lets those go on whose time has come.
    func releaseHeld() {
        guard let next = serving.nextRelease, next <= time else { return }
        let held = serving.held
        serving.held = []
        serving.nextRelease = nil
        for client in held where clients[client.id] === client {
            guard let moment = client.session.heldUntil else { continue }
            if moment > time {
                serving.held.append(client)
                serving.nextRelease = min(moment, serving.nextRelease ?? moment)
            } else {
                release(client)
            }
        }
    }

    func release(_ client: BrokerClient) {
        client.session.heldUntil = nil
        if client.session.owesReply { client.replies.status("OK") }
        client.session.owesReply = false
        woken.append(client)
    }

    /// CLIENT PAUSE: nobody's commands are executed until then.
    func holdEverybody(until moment: Instant) {
        serving.pausedUntil = max(moment, serving.pausedUntil)
        for client in clients.values { hold(client, until: moment) }
    }

    /// CLIENT UNPAUSE.
    func releaseEverybody() {
        serving.pausedUntil = Instant(microseconds: .min)
        let held = serving.held
        serving.held = held.filter(\.session.owesReply)
        serving.nextRelease = serving.held.compactMap(\.session.heldUntil).min()
        for client in held where !client.session.owesReply { release(client) }
    }
}
