// Built with the sources of Sources/Queue/Protocol as one module and with libFuzzer, see `make fuzz`: what it calls is
// internal to that module then, and every trap and every bad access of it ends the run.

/// What a client's input means: the commands, how it ended, what is left.
private struct Reading: Equatable {
    var commands: [[[UInt8]]] = []
    var ending: RequestParser.Outcome?
    var waiting = 0

    init(_ input: UnsafeRawBufferPointer, cuts: [Int], limits: ParserLimits) {
        var parser = RequestParser(limits: limits)
        var words: RequestParser.Words = []
        var start = 0
        var consumed = 0
        // Each piece gets memory of exactly its size, so that the address sanitizer sees one byte too many.
        var pending: [UInt8] = []
        for end in cuts + [input.count] {
            pending = Array(pending[consumed...]) + input[start..<end]
            start = end
            consumed = 0
            take(from: &pending, consumed: &consumed, by: &parser, words: &words)
            if ending != nil { return }
        }
        waiting = pending.count - consumed
    }

    private mutating func take(
        from pending: inout [UInt8], consumed: inout Int, by parser: inout RequestParser,
        words: inout RequestParser.Words
    ) {
        let exact = UnsafeMutableRawBufferPointer.allocate(byteCount: pending.count, alignment: 1)
        defer { exact.deallocate() }
        exact.copyBytes(from: pending)
        while ending == nil {
            let rest = UnsafeMutableRawBufferPointer(rebasing: exact[consumed...])
            let outcome = parser.next(rest, words: &words)
            switch outcome {
            case .command(let used):
                precondition(!words.isEmpty && used <= rest.count, "a command of nothing")
                let arguments = Arguments(base: UnsafeRawPointer(exact.baseAddress! + consumed), words: words)
                commands.append((0..<arguments.count).map { Array(arguments[$0]) })
                consumed += used
            case .nothing(let used):
                precondition(used > 0 && used <= rest.count, "nothing consumed")
                consumed += used
            case .incomplete(let needs):
                precondition(needs > rest.count, "asks for what is there")
                return
            case .foreign, .failure: ending = outcome
            }
        }
    }
}

private let limits = [
    ParserLimits(), .beforeAuthentication,
    ParserLimits(words: 6, bulkBytes: 40, inlineBytes: 64, commandBytes: 150),
]

/// In two pieces, in one, and where it is short byte by byte: the same. What came out goes in again: the same.
private func check(_ input: UnsafeRawBufferPointer) {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in input { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    let chosen = limits[Int(hash >> 60) % limits.count]
    let whole = Reading(input, cuts: [], limits: chosen)
    let cut = Int(hash % UInt64(input.count + 1))
    precondition(Reading(input, cuts: [cut], limits: chosen) == whole, "another meaning when cut at \(cut)")
    if input.count <= 48, hash & 7 == 0 {
        precondition(Reading(input, cuts: Array(0..<input.count), limits: chosen) == whole, "another byte by byte")
    }
    checkAgain(whole.commands)
    for command in whole.commands { for word in command.prefix(8) { check(word: word) } }
}

private func checkAgain(_ commands: [[[UInt8]]]) {
    var bytes: [UInt8] = []
    for command in commands {
        bytes += "*\(command.count)\r\n".utf8
        for word in command { bytes += Array("$\(word.count)\r\n".utf8) + word + [13, 10] }
    }
    let again = bytes.withUnsafeBytes { Reading($0, cuts: [], limits: ParserLimits()) }
    precondition(again.commands == commands && again.waiting == 0 && again.ending == nil, "not the same again")
}

/// As the standard library reads integers, and a reply of it stays one line.
private func check(word: [UInt8]) {
    word.withUnsafeBytes { word in
        let number = IntegerText.parse(word)
        precondition(number == Int64(String(decoding: word, as: UTF8.self)), "another number")
        var replies = ReplyBuffer()
        if let number { replies.integer(number) }
        replies.error("ERR unknown command ", quoting: word)
        replies.error(String(decoding: word, as: UTF8.self))
        let lines = replies.bytes.reduce(0) { $1 == 10 || $1 == 13 ? $0 + 1 : $0 }
        precondition(lines == (number == nil ? 4 : 6), "a reply of more lines than it has")
    }
}

@_cdecl("LLVMFuzzerTestOneInput")
func fuzzOneInput(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    check(UnsafeRawBufferPointer(start: data, count: count))
    return 0
}
