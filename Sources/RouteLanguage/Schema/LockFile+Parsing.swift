extension LockFile {
    /// Reads the text of a lock file. Lines that cannot be read are reported and left out.
    ///
    /// - Parameter index: the file's position in `SourceSet.files`.
    package static func parse(_ file: SourceSet.File, index: Int) -> (lock: LockFile, diagnostics: [Diagnostic]) {
        var reader = LockReader(file: index)
        reader.read(file.text)
        let lock = LockFile(
            path: file.path, serverVersion: reader.serverVersion, pulled: reader.pulled,
            fingerprint: reader.fingerprint, tables: reader.tables)
        return (lock, reader.diagnostics)
    }
}

/// Line by line: a header, `table NAME {`, a column a line, `}`.
private struct LockReader {
    let file: Int
    var serverVersion = ""
    var pulled = ""
    var fingerprint = ""
    var tables: [LockFile.Table] = []
    var diagnostics: [Diagnostic] = []
    private var open: (name: String, span: Span, columns: [LockFile.Column])?

    init(file: Int) { self.file = file }

    mutating func read(_ text: String) {
        var start = 0
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            let span = Span(file: file, start: start, end: start + line.utf8.count)
            read(line: String(line).trimmedOfSpace, span)
            start = span.end + 1
        }
        if let open { refuse(open.span, "table `\(open.name)` is never closed") }
    }

    private mutating func read(line: String, _ span: Span) {
        if line.isEmpty { return }
        if line.hasPrefix("#") { return readHeader(line) }
        if line == "}" {
            guard let table = open else { return refuse(span, "this `}` closes nothing") }
            tables.append(LockFile.Table(name: table.name, columns: table.columns, span: table.span))
            open = nil
            return
        }
        if line.hasPrefix("table "), line.hasSuffix("{") {
            let name = String(line.dropFirst(6).dropLast()).trimmedOfSpace
            open = (LockText.unquoted(name), span, [])
            return
        }
        guard open != nil, let column = column(line, span) else {
            return refuse(span, "this line of the lock file cannot be read")
        }
        open?.columns.append(column)
    }

    /// `# mysql VERSION, pulled DATE, fingerprint HASH`.
    private mutating func readHeader(_ line: String) {
        for part in line.dropFirst().split(separator: ",") {
            let words = part.split(separator: " ")
            guard words.count >= 2 else { continue }
            let value = words.dropFirst().joined(separator: " ")
            switch words[0] {
            case "mysql": serverVersion = value
            case "pulled": pulled = value
            case "fingerprint": fingerprint = value
            default: continue
            }
        }
    }

    private func column(_ line: String, _ span: Span) -> LockFile.Column? {
        guard let arrow = line.range(of: "->") else { return nil }
        guard let (name, sql) = LockText.nameAndRest(String(line[..<arrow.lower]).trimmedOfSpace) else { return nil }
        let isNullable = sql.hasSuffix(" null")
        let sqlType = isNullable ? String(sql.dropLast(5)).trimmedOfSpace : sql
        guard var (type, marks) = LockText.typeAndMarks(String(line[arrow.upper...]).trimmedOfSpace) else { return nil }
        if case .unusable = type { type = .unusable(sqlType) }
        var zone: String?
        if let place = marks.firstIndex(of: "zone"), place + 1 < marks.count {
            zone = LockText.unquoted(marks.remove(at: place + 1))
        }
        return LockFile.Column(
            name: name, sqlType: sqlType, isNullable: isNullable, type: type.present, isKey: marks.contains("key"),
            isIndexed: marks.contains("index") || marks.contains("key"), zone: zone, span: span)
    }

    private mutating func refuse(_ span: Span, _ message: String) {
        diagnostics.append(
            Diagnostic(.lockUnreadable, message, at: span, notes: ["`waybill schema pull` writes this file anew"]))
    }
}

extension String {
    fileprivate func range(of wanted: String) -> (lower: String.Index, upper: String.Index)? {
        var place = startIndex
        while place < endIndex {
            if self[place...].hasPrefix(wanted) { return (place, index(place, offsetBy: wanted.count)) }
            place = index(after: place)
        }
        return nil
    }
}

