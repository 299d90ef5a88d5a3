/// Finds the commands in what a client has sent: multibulk (`*2\r\n$4\r\nQLEN\r\n$1\r\nq\r\n`) and inline
/// (`QLEN q\r\n`), by pointers, without a copy and without memory of its own for a command that arrives whole.
///
/// The caller keeps what the client sent and has not been consumed, gives all of it to `next`, and does so again with
/// more of it after `incomplete`; the parser goes on where it stopped, so a command costs the same in any number of
/// pieces, and means the same. Nothing that a client can send traps.
package struct RequestParser {
    package typealias Words = [(start: Int, length: Int)]

    package enum Outcome: Sendable, Hashable, BitwiseCopyable {
        /// `words` holds a command of at least one word, counted from the first byte given.
        case command(consumed: Int)
        /// Something that asks for no reply: an empty line, a command of no words.
        case nothing(consumed: Int)
        /// Another call says nothing new before so many bytes are there. What a client *announces*: a buffer grows
        /// towards it as bytes come, since announcing costs the client nothing.
        case incomplete(needs: Int)
        /// HTTP: a browser was led here. Close without a reply.
        case foreign
        /// Reply with its message, then close.
        case failure(ProtocolFailure)
    }

    /// May change between two commands, not within one.
    package var limits: ParserLimits
    /// What is read of a command that is not whole yet.
    private var progress = Progress()
    /// The words of a command that is not whole yet, or a spare array.
    private var kept: Words = []
    /// Once something could not be understood all that follows cannot.
    private var ending: Outcome?

    private struct Progress: BitwiseCopyable {
        /// Where to go on, counted from the command's first byte.
        var position = 0
        /// There is no line end between `position` and here.
        var scanned = 0
        /// Words still to come; -1: their count was not read yet.
        var missing = -1
        /// Of the bulk at `position`; -1: not read yet.
        var length = -1
    }

    package init(limits: ParserLimits) { self.limits = limits }

    /// Reads one command.
    /// - Parameters:
    ///   - bytes: all that is not consumed. Inline words are freed of their quotes within it.
    ///   - words: gets the command's words; one array serves all connections. Holds nothing of use after any other
    ///     outcome.
    package mutating func next(_ bytes: UnsafeMutableRawBufferPointer, words: inout Words) -> Outcome {
        if let ending { return ending }
        guard let base = bytes.baseAddress, bytes.count > 0 else { return .incomplete(needs: 1) }
        let input = UnsafeMutablePointer(base.assumingMemoryBound(to: UInt8.self))
        let isMultibulk = input[0] == UInt8(ascii: "*")
        if isMultibulk, progress.missing > 0 {
            swap(&words, &kept)
        } else {
            RequestParser.empty(&words)
        }
        let outcome =
            isMultibulk
            ? readMultibulk(input, count: bytes.count, words: &words)
            : readInline(input, count: bytes.count, words: &words)
        switch outcome {
        case .command, .nothing:
            progress = Progress()
            if kept.capacity > RequestParser.sparesMost { kept = [] }
        case .incomplete:
            if isMultibulk, progress.missing > 0 { swap(&words, &kept) }
        case .foreign, .failure:
            ending = outcome
            kept = []
        }
        return outcome
    }

    /// Places for words that are not given back.
    private static let sparesMost = 1 << 10

    @inline(__always)
    private static func empty(_ words: inout Words) {
        if words.capacity > sparesMost { words = [] } else { words.removeAll(keepingCapacity: true) }
    }
}

// MARK: Multibulk

extension RequestParser {
    private mutating func readMultibulk(
        _ input: UnsafeMutablePointer<UInt8>, count: Int, words: inout Words
    ) -> Outcome {
        if progress.missing < 0 {
            switch announcement(input, count: count, at: 0) {
            case .incomplete: return .incomplete(needs: count + 1)
            case .tooLong: return .failure(.tooBigWordCount)
            case .invalid: return .failure(.invalidWordCount)
            case .number(let number, let next):
                guard number > 0 else { return .nothing(consumed: next) }
                guard number <= limits.words else { return .failure(.invalidWordCount) }
                progress.missing = number
                progress.position = next
            }
        }
        if progress.length < 0 { readUsualWords(input, count: count, words: &words) }
        while progress.missing > 0 {
            if progress.length < 0, let early = readLength(input, count: count) { return early }
            let start = progress.position
            let end = start + progress.length
            let next: Int
            if end + 1 < count, input[end] == 13, input[end + 1] == 10 {
                next = end + 2
            } else if end >= count {
                return .incomplete(needs: end + 1)
            } else if input[end] == 10 {
                next = end + 1
            } else if input[end] == 13, end + 1 == count {
                return .incomplete(needs: end + 2)
            } else {
                return .failure(.invalidBulkLength)
            }
            words.append((start: start, length: progress.length))
            progress.position = next
            progress.length = -1
            progress.missing -= 1
        }
        return .command(consumed: progress.position)
    }

