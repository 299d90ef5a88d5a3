/// The named users of the queue's door as an operator writes them down, one user a line:
///
///     # the shop adds orders, the workers take them
///     user shop     password-sha256 <64 hex digits>        may produce          on orders.*
///     user worker   password-file /run/secrets/worker      may consume observe  on orders.* results.*
///     user ops      password-file /run/secrets/ops         may all              on *
///
/// The clauses come in any order. A user may have several passwords (so that one can be changed while programs still use
/// the other), several classes of commands and several globs of queue names. A word that begins with `#` starts a
/// comment that ends with the line.
package struct UsersFile: Sendable, Hashable {
    package let users: [BrokerUser]

    /// - Parameters:
    ///   - text: what stands in the file.
    ///   - file: its name, for errors.
    ///   - readPassword: the bytes of a password file; one line end at its end does not count. What it throws is told
    ///     in its own words.
    package init(
        text: String, file: String, readPassword: (_ path: String) throws -> [UInt8]
    ) throws(UsersFileError) {
        var users: [BrokerUser] = []
        var lineNumber = 0
        for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            lineNumber += 1
            var parser = UserLineParser(line: line, file: file, number: lineNumber)
            guard let user = try parser.user(readPassword: readPassword) else { continue }
            if users.contains(where: { $0.name == user.name }) {
                throw parser.error(
                    "the user `\(user.name)` stands in an earlier line, too",
                    "give all passwords and rights of a user in one line")
            }
            users.append(user)
        }
        self.users = users
    }

    /// What the command line prints of the format.
    package static let helpText = """
        The users of the queue's door, one a line; a word that begins with # starts a comment:

          user NAME password-sha256 DIGITS may CLASS... on QUEUE...
          user NAME password-file PATH     may CLASS... on QUEUE...

          NAME     what the client says in AUTH NAME PASSWORD; `default`, who says a password only, is no name (--disque-password-file)
          DIGITS   64 hexadecimal digits: printf %s PASSWORD | sha256sum
          PATH     a file that holds the password and nothing else
          CLASS    produce     ADDJOB
                   consume     GETJOB ACKJOB FASTACK NACK WORKING
                   observe     QLEN QSTAT QPEEK QSCAN JSCAN SHOW INFO
                   manage      PAUSE QPURGE QMOVE DELJOB ENQUEUE DEQUEUE
                   administer  CONFIG, CLIENT LIST|KILL|PAUSE, DEBUG, MONITOR, SHUTDOWN, CLUSTER, SLOWLOG, LATENCY
                   all         each of them
          QUEUE    a queue's name; * stands for any run of characters, ? for one

        Both password clauses may be given several times: each of the passwords lets the user in. Digits of a short
        password can be guessed by who reads the file: use long random ones (openssl rand -hex 32).

          user shop   password-sha256 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08 may produce on orders.*
          user worker password-file /run/secrets/worker may consume observe on orders.* results.*
          user ops    password-file /run/secrets/ops    may all on *
        """
}
