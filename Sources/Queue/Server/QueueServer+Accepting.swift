import CLinux
import Glibc
import Message

extension QueueServer {
    /// Accepts so many connections that a flood of them does not hold up the turn; the rest is told of again.
    func accept(_ broker: Broker) {
        hasVisitors = false
        guard !isAcceptHeld else { return }
        for listener in listeners {
            for _ in 0..<settings.acceptedInATurn {
                guard acceptOne(listener, broker) else { break }
            }
        }
    }

    /// - Returns: false where there is nobody more, or no descriptor for one.
    private func acceptOne(_ listener: ListeningSocket, _ broker: Broker) -> Bool {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let flags = Int32(SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let descriptor = withUnsafeMutablePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                accept4(listener.descriptor, $0, &length, flags)
            }
        }
        guard descriptor >= 0 else {
            switch errno {
            case EINTR, ECONNABORTED: return true
            case EMFILE, ENFILE, ENOBUFS, ENOMEM: holdAccepting()
            default: break
            }
            return false
        }
        let isEncrypted = listener.address != nil && encryption != nil
        guard counters.connections < connectionsMost(of: broker.settings.connectionsMost) else {
            refuse(descriptor, isPlain: !isEncrypted, "-ERR max number of clients reached\r\n")
            return true
        }
        let address = DoorAddress(storage)
        guard isEncrypted || Self.mayEnter(from: address, broker.settings) else {
            refuse(
                descriptor, isPlain: true,
                "-DENIED the password was removed and there are no users: only this machine may connect\r\n")
            return true
        }
        welcome(descriptor, from: address, on: listener, broker)
        return true
    }

    private func welcome(
        _ descriptor: Int32, from address: DoorAddress?, on listener: ListeningSocket, _ broker: Broker
    ) {
        var session: EncryptedSession?
        if listener.address != nil, let encryption {
            session = encryption.session(on: descriptor)
            guard session != nil else {
                Glibc.close(descriptor)
                return
            }
        }
        let local = listener.address.map { $0.isAny ? DoorAddress.local(of: descriptor) ?? $0 : $0 } ?? self.address
        let client = BrokerClient(
            id: nextClient, address: address.map { "\($0)" } ?? listener.path ?? "",
            localHost: local?.hostText ?? "127.0.0.1", localPort: Int(local?.port ?? 0),
            isLocalSocket: listener.address == nil, connected: time)
        client.descriptor = descriptor
        nextClient += 1
        let connection = QueueConnection(
            takingOwnershipOf: descriptor, client: client, session: session, limits: .beforeAuthentication, at: time)
        // Readable until the socket says otherwise: what was sent before it was watched is told of by no edge.
        guard poll?.watch(descriptor, for: .readable, .edge) == true else { return connection.close() }
        broker.connect(client)
        recognise(connection, broker)
        counters.accepted += 1
        counters.connections += 1
        while connections.count <= Int(descriptor) { connections.append(nil) }
        connections[Int(descriptor)] = connection
        isReady(connection)
    }

    /// Protected mode: CONFIG SET can take the password away that other machines had to give.
    /// - Parameter address: nil: a unix socket.
    static func mayEnter(from address: DoorAddress?, _ settings: BrokerSettings) -> Bool {
        settings.asksWhoItIs || (address?.isLoopback ?? true)
    }

    private func refuse(_ descriptor: Int32, isPlain: Bool, _ text: String) {
        counters.refused += 1
        if isPlain {
            let text = Array(text.utf8)
            _ = send(descriptor, text, text.count, Int32(MSG_NOSIGNAL))
        }
        Glibc.close(descriptor)
    }

    private func holdAccepting() {
        isAcceptHeld = true
        for listener in listeners { poll?.forget(listener.descriptor) }
    }

    /// After a while there may be descriptors again.
    func resumeAccepting() {
        guard isAcceptHeld else { return }
        isAcceptHeld = false
        for listener in listeners { _ = poll?.watch(listener.descriptor, for: .readable, .level) }
    }
}
