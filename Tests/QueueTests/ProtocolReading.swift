import Queue

/// What a parser makes of a client's input, as a connection sees it that gets the input in pieces.
struct Reading: Equatable {
    var commands: [[[UInt8]]] = []
    /// Set: the connection ends here.
    var ending: RequestParser.Outcome?
    /// Bytes that wait for more.
    var waiting = 0
    /// Calls of the parser: how much work it was, whatever the input's size.
    var calls = 0

    static func == (left: Self, right: Self) -> Bool {
        left.commands == right.commands && left.ending == right.ending && left.waiting == right.waiting
    }

    /// Feeds a parser the way a connection does: a buffer that may move at every read and is cut at every command.
    /// - Parameter cuts: where pieces end, ascending.
    init(_ input: [UInt8], cuts: [Int] = [], limits: ParserLimits = ParserLimits(), obeysNeeds: Bool = false) {
        var parser = RequestParser(limits: limits)
        var words: RequestParser.Words = []
        var buffer: [UInt8] = []
        var needs = 1
        var start = 0
        for end in cuts + [input.count] {
            buffer = buffer + input[start..<end]
            start = end
            if obeysNeeds, buffer.count < needs { continue }
            take(from: &buffer, by: &parser, words: &words, needs: &needs)
            if ending != nil { break }
        }
        waiting = ending == nil ? buffer.count : 0
    }

    private mutating func take(
        from buffer: inout [UInt8], by parser: inout RequestParser, words: inout RequestParser.Words,
        needs: inout Int
    ) {
        while ending == nil {
            calls += 1
            let outcome = buffer.withUnsafeMutableBytes { bytes in
                let outcome = parser.next(bytes, words: &words)
                if case .command(let consumed) = outcome, let base = bytes.baseAddress {
                    let arguments = Arguments(base: UnsafeRawPointer(base), words: words)
                    commands.append((0..<arguments.count).map { [UInt8](arguments[$0]) })
                    precondition(words.allSatisfy { $0.start >= 0 && $0.start + $0.length <= consumed })
                }
                return outcome
            }
            switch outcome {
            case .command(let consumed), .nothing(let consumed):
                precondition(consumed > 0 && consumed <= buffer.count, "consumed what is not there")
                buffer.removeFirst(consumed)
            case .incomplete(let wanted):
                precondition(wanted > buffer.count, "asked for what is there")
                needs = wanted
                return
            case .foreign, .failure: ending = outcome
            }
        }
    }
}

extension [UInt8] {
    init(_ text: StaticString) { self = text.withUTF8Buffer { Array($0) } }
}

/// A command as a client library sends it.
func requestBytes(_ words: [[UInt8]]) -> [UInt8] {
    var bytes = [UInt8]("*\(words.count)\r\n".utf8)
    for word in words { bytes += [UInt8]("$\(word.count)\r\n".utf8) + word + [13, 10] }
    return bytes
}

func requestBytes(_ words: String...) -> [UInt8] { requestBytes(words.map { [UInt8]($0.utf8) }) }

/// A byte as `\x0a`, for an inline command.
func escaped(_ byte: UInt8) -> [UInt8] {
    let digits = [UInt8]("0123456789abcdef")
    return [92, 120, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
}
