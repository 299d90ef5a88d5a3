import Message
import Store

/// The words of an ADDJOB behind its timeout.
struct AddJobOptions {
    var copies: Int64?
    var retry: UInt32?
    var delay: UInt32 = 0
    /// 0: kept.
    var ttl: UInt32 = 0
    var maxLength: Int64 = 0
    /// Places of the words that are kept as they are, 0: none.
    var uniqueWord = 0
    var deadLetterWord = 0
    var within: Int64?
    var deliveriesMost: UInt16 = 0

    static let withinDefault: Int64 = 24 * 3_600 * 1_000
    /// 10 years: what is remembered longer is better kept by who asks for it.
    static let withinMost: Int64 = 10 * 366 * 24 * 3_600 * 1_000
    static let firstWord = 4

    /// From left to right; what is written twice counts as it is written last.
    /// - Returns: the first error, as it is replied.
    mutating func read(_ arguments: Arguments) -> String? {
        var index = Self.firstWord
        while index < arguments.count {
            let option = Keyword(arguments[index])
            if option == .async {
                index += 1
                continue
            }
            guard index + 1 < arguments.count else { return "ERR syntax error" }
            if let error = read(option, arguments[index + 1], at: index + 1) { return error }
            index += 2
        }
        if within != nil, uniqueWord == 0 { return "ERR WITHIN needs UNIQUE" }
        if deadLetterWord != 0, deliveriesMost == 0 { return "ERR DEADLETTER needs MAXDELIVERIES" }
        return nil
    }

    private mutating func read(_ option: Keyword, _ word: UnsafeRawBufferPointer, at index: Int) -> String? {
        switch option {
        case .replicate:
            guard let value = IntegerText.parse(word), 1...65_535 ~= value else {
                return "ERR REPLICATE must be between 1 and 65535"
            }
            copies = value
        case .ttl:
            guard let value = IntegerText.parse(word), value > 0 else { return "ERR TTL must be a number > 0" }
            guard let seconds = Self.seconds(value) else { return Self.tooLong("TTL") }
            ttl = seconds
        case .retry:
            guard let value = IntegerText.parse(word), value >= 0 else {
                return "ERR RETRY time must be a non negative number"
            }
            guard let seconds = Self.seconds(value) else { return Self.tooLong("RETRY") }
            retry = seconds
        case .delay:
            guard let value = IntegerText.parse(word), value >= 0 else {
                return "ERR DELAY time must be a non negative number"
            }
            guard let seconds = Self.seconds(value) else { return Self.tooLong("DELAY") }
            delay = seconds
        case .maxLength:
            guard let value = IntegerText.parse(word), value > 0 else {
                return "ERR MAXLEN must be a positive number"
            }
            maxLength = value
        default:
            return readAddition(option, word, at: index)
        }
        return nil
    }

    /// The options that Disque does not have.
    private mutating func readAddition(_ option: Keyword, _ word: UnsafeRawBufferPointer, at index: Int) -> String? {
        switch option {
        case .unique:
            uniqueWord = index
        case .within:
            guard let value = IntegerText.parse(word), 1...Self.withinMost ~= value else {
                return "ERR WITHIN must be milliseconds between 1 and \(Self.withinMost)"
            }
            within = value
        case .maxDeliveries:
            guard let value = IntegerText.parse(word), 1...Int64(JobTerms.deliveriesMostAllowed) ~= value else {
                return "ERR MAXDELIVERIES must be between 1 and \(JobTerms.deliveriesMostAllowed)"
            }
            deliveriesMost = UInt16(value)
        case .deadLetter:
            deadLetterWord = index
        default:
            return "ERR syntax error"
        }
        return nil
    }

    private static func seconds(_ value: Int64) -> UInt32? {
        value <= Broker.secondsMost ? UInt32(value) : nil
    }

    private static func tooLong(_ option: String) -> String {
        "ERR \(option) must be at most \(Broker.secondsMost) seconds"
    }

    // MARK: What follows from them

    /// Seconds; where RETRY is not written a tenth of the time to live, at most five minutes.
    var effectiveRetry: UInt32 {
        if let retry { return retry }
        return ttl == 0 ? 300 : max(1, min(300, ttl / 10))
    }
}

extension Keyword {
    static let async = Keyword("async")
    static let replicate = Keyword("replicate")
    static let ttl = Keyword("ttl")
    static let retry = Keyword("retry")
    static let delay = Keyword("delay")
    static let maxLength = Keyword("maxlen")
    static let unique = Keyword("unique")
    static let within = Keyword("within")
    static let maxDeliveries = Keyword("maxdeliveries")
    static let deadLetter = Keyword("deadletter")
}
