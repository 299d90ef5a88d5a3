/// What QSCAN and JSCAN have in common: a cursor, how much to look at, and words of their own.
struct ScanCursor {
    var position: UInt64 = 0
    private var hasCursor = false
    /// nil: as much as one call may look at.
    var count: Int? = 100
    private(set) var error: String?

    /// BUSYLOOP, and an unlimited COUNT, look at so many in one call; the cursor says where to go on.
    static let steps = 100_000

    /// What one call may find and look at.
    var foundMost: Int { count ?? Self.steps }
    var stepsMost: Int { min(Self.steps, foundMost * 10) }

    /// Reads the words behind the command's name.
    /// - Parameter option: reads an option of its own with its value (nil: it is the last word); returns whether it is one,
    ///   or an error.
    mutating func read(
        _ arguments: Arguments, _ option: (Keyword, UnsafeRawBufferPointer) -> OptionOutcome
    ) -> String? {
        var index = 1
        while index < arguments.count {
            let word = Keyword(arguments[index])
            if word == .busyLoop {
                count = nil
                index += 1
                continue
            }
            if index + 1 < arguments.count {
                let value = arguments[index + 1]
                if word == .count {
                    guard let number = IntegerText.parse(value) else {
                        return "ERR value is not an integer or out of range"
                    }
                    count = number < 0 ? nil : Int(min(max(number, 1), Int64(Self.steps)))
                    index += 2
                    continue
                }
                switch option(word, value) {
                case .taken:
                    index += 2
                    continue
                case .failed(let error): return error
                case .unknown: break
                }
            }
            guard !hasCursor else { return "ERR syntax error" }
            guard let position = Self.unsigned(arguments[index]) else { return "ERR invalid cursor or option name" }
            self.position = position
            hasCursor = true
            index += 1
        }
        return nil
    }

    private static func unsigned(_ word: UnsafeRawBufferPointer) -> UInt64? {
        guard let value = IntegerText.parse(word), value >= 0 else { return nil }
        return UInt64(value)
    }
}

enum OptionOutcome {
    case taken
    case unknown
    /// The error as it is replied.
    case failed(String)
}

extension Keyword {
    static let busyLoop = Keyword("busyloop")
}
