import Message
import Queue
import Testing

@Suite struct ServingUsersFileTests {
    private static let hello = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"
    private static let files = ["/run/ops": "hello\n", "/run/empty": "\n", "/run/windows": "hello\r\n"]

    private struct NoSuchFile: Error, CustomStringConvertible {
        var description: String { "No such file or directory" }
    }

    private func read(_ text: String) throws(UsersFileError) -> [BrokerUser] {
        try UsersFile(text: text, file: "users") { path in
            if path == "/run/long" { return Array(repeating: 65, count: 513) }
            guard let text = Self.files[path] else { throw NoSuchFile() }
            return Array(text.utf8)
        }.users
    }

    @Test func readsNamesPasswordsClassesAndQueues() throws {
        let digest = SHA256.digest(Array("hello".utf8))
        let users = try read(
            """
            # who may what
            user shop password-sha256 \(Self.hello) may produce consume on orders.* results.*

            user ops\tpassword-file /run/ops on * may all   # everything
            user both on q password-file /run/windows may observe password-sha256 \(
                String(repeating: "0F", count: 32))
            """)
        #expect(
            users == [
                BrokerUser(
                    name: "shop", passwords: [digest], classes: [.produce, .consume],
                    queues: ["orders.*", "results.*"]),
                BrokerUser(name: "ops", passwords: [digest], classes: Set(CommandClass.allCases), queues: ["*"]),
                BrokerUser(
                    name: "both", passwords: [digest, Array(repeating: 15, count: 32)], classes: [.observe],
                    queues: ["q"]),
            ])
    }

    @Test func readsNothingFromAnEmptyFile() throws {
        let none = try read("")
        let commentsOnly = try read("\n  # only this\n")
        #expect(none.isEmpty && commentsOnly.isEmpty)
    }

    private static let classes = "produce, consume, observe, manage, administer or all"

    @Test(arguments: [
        (
            "usr shop",
            "a line cannot begin with `usr`; write `user NAME password-file PATH may CLASS... on QUEUE...`"
        ),
        ("user", "the user has no name; write `user NAME`"),
        ("user may all", "the user has no name; write `user NAME`"),
        (
            "user default may all on *",
            "`default` is who says a password without a name; give that password with --disque-password-file, and this "
                + "user another name"
        ),
        (
            "user a\"b may all on *",
            "`a\"b` cannot be a user's name; write at most 64 bytes without quotes and control characters"
        ),
        (
            "user shop can all",
            "`can` begins no clause; write `password-sha256 DIGITS`, `password-file PATH`, `may CLASS...` or "
                + "`on QUEUE...`"
        ),
        ("user shop may", "nothing stands behind `may`; write \(classes)"),
        ("user shop on", "nothing stands behind `on`; write names of queues, or `*` for all of them"),
        (
            "user shop password-file may all",
            "nothing stands behind `password-file`; write the path of a file that holds the password"
        ),
        (
            "user shop password-sha256 on q",
            "nothing stands behind `password-sha256`; write the 64 digits that `printf %s PASSWORD | sha256sum` prints"
        ),
        (
            "user shop password-sha256 s3cret",
            "this is no SHA-256: 6 characters; write the 64 digits that `printf %s PASSWORD | sha256sum` prints"
        ),
        (
            "user shop password-sha256 g\(String(hello.dropFirst()))",
            "this is no SHA-256: 64 characters; write the 64 digits that `printf %s PASSWORD | sha256sum` prints"
        ),
        ("user shop may produse", "`produse` is no class of commands; write \(classes)"),
        (
            "user shop password-file /gone may all on *",
            "the password file `/gone` cannot be read: No such file or directory; make it readable for this process"
        ),
        (
            "user shop password-file /run/empty may all on *",
            "the password file `/run/empty` is empty; write the password into it"
        ),
        (
            "user shop password-file /run/long may all on *",
            "the password in `/run/long` has 513 bytes; use one of at most 512 bytes"
        ),
        (
            "user shop may all on *",
            "the user `shop` has no password; add `password-file PATH` or `password-sha256 DIGITS`"
        ),
        (
            "user shop password-file /run/ops on *", "the user `shop` may do nothing; add `may` and \(classes)"
        ),
        (
            "user shop password-file /run/ops may all",
            "the user `shop` has no queues; add `on` and names of queues, or `on *` for all of them"
        ),
    ])
    func saysWhatIsWrongAndWhatToWrite(_ line: String, _ error: String) {
        #expect { try read("# users\n\n" + line) } throws: { "\($0)" == "users:3: " + error }
    }

    @Test func refusesAUserInTwoLines() {
        let line = "user ops password-file /run/ops may all on *"
        #expect { try read(line + "\n" + line) } throws: {
            "\($0)" == "users:2: the user `ops` stands in an earlier line, too; give all passwords and rights of a "
                + "user in one line"
        }
    }

    @Test func theHelpShowsLinesThatTheParserReads() throws {
        let examples = UsersFile.helpText.split(separator: "\n").filter {
            $0.contains("  user ") && !$0.contains("NAME")
        }
        #expect(examples.count == 3)
        let users = try UsersFile(text: examples.joined(separator: "\n"), file: "help") { _ in [65] }.users
        #expect(users.map(\.name) == ["shop", "worker", "ops"])
    }
}
