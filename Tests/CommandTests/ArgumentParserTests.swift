import Console
import Observing
import Testing

@testable import waybill

@Suite struct ArgumentParserTests {
    private func parse(_ line: String, environment: [String: String] = [:]) throws -> ArgumentParser.Outcome {
        try ArgumentParser(commands: CommandList.all, environment: environment)
            .parse(line.split(separator: " ").map(String.init))
    }

    private func arguments(_ line: String, environment: [String: String] = [:]) throws -> Arguments {
        guard case .run(let arguments) = try parse(line, environment: environment) else {
            throw CommandFailure(.failed, "help instead of a command")
        }
        return arguments
    }

    private func failure(_ line: String) -> CommandFailure? {
        do {
            _ = try parse(line)
            return nil
        } catch {
            return error as? CommandFailure
        }
    }

    @Test func findsCommandsFlagsAndOperands() throws {
        let list = try arguments("dead ls --route=orders --limit 5 --json")
        #expect(list.command.name == "dead ls" && list.isJSON)
        #expect(list.text("--route") == "orders")
        #expect(try list.int("--limit", in: 1...10, default: 1) == 5)
        #expect(try arguments("--json -v status").isJSON)
        #expect(try arguments("dead retry 1 2 --yes 3").operands == ["1", "2", "3"])
        #expect(try arguments("dead retry -- --all").operands == ["--all"])
        #expect(try arguments("--version").command.name == "version")
    }

    @Test func aFlagWinsOverTheEnvironmentAndThatOverTheDefault() throws {
        #expect(try arguments("check").text("--routes") == "Routes")
        let environment = ["WAYBILL_ROUTES": "elsewhere"]
        #expect(try arguments("check", environment: environment).text("--routes") == "elsewhere")
        #expect(try arguments("check --routes here", environment: environment).text("--routes") == "here")
        #expect(try arguments("check", environment: ["WAYBILL_ROUTES": ""]).text("--routes") == "Routes")
    }

    @Test(arguments: [
        ("chek", "did you mean `waybill check`?"), ("dead lst", "did you mean `waybill dead ls`?"),
        ("xyzzy", "`waybill --help` lists them"), ("check --jsn", "did you mean --json?"),
        ("serve --rotues X", "did you mean --routes?"), ("dead", "needs one more word: ls, show, retry"),
        ("bill report", "needs --month PERIOD"), ("dead show", "needs ID"), ("status more", "does not take `more`"),
        ("check --routes", "needs a value: --routes DIR"), ("check --fix=yes", "--fix takes no value"),
        ("status --color=pink", "--color is auto, always or never"), ("--json", "a command is missing"),
        ("help xyzzy", "there is no command `xyzzy`"),
    ])
    func saysWhatIsWrongAndExits64(_ line: String, _ part: String) {
        let failure = failure(line)
        #expect(failure?.exitCode == .usage)
        #expect(failure?.description.contains(part) == true, "\(failure?.description ?? "no failure")")
    }

    @Test func timesHaveUnitsAndNumbersBounds() throws {
        for (text, expected) in [("500ms", 500), ("30s", 30_000), ("2m", 120_000), ("1h", 3_600_000)] {
            #expect(try arguments("stop --grace \(text)").milliseconds("--grace", default: 0) == Int64(expected))
        }
        for text in ["30", "s", "-1s", "99999999999999999h", "1d2h", "٣s"] {
            #expect(throws: CommandFailure.self) {
                try arguments("stop --grace=\(text)").milliseconds("--grace", default: 0)
            }
        }
        #expect(throws: CommandFailure.self) {
            try arguments("dead ls --limit 0").int("--limit", in: 1...5, default: 1)
        }
    }

    @Test func serveReadsItsOptions() throws {
        let words = "serve --routes R --data D --admin 127.0.0.1:0 --grace 5s --log debug"
        let options = try ServeCommand.options(try arguments(words), Terminal())
        #expect(options.routes == "R" && options.data == "D" && options.graceMilliseconds == 5_000)
        #expect(options.admin.description == "127.0.0.1:0" && options.disque == nil && options.logLevel == .debug)
        for bad in ["serve --admin nowhere", "serve --disque nowhere", "serve --log loud", "serve --grace 5"] {
            #expect(throws: CommandFailure.self) { try ServeCommand.options(try arguments(bad), Terminal()) }
        }
    }

    @Test func serveReadsHowTheQueuesDoorIsOpened() throws {
        let words = "serve --disque 127.0.0.1:7711 --disque-socket S --disque-max-body 512KB --disque-max-clients 9"
        let door = try #require(try ServeCommand.options(try arguments(words), Terminal()).disque)
        #expect(door.address?.port == 7711 && door.socketPath == "S" && door.encryption == nil)
        #expect(door.bodyBytesMost == 512 << 10 && door.clientsMost == 9)
        for (bad, part) in [
            ("--disque-users F", "--disque 127.0.0.1:7711"), ("--disque 127.0.0.1:1 --disque-tls-key K", "certificate"),
            ("--disque 127.0.0.1:1 --disque-max-body 4", "4MB"),
            ("--disque 127.0.0.1:1 --disque-max-body 1GB", "bytes"),
            ("--disque-socket S --disque-tls-key K --disque-tls-certificate C", "for TCP"),
        ] {
            let failure = #expect(throws: CommandFailure.self) {
                try ServeCommand.options(try arguments("serve " + bad), Terminal())
            }
            #expect(failure?.description.contains(part) == true, "\(bad): \(failure?.description ?? "no failure")")
        }
    }

    @Test func aDoorThatAnybodyCanReachNeedsProtection() throws {
        let options = try #require(
            try ServeCommand.options(try arguments("serve --disque 0.0.0.0:0"), Terminal()).disque)
        let failure = #expect(throws: CommandFailure.self) { try QueueDoor(options, logger: .silent) }
        #expect(failure?.description.contains("--disque-password-file FILE") == true, "\(failure as Any)")
    }
}
