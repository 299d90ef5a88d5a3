import Console

/// How the queue's door is to be opened, from flags and environment.
struct DoorOptions: Sendable {
    /// nil: no TCP.
    var address: ConsoleAddress?
    var socketPath: String?
    var passwordFile: String?
    var usersFile: String?
    var encryption: Encryption?
    var bodyBytesMost = Self.bodyBytesStandard
    var clientsMost = Self.clientsStandard

    struct Encryption: Sendable {
        var certificate: String
        var key: String
        var authorities: String?
    }

    private static let bodyBytesStandard = 4 << 20
    private static let clientsStandard = 10_000

    static let flags = [
        Flag(
            "--disque", value: "HOST:PORT", environment: "WAYBILL_DISQUE", default: "off",
            "Where to speak Disque's protocol; port 0: a free one."),
        Flag(
            "--disque-socket", value: "PATH", environment: "WAYBILL_DISQUE_SOCKET",
            "Unix socket to speak it at, with or without --disque."),
        Flag(
            "--disque-password-file", value: "FILE", environment: "WAYBILL_DISQUE_PASSWORD_FILE",
            "File with the password that clients give with AUTH."),
        Flag(
            "--disque-users", value: "FILE", environment: "WAYBILL_DISQUE_USERS",
            "File of the users that may use the queues, with their rights."),
        Flag(
            "--disque-tls-certificate", value: "FILE", environment: "WAYBILL_DISQUE_TLS_CERTIFICATE",
            "Certificate chain, PEM: --disque then speaks TLS only."),
        Flag(
            "--disque-tls-key", value: "FILE", environment: "WAYBILL_DISQUE_TLS_KEY", "Key of the certificate (PEM)."),
        Flag(
            "--disque-tls-ca", value: "FILE", environment: "WAYBILL_DISQUE_TLS_CA",
            "Clients must show a certificate that one of these signed (PEM)."),
        Flag(
            "--disque-max-body", value: "SIZE", environment: "WAYBILL_DISQUE_MAX_BODY", default: "4MB",
            "Longest body of a job."),
        Flag(
            "--disque-max-clients", value: "N", environment: "WAYBILL_DISQUE_MAX_CLIENTS", default: "10000",
            "Most connections at a time."),
    ]

}

extension DoorOptions {
    /// nil: there is no door.
    init?(_ arguments: Arguments) throws(CommandFailure) {
        self.init()
        let text = try arguments.required("--disque")
        if text != "off" {
            guard let address = ConsoleAddress(text) else {
                throw CommandFailure(
                    .usage, "`--disque \(text)` is no address",
                    "write 127.0.0.1:7711, [::1]:7711, port 0 for a free one, or off")
            }
            self.address = address
        }
        socketPath = Self.path("--disque-socket", arguments)
        passwordFile = Self.path("--disque-password-file", arguments)
        usersFile = Self.path("--disque-users", arguments)
        encryption = try Self.encryption(arguments)
        bodyBytesMost = try arguments.bytes("--disque-max-body", in: 1...(512 << 20), default: Self.bodyBytesStandard)
        clientsMost = try arguments.int("--disque-max-clients", in: 1...1_000_000, default: Self.clientsStandard)
        if address == nil, socketPath == nil {
            guard passwordFile == nil, usersFile == nil, encryption == nil else {
                throw CommandFailure(
                    .usage, "there is no queue's door that the other --disque flags could protect",
                    "add --disque 127.0.0.1:7711")
            }
            return nil
        }
        if encryption != nil, address == nil {
            throw CommandFailure(
                .usage, "--disque-tls-certificate is for TCP, and there is no --disque", "add --disque 127.0.0.1:7711")
        }
    }

    private static func path(_ name: String, _ arguments: Arguments) -> String? {
        arguments.text(name).flatMap { $0.isEmpty ? nil : $0 }
    }

    private static func encryption(_ arguments: Arguments) throws(CommandFailure) -> Encryption? {
        let certificate = path("--disque-tls-certificate", arguments)
        let key = path("--disque-tls-key", arguments)
        let authorities = path("--disque-tls-ca", arguments)
        if let certificate, let key { return Encryption(certificate: certificate, key: key, authorities: authorities) }
        guard certificate == nil, key == nil, authorities == nil else {
            throw CommandFailure(
                .usage, "TLS needs a certificate and its key",
                "give both --disque-tls-certificate FILE and --disque-tls-key FILE")
        }
        return nil
    }
}
