import Message

/// Reads one line of a `UsersFile`.
struct UserLineParser {
    private let words: [String]
    private let file: String
    private let number: Int

    private var passwords: Set<[UInt8]> = []
    private var classes: Set<CommandClass> = []
    private var queues: [String] = []

    private static let clauses: Set<String> = ["password-sha256", "password-file", "may", "on"]
    private static let classNames = CommandClass.allCases.map(\.rawValue).joined(separator: ", ") + " or all"
    /// Of a user's name and of a password.
    private static let nameBytesMost = 64
    static let passwordBytesMost = 512

    init(line: Substring, file: String, number: Int) {
        let words = line.split { $0 == " " || $0 == "\t" }.map(String.init)
        self.words = Array(words.prefix { !$0.hasPrefix("#") })
        self.file = file
        self.number = number
    }

    /// nil: the line is empty.
    mutating func user(readPassword: (String) throws -> [UInt8]) throws(UsersFileError) -> BrokerUser? {
        guard let first = words.first else { return nil }
        guard first == "user" else {
            throw error(
                "a line cannot begin with `\(first)`", "write `user NAME password-file PATH may CLASS... on QUEUE...`")
        }
        let name = try name()
        var position = 2
        while position < words.count {
            let clause = words[position]
            guard Self.clauses.contains(clause) else {
                throw error(
                    "`\(clause)` begins no clause",
                    "write `password-sha256 DIGITS`, `password-file PATH`, `may CLASS...` or `on QUEUE...`")
            }
            let values = words[(position + 1)...].prefix { !Self.clauses.contains($0) }
            guard !values.isEmpty else { throw error("nothing stands behind `\(clause)`", remedy(for: clause)) }
            try read(clause, Array(values), readPassword: readPassword)
            position += 1 + values.count
        }
        try checkComplete(name)
        return BrokerUser(name: name, passwords: passwords, classes: classes, queues: queues)
    }

    func error(_ problem: String, _ remedy: String) -> UsersFileError {
        UsersFileError(file: file, line: number, problem: problem, remedy: remedy)
    }

    private func name() throws(UsersFileError) -> String {
        guard words.count > 1, !Self.clauses.contains(words[1]) else {
            throw error("the user has no name", "write `user NAME`")
        }
        let name = words[1]
        if name == "default" {
            throw error(
                "`default` is who says a password without a name",
                "give that password with --disque-password-file, and this user another name")
        }
        guard name.utf8.count <= Self.nameBytesMost, name.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7f && $0 != 0x22 })
        else {
            throw error(
                "`\(name)` cannot be a user's name",
                "write at most \(Self.nameBytesMost) bytes without quotes and control characters")
        }
        return name
    }

    private mutating func read(
        _ clause: String, _ values: [String], readPassword: (String) throws -> [UInt8]
    ) throws(UsersFileError) {
        switch clause {
        case "password-sha256":
            for value in values { passwords.insert(try digest(value)) }
        case "password-file":
            for value in values { passwords.insert(try digest(ofFile: value, readPassword)) }
        case "may":
            for value in values { classes.formUnion(try commandClasses(value)) }
        default:
            queues += values.filter { !queues.contains($0) }
        }
    }

    private func checkComplete(_ name: String) throws(UsersFileError) {
        if passwords.isEmpty {
            throw error(
                "the user `\(name)` has no password", "add `password-file PATH` or `password-sha256 DIGITS`")
        }
        if classes.isEmpty { throw error("the user `\(name)` may do nothing", "add `may` and \(Self.classNames)") }
        if queues.isEmpty {
            throw error("the user `\(name)` has no queues", "add `on` and names of queues, or `on *` for all of them")
        }
    }

    private func remedy(for clause: String) -> String {
        switch clause {
        case "password-sha256": "write the 64 digits that `printf %s PASSWORD | sha256sum` prints"
        case "password-file": "write the path of a file that holds the password"
        case "may": "write \(Self.classNames)"
        default: "write names of queues, or `*` for all of them"
        }
    }

    private func digest(_ digits: String) throws(UsersFileError) -> [UInt8] {
        guard let bytes = PasswordDigest.bytes(ofHex: digits) else {
            throw error("this is no SHA-256: \(digits.utf8.count) characters", remedy(for: "password-sha256"))
        }
        return bytes
    }

    private func digest(
        ofFile path: String, _ readPassword: (String) throws -> [UInt8]
    ) throws(UsersFileError) -> [UInt8] {
        var password: [UInt8]
        do {
            password = try readPassword(path)
        } catch let cause {
            throw error("the password file `\(path)` cannot be read: \(cause)", "make it readable for this process")
        }
        if password.last == 10 { password.removeLast() }
        if password.last == 13 { password.removeLast() }
        guard !password.isEmpty else {
            throw error("the password file `\(path)` is empty", "write the password into it")
        }
        guard password.count <= Self.passwordBytesMost else {
            throw error(
                "the password in `\(path)` has \(password.count) bytes",
                "use one of at most \(Self.passwordBytesMost) bytes")
        }
        return PasswordDigest.of(password)
    }

    private func commandClasses(_ word: String) throws(UsersFileError) -> Set<CommandClass> {
        if word == "all" { return Set(CommandClass.allCases) }
        guard let known = CommandClass(rawValue: word) else {
            throw error("`\(word)` is no class of commands", "write \(Self.classNames)")
        }
        return [known]
    }
}
