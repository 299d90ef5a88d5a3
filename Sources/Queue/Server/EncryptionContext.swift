import COpenSSL
import Glibc

/// The certificate of the door and what it asks of clients: the one owner of an SSL_CTX. TLS 1.2 and newer.
final class EncryptionContext {
    private let context: OpaquePointer

    init(_ settings: EncryptionSettings) throws(QueueServerError) {
        ERR_clear_error()
        guard let context = SSL_CTX_new(TLS_server_method()) else {
            throw Self.failure(settings.certificatePath)
        }
        self.context = context
        guard waybill_ssl_set_minimum_tls12(context) == 1 else { throw Self.failure(settings.certificatePath) }
        waybill_ssl_set_modes(context)
        // A key with a passphrase must not make a service ask for it at a terminal.
        SSL_CTX_set_default_passwd_cb(context) { _, _, _, _ in 0 }
        guard SSL_CTX_use_certificate_chain_file(context, settings.certificatePath) == 1 else {
            throw Self.failure(settings.certificatePath)
        }
        guard SSL_CTX_use_PrivateKey_file(context, settings.keyPath, SSL_FILETYPE_PEM) == 1,
            SSL_CTX_check_private_key(context) == 1
        else { throw Self.failure(settings.keyPath) }
        if let path = settings.clientAuthoritiesPath { try askForCertificates(signedBy: path) }
    }

    deinit { SSL_CTX_free(context) }

    private func askForCertificates(signedBy path: String) throws(QueueServerError) {
        guard SSL_CTX_load_verify_locations(context, path, nil) == 1, let names = SSL_load_client_CA_file(path) else {
            throw Self.failure(path)
        }
        // The context owns the list from here on.
        SSL_CTX_set_client_CA_list(context, names)
        SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nil)
        let name = Array("waybill".utf8)
        SSL_CTX_set_session_id_context(context, name, UInt32(name.count))
    }

    /// - Returns: nil where there is no memory for it.
    func session(on descriptor: Int32) -> EncryptedSession? {
        guard let session = SSL_new(context) else { return nil }
        guard SSL_set_fd(session, descriptor) == 1 else {
            SSL_free(session)
            return nil
        }
        SSL_set_accept_state(session)
        return EncryptedSession(takingOwnershipOf: session)
    }

    private static func failure(_ path: String) -> QueueServerError {
        let code = ERR_get_error()
        if let reason = ERR_reason_error_string(code) {
            let text = String(cString: reason)
            let isOtherwise = text == "unsupported" || text == "no start line"
            return .badCertificate(path: path, message: isOtherwise ? "what it should hold is not in it (PEM)" : text)
        }
        // A system error has no reason string of OpenSSL's own.
        let number = Int32(truncatingIfNeeded: code & 0x7fff_ffff)
        return .badCertificate(path: path, message: number > 0 ? String(cString: strerror(number)) : "no reason given")
    }
}

/// One encrypted connection: the one owner of an SSL. It does not own the socket below it.
final class EncryptedSession {
    private let session: OpaquePointer

    init(takingOwnershipOf session: OpaquePointer) { self.session = session }
    deinit { SSL_free(session) }

    /// Whether both sides have agreed on keys; reading does what is left of that.
    var isEstablished: Bool { SSL_is_init_finished(session) == 1 }

    func receive(into buffer: UnsafeMutableRawBufferPointer) -> SocketOutcome {
        ERR_clear_error()
        let count = SSL_read(session, buffer.baseAddress, Int32(clamping: buffer.count))
        return count > 0 ? .bytes(Int(count)) : outcome(of: count)
    }

    func send(_ bytes: UnsafeRawBufferPointer) -> SocketOutcome {
        ERR_clear_error()
        let count = SSL_write(session, bytes.baseAddress, Int32(clamping: bytes.count))
        return count > 0 ? .bytes(Int(count)) : outcome(of: count)
    }

    /// Tells the other side, as far as that goes without waiting.
    func sayGoodbye() {
        ERR_clear_error()
        if isEstablished { SSL_shutdown(session) }
    }

    private func outcome(of result: Int32) -> SocketOutcome {
        switch SSL_get_error(session, result) {
        case SSL_ERROR_WANT_READ: .wantsReading
        case SSL_ERROR_WANT_WRITE: .wantsWriting
        case SSL_ERROR_ZERO_RETURN: .ended
        default: .failed
        }
    }
}
