/// A setting that CONFIG GET shows, and CONFIG SET changes until the process ends.
struct ConfigParameter: Sendable {
    let name: String
    var isSecret = false
    let read: @Sendable (Broker) -> String
    /// false: it cannot have this value.
    let write: @Sendable (Broker, [UInt8]) -> Bool

    /// In order of their names.
    static let all: [ConfigParameter] = [
        fixed("appendfsync", "always"),
        fixed("appendonly", "yes"),
        outputLimit,
        bytes("client-query-buffer-limit", 64 << 10...1 << 30, \.settings.inputBytesMost),
        number("latency-monitor-threshold", 0...Int64.max, \.serving.latency.threshold),
        count("maxblockedclients", 0...1_000_000, \.settings.blockedClientsMost),
        count("maxclients", 1...1_000_000, \.settings.connectionsMost),
        fixed("maxmemory", "0"),
        fixed("maxmemory-policy", "noeviction"),
        count("maxqueues", 1...Int(UInt32.max), \.settings.queuesMost),
        bodyLimit,
        bytes("queue-name-max-len", 1...64 << 10, \.settings.queueNameBytesMost),
        password,
        number("slowlog-log-slower-than", -1...Int64.max, \.serving.slowLog.threshold),
        count("slowlog-max-len", 0...100_000, \.serving.slowLog.entriesMost),
        count("timeout", 0...1_000_000_000, \.settings.idleSecondsMost),
    ]

    /// A value that clients look at and that cannot be another one here.
    private static func fixed(_ name: String, _ value: String) -> ConfigParameter {
        ConfigParameter(name: name, read: { _ in value }, write: { $1.elementsEqual(value.utf8) })
    }

    private static func number(
        _ name: String, _ range: ClosedRange<Int64>, _ path: any ReferenceWritableKeyPath<Broker, Int64> & Sendable
    ) -> ConfigParameter {
        ConfigParameter(
            name: name, read: { String($0[keyPath: path]) },
            write: { broker, text in
                guard let value = integer(text), range.contains(value) else { return false }
                broker[keyPath: path] = value
                return true
            })
    }

    private static func count(
        _ name: String, _ range: ClosedRange<Int>, _ path: any ReferenceWritableKeyPath<Broker, Int> & Sendable
    ) -> ConfigParameter {
        ConfigParameter(
            name: name, read: { String($0[keyPath: path]) },
            write: { broker, text in
                guard let value = integer(text).flatMap(Int.init(exactly:)), range.contains(value) else { return false }
                broker[keyPath: path] = value
                return true
            })
    }

    private static func bytes(
        _ name: String, _ range: ClosedRange<Int>, _ path: any ReferenceWritableKeyPath<Broker, Int> & Sendable
    ) -> ConfigParameter {
        ConfigParameter(
            name: name, read: { String($0[keyPath: path]) },
            write: { broker, text in
                guard let value = ByteCountText.parse(text), range.contains(value) else { return false }
                broker[keyPath: path] = value
                return true
            })
    }

    /// What a body may have. The input buffer grows with it: a command must fit into it.
    private static let bodyLimit = ConfigParameter(
        name: "proto-max-bulk-len", read: { String($0.settings.bodyBytesMost) },
        write: { broker, text in
            guard let value = ByteCountText.parse(text), (1...512 << 20).contains(value) else { return false }
            broker.settings.bodyBytesMost = value
            broker.settings.inputBytesMost = max(broker.settings.inputBytesMost, value + (1 << 20))
            return true
        })

    /// `normal HARD 0 0`: bytes of replies that a connection may leave unread.
    private static let outputLimit = ConfigParameter(
        name: "client-output-buffer-limit", read: { "normal \($0.settings.outputBytesMost) 0 0" },
        write: { broker, text in
            let words = text.split(separator: UInt8(ascii: " ")).map(Array.init)
            guard words.count == 4, words[0] == Array("normal".utf8), integer(words[2]) == 0, integer(words[3]) == 0,
                let value = ByteCountText.parse(words[1]), (1 << 10...1 << 40).contains(value)
            else { return false }
            broker.settings.outputBytesMost = value
            return true
        })

    /// Empty: none. It is never shown.
    private static let password = ConfigParameter(
        name: "requirepass", isSecret: true, read: { $0.settings.password == nil ? "" : "(secret)" },
        write: { broker, text in
            guard text.count <= UserLineParser.passwordBytesMost else { return false }
            broker.change(password: text.isEmpty ? nil : text, users: broker.settings.users, isNew: true)
            return true
        })

    private static func integer(_ text: [UInt8]) -> Int64? { text.withUnsafeBytes { IntegerText.parse($0) } }
}

/// `1048576`, `1024k`, `1024kb`, `1m`, `1mb`, `2g`, `2gb`: `k` is 1000 bytes and `kb` is 1024, as Redis has them.
enum ByteCountText {
    static func parse(_ text: [UInt8]) -> Int? {
        let digits = text.prefix { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
        let unit = String(decoding: text.dropFirst(digits.count), as: UTF8.self).lowercased()
        guard let factor = factors[unit], let count = Int(String(decoding: digits, as: UTF8.self)) else { return nil }
        let (bytes, overflow) = count.multipliedReportingOverflow(by: factor)
        return overflow ? nil : bytes
    }

    private static let factors = [
        "": 1, "b": 1, "k": 1_000, "kb": 1 << 10, "m": 1_000_000, "mb": 1 << 20, "g": 1_000_000_000, "gb": 1 << 30,
    ]
}
