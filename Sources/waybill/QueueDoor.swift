import Console
import Observing
import Queue

/// The queue's door, bound, before the engine works: what is wrong with it ends the start.
struct QueueDoor {
    let server: QueueServer
    let settings: BrokerSettings
    /// Where it is, as the ready line says it.
    let text: String

    init(_ options: DoorOptions, logger: Logger) throws(CommandFailure) {
        var settings = BrokerSettings()
        settings.version = Version.current
        settings.bodyBytesMost = options.bodyBytesMost
        settings.inputBytesMost = max(settings.inputBytesMost, 2 * options.bodyBytesMost)
        settings.outputBytesMost = max(settings.outputBytesMost, 4 * options.bodyBytesMost)
        (settings.password, settings.users) = try Self.whoMayEnter(options)
        try Self.protect(options, settings, logger)
        do throws(QueueServerError) {
            server = try QueueServer(Self.serverSettings(options), connectionsMost: options.clientsMost)
        } catch {
            throw CommandFailure(.badConfiguration, "\(error)", error.remedy)
        }
        settings.connectionsMost = server.connectionsMost(of: options.clientsMost)
        if settings.connectionsMost < options.clientsMost {
            logger.warning(
                "the system allows fewer open files than --disque-max-clients asks for: raise ulimit -n",
                ["clients": LogValue(settings.connectionsMost)])
        }
        self.settings = settings
        text = server.address.map { "\($0)" } ?? options.socketPath ?? "off"
    }

    private static func serverSettings(_ options: DoorOptions) -> QueueServerSettings {
        var settings = QueueServerSettings()
        settings.address = options.address.map { DoorAddress($0) }
        settings.socketPath = options.socketPath
        settings.encryption = options.encryption.map { encryption($0) }
        return settings
    }

    private static func encryption(_ files: DoorOptions.Encryption) -> EncryptionSettings {
        EncryptionSettings(
            certificatePath: files.certificate, keyPath: files.key, clientAuthoritiesPath: files.authorities)
    }

    /// Whether the certificate's files can be used as they are now.
    static func checkCertificate(_ options: DoorOptions) throws(CommandFailure) {
        guard let files = options.encryption else { return }
        do throws(QueueServerError) { try QueueServer.check(encryption(files)) } catch {
            throw CommandFailure(.badConfiguration, "\(error)", error.remedy)
        }
    }

    /// Protected mode: a queue that anybody can reach is never opened by mistake.
    private static func protect(
        _ options: DoorOptions, _ settings: BrokerSettings, _ logger: Logger
    ) throws(CommandFailure) {
        guard let address = options.address, !address.isLoopback else { return }
        guard settings.password == nil, settings.users.isEmpty else { return }
        guard let encryption = options.encryption else {
            throw CommandFailure(
                .badConfiguration,
                "--disque \(address) can be reached from other machines, and anybody there could use the queues",
                "add --disque-password-file FILE or --disque-users FILE, or --disque-tls-certificate FILE with "
                    + "--disque-tls-key FILE and --disque-tls-ca FILE, or bind 127.0.0.1:\(address.port)")
        }
        if encryption.authorities == nil {
            logger.warning(
                "anybody who reaches --disque \(address) may use the queues: add --disque-password-file, --disque-users "
                    + "or --disque-tls-ca")
        }
    }

    private static let passwordBytesMost = 512

    private static func password(_ path: String) throws(CommandFailure) -> [UInt8] {
        guard let text = SecretFile.text(path) else {
            throw CommandFailure(
                .badConfiguration, "--disque-password-file \(path) cannot be read",
                "give a file that the service's user can read, with the password in its first line")
        }
        let password = Array(text.utf8.prefix { $0 != 10 && $0 != 13 })
        guard !password.isEmpty, password.count <= passwordBytesMost else {
            throw CommandFailure(
                .badConfiguration, "--disque-password-file \(path): its first line is no password",
                "write 1 to \(passwordBytesMost) bytes in it")
        }
        return password
    }

    /// The password and the users as their files have them now.
    static func whoMayEnter(
        _ options: DoorOptions
    ) throws(CommandFailure) -> (password: [UInt8]?, users: [BrokerUser]) {
        let password = try options.passwordFile.map { path throws(CommandFailure) in try Self.password(path) }
        return (password, try options.usersFile.map { path throws(CommandFailure) in try users(path) } ?? [])
    }

    private static func users(_ path: String) throws(CommandFailure) -> [BrokerUser] {
        guard let text = SecretFile.text(path) else {
            throw CommandFailure(
                .badConfiguration, "--disque-users \(path) cannot be read",
                "give a file that the service's user can read; \(UsersFile.helpText)")
        }
        do throws(UsersFileError) {
            let users = try UsersFile(text: text, file: path, readPassword: { try passwordBytes($0, beside: path) })
                .users
            guard users.isEmpty else { return users }
        } catch {
            throw CommandFailure(.badConfiguration, "\(error.file):\(error.line): \(error.problem)", error.remedy)
        }
        throw CommandFailure(.badConfiguration, "\(path) names no user", UsersFile.helpText)
    }

    /// - Parameter file: a relative path is meant from its folder.
    private static func passwordBytes(_ path: String, beside file: String) throws(Unreadable) -> [UInt8] {
        let folder = file.lastIndex(of: "/").map { String(file[...$0]) } ?? ""
        guard let text = SecretFile.text(path.hasPrefix("/") ? path : folder + path) else { throw Unreadable() }
        return Array(text.utf8)
    }

    private struct Unreadable: Error, CustomStringConvertible {
        var description: String { "it cannot be read" }
    }
}

extension DoorAddress {
    init(_ address: ConsoleAddress) {
        switch address.host {
        case .v4(let bytes), .v6(let bytes): self.init(host: bytes, port: address.port)
        }
    }
}
