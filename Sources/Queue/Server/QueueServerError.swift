/// Why the door cannot be opened.
package enum QueueServerError: Error, Sendable, Hashable, CustomStringConvertible {
    case cannotListen(on: String, message: String)
    case cannotListenAt(path: String, message: String)
    /// Something that is no socket lies where the unix socket should be.
    case notASocket(path: String)
    case socketInUse(path: String)
    case pathTooLong(path: String, bytesMost: Int)
    case badCertificate(path: String, message: String)

    package var description: String {
        switch self {
        case .cannotListen(let address, let message): "the queue's door cannot listen on \(address): \(message)"
        case .cannotListenAt(let path, let message): "the queue's door cannot listen at \(path): \(message)"
        case .notASocket(let path): "\(path) is there and is no socket"
        case .socketInUse(let path): "another process listens on \(path)"
        case .pathTooLong(let path, _): "the path \(path) is too long for a socket"
        case .badCertificate(let path, let message): "\(path) cannot be used: \(message)"
        }
    }

    /// What to write instead.
    package var remedy: String {
        switch self {
        case .cannotListen: "give another --disque, or stop what listens there; port 0 takes a free one"
        case .cannotListenAt: "give a --disque-socket in a folder that is there and that the service may write to"
        case .notASocket: "give another --disque-socket"
        case .socketInUse: "stop it first, or give another --disque-socket"
        case .pathTooLong(_, let most): "give a --disque-socket of at most \(most) bytes"
        case .badCertificate:
            "give PEM files that belong together: --disque-tls-certificate, --disque-tls-key, --disque-tls-ca"
        }
    }
}