    /// Reads words as clients send them, as far as they lie there whole. Stops before the first that needs a closer look.
    @inline(__always)
    private mutating func readUsualWords(
        _ input: UnsafeMutablePointer<UInt8>, count: Int, words: inout Words
    ) {
        let most = min(count, limits.commandBytes)
        var position = progress.position
        var missing = progress.missing
        while missing > 0, position < count, input[position] == UInt8(ascii: "$"),
            let (length, start) = usualNumber(input, count: count, after: position), length <= limits.bulkBytes,
            start + length + 2 <= most, input[start + length] == 13, input[start + length + 1] == 10
        {
            words.append((start: start, length: length))
            position = start + length + 2
            missing -= 1
        }
        progress.position = position
        progress.missing = missing
    }

    /// Reads `$5\r\n`; nil: done.
    @inline(__always)
    private mutating func readLength(_ input: UnsafeMutablePointer<UInt8>, count: Int) -> Outcome? {
        let start = progress.position
        guard start < count else { return .incomplete(needs: start + 1) }
        guard input[start] == UInt8(ascii: "$") else { return .failure(.expectedBulk(input[start])) }
        switch announcement(input, count: count, at: start) {
        case .incomplete: return .incomplete(needs: count + 1)
        case .tooLong: return .failure(.tooBigBulkLength)
        case .invalid: return .failure(.invalidBulkLength)
        case .number(let number, let next):
            guard number >= 0, number <= limits.bulkBytes else { return .failure(.invalidBulkLength) }
            guard next + number + 2 <= limits.commandBytes else { return .failure(.tooBigCommand) }
            progress.position = next
            progress.length = number
            return nil
        }
    }
}

// MARK: Lines

extension RequestParser {
    enum Announcement {
        case number(Int, next: Int)
        case incomplete
        case tooLong
        case invalid
    }

    /// The number after the sign at `start` (`*`, `$`), to the end of its line.
    @inline(__always)
    private mutating func announcement(
        _ input: UnsafeMutablePointer<UInt8>, count: Int, at start: Int
    ) -> Announcement {
        if let (value, next) = usualNumber(input, count: count, after: start) { return .number(value, next: next) }
        return longAnnouncement(input, count: count, at: start)
    }

    /// What clients send: few digits and CR LF. nil: something else, or more is to come.
    @inline(__always)
    private func usualNumber(
        _ input: UnsafeMutablePointer<UInt8>, count: Int, after sign: Int
    ) -> (value: Int, next: Int)? {
        var value = 0
        var index = sign + 1
        let stop = min(count, sign + 11)
        while index < stop {
            let digit = input[index] &- UInt8(ascii: "0")
            guard digit <= 9 else { break }
            value = value &* 10 &+ Int(digit)
            index += 1
        }
        guard index > sign + 1, index + 1 < count, input[index] == 13, input[index + 1] == 10 else { return nil }
        return (value, index + 2)
    }

    @inline(never)
    private mutating func longAnnouncement(
        _ input: UnsafeMutablePointer<UInt8>, count: Int, at start: Int
    ) -> Announcement {
        switch line(input, count: count, at: start) {
        case .incomplete: return .incomplete
        case .tooLong: return .tooLong
        case .whole(let end, let next):
            let text = UnsafeRawBufferPointer(start: input + start + 1, count: end - start - 1)
            guard let number = IntegerText.parse(text) else { return .invalid }
            return .number(Int(number), next: next)
        }
    }

    enum Line {
        /// Its content ends before `end`, its line end before `next`.
        case whole(end: Int, next: Int)
        case incomplete
        case tooLong
    }

    /// The line that begins at `start`, ended by CR LF or LF. Remembers how far it looked.
    mutating func line(_ input: UnsafeMutablePointer<UInt8>, count: Int, at start: Int) -> Line {
        let most = start + limits.inlineBytes + 2
        let stop = min(count, most)
        var index = max(progress.scanned, start)
        while index < stop, input[index] != 10 { index += 1 }
        guard index < stop else {
            progress.scanned = index
            return count >= most ? .tooLong : .incomplete
        }
        progress.scanned = 0
        let end = index > start && input[index - 1] == 13 ? index - 1 : index
        return end - start > limits.inlineBytes ? .tooLong : .whole(end: end, next: index + 1)
    }
}