/// The small words of a lock line.
enum LockText {
    /// Names that are no plain word stand in quotes.
    static func unquoted(_ text: String) -> String {
        guard text.count >= 2, text.hasPrefix("\""), text.hasSuffix("\"") else { return text }
        var result = ""
        var isEscaped = false
        for character in text.dropFirst().dropLast() {
            if !isEscaped, character == "\\" {
                isEscaped = true
                continue
            }
            result.append(character)
            isEscaped = false
        }
        return result
    }

    static func quoted(_ text: String) -> String {
        "\"" + text.map { $0 == "\"" || $0 == "\\" ? "\\\($0)" : String($0) }.joined() + "\""
    }

    static func name(_ text: String) -> String {
        let isPlain = !text.isEmpty && text.utf8.allSatisfy { $0 == 95 || (48...57).contains($0) || isLetter($0) }
        return isPlain ? text : quoted(text)
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (65...90).contains(byte) || (97...122).contains(byte) }

    static func nameAndRest(_ text: String) -> (name: String, rest: String)? {
        guard let end = endOfWord(text) else { return nil }
        let rest = String(text[end...]).trimmedOfSpace
        return rest.isEmpty ? nil : (unquoted(String(text[..<end])), rest)
    }

    /// Behind a word or a quoted text; nil where nothing is left.
    private static func endOfWord(_ text: String) -> String.Index? {
        guard let first = text.first else { return nil }
        guard first == "\"" else { return text.firstIndex(of: " ") ?? text.endIndex }
        var isEscaped = false
        for place in text.indices.dropFirst() {
            if isEscaped {
                isEscaped = false
            } else if text[place] == "\\" {
                isEscaped = true
            } else if text[place] == "\"" {
                return text.index(after: place)
            }
        }
        return nil
    }

    /// `"a" | "b"?  index`, `decimal(12,2)?  key`.
    static func typeAndMarks(_ text: String) -> (Type, [String])? {
        var rest = text
        var words: [String] = []
        while !rest.isEmpty {
            guard let end = endOfWord(rest) else { return nil }
            words.append(String(rest[..<end]))
            rest = String(rest[end...])
            if rest.hasPrefix("?"), let last = words.popLast() {
                words.append(last + "?")
                rest.removeFirst()
            }
            rest = rest.trimmedOfSpace
        }
        guard let first = words.first else { return nil }
        guard first.hasPrefix("\"") else { return named(first).map { ($0, Array(words.dropFirst())) } }
        var choices = [choice(first)]
        var place = 1
        while place + 1 < words.count, words[place] == "|" {
            choices.append(choice(words[place + 1]))
            place += 2
        }
        return (.oneOf(choices), Array(words[place...]))
    }

    private static func choice(_ word: String) -> String {
        unquoted(word.hasSuffix("\"?") ? String(word.dropLast()) : word)
    }

    private static func named(_ word: String) -> Type? {
        let isOptional = word.hasSuffix("?")
        let base = isOptional ? String(word.dropLast()) : word
        if base == "unusable" { return .unusable("") }
        if base.hasPrefix("decimal("), base.hasSuffix(")") {
            let numbers = base.dropFirst(8).dropLast().split(separator: ",").compactMap { Int($0) }
            guard numbers.count == 2, (1...38).contains(numbers[0]), (0...numbers[0]).contains(numbers[1]) else {
                return nil
            }
            return Type.decimal(precision: numbers[0], scale: numbers[1]).optional(if: isOptional)
        }
        return Type.simple(base)?.optional(if: isOptional)
    }
}

extension Type {
    /// A type that is one word: `int`, `text`.
    package static func simple(_ word: String) -> Type? {
        switch word {
        case "bool": .bool
        case "int": .int
        case "float": .float
        case "text": .text
        case "bytes": .bytes
        case "date": .date
        case "time": .time
        case "datetime": .datetime
        case "instant": .instant
        case "duration": .duration
        case "uuid": .uuid
        case "json": .json
        default: nil
        }
    }

    static let simpleWords = [
        "bool", "int", "decimal", "float", "text", "bytes", "date", "time", "datetime", "instant", "duration", "uuid",
        "json",
    ]
}
