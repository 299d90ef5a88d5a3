extension Broker {
    private static let loginsMost = 3

    /// `AUTH password` or `AUTH user password`.
    func auth(_ arguments: Arguments, _ client: BrokerClient) {
        let isIn: Bool
        switch arguments.count {
        case 2: isIn = logIn(nil, password: arguments[1], client)
        case 3: isIn = logIn(arguments[1], password: arguments[2], client)
        default: return client.replies.error("ERR wrong number of arguments for 'auth' command")
        }
        if isIn { client.replies.status("OK") }
    }

    /// Lets the client in or answers why not: then it is nobody, whoever it was before, and after three times the
    /// connection is closed.
    /// - Parameter name: nil and `default`: who gives the one password.
    func logIn(_ name: UnsafeRawBufferPointer?, password: UnsafeRawBufferPointer, _ client: BrokerClient) -> Bool {
        let name = name.map { String(decoding: $0, as: UTF8.self) } ?? BrokerUser.everybody.name
        let isDefault = name == BrokerUser.everybody.name
        if isDefault, settings.password == nil {
            client.replies.error("ERR Client sent AUTH, but no password is set")
            return false
        }
        if let user = user(name, isDefault: isDefault, password: Array(password)) {
            client.user = user
            client.session.failedLogins = 0
            return true
        }
        client.user = nil
        client.session.failedLogins += 1
        client.replies.error("ERR invalid password")
        if client.session.failedLogins >= Self.loginsMost { client.closesAfterReplies = true }
        return false
    }

    /// An unknown name takes as long as a wrong password.
    private func user(_ name: String, isDefault: Bool, password: [UInt8]) -> BrokerUser? {
        let digest = PasswordDigest.of(password)
        if isDefault {
            guard let right = settings.password else { return nil }
            return PasswordDigest.isAny(of: [PasswordDigest.of(right)], digest) ? .everybody : nil
        }
        let user = settings.users.first { $0.name == name }
        let isRight = PasswordDigest.isAny(of: user?.passwords ?? [PasswordDigest.ofNobody], digest)
        return isRight ? user : nil
    }

    /// Another password (nil: none) and other users from now on. Connections of the default user lose their rights
    /// where its password changes, those of a named user where it is gone or has other passwords; other rights are
    /// theirs at once. Who loses them and waits for jobs is told. Where nobody is asked any more, who has not said who
    /// it is must connect again, so that the server can look at where it comes from.
    /// - Parameter isNew: the password was set, even if it is the one that it was.
    package func change(password: [UInt8]?, users: [BrokerUser], isNew: Bool = false) {
        let isSamePassword = !isNew && password == settings.password
        settings.password = password
        settings.users = users
        for client in clients.values {
            if client.user == nil, !settings.asksWhoItIs { kill(client) }
            client.user = userNow(of: client, isSamePassword: isSamePassword)
            if client.user == nil, client.wait != nil {
                endWait(of: client)
                client.replies.error("NOAUTH Authentication required.")
                woken.append(client)
            }
        }
    }

    private func userNow(of client: BrokerClient, isSamePassword: Bool) -> BrokerUser? {
        guard let user = client.user else { return nil }
        guard settings.asksWhoItIs else { return .everybody }
        if user.name == BrokerUser.everybody.name { return isSamePassword && settings.password != nil ? user : nil }
        return settings.users.first { $0.name == user.name && $0.passwords == user.passwords }
    }
}
