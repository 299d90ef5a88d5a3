import Message

/// How an event becomes one line.
package enum LogFormat: Sendable, Hashable {
    /// For people: time, level, label, message, fields.
    case text(isColoured: Bool)
    /// For machines: one JSON object a line with `time`, `level`, `label`, `message` and the fields.
    case json

    /// Appends the event and its line end. Whatever stands in it, it stays one line.
    package func append(_ event: LogEvent, to bytes: inout [UInt8]) {
        switch self {
        case .text(let isColoured): TextLine(isColoured: isColoured).append(event, to: &bytes)
        case .json: JSONLine.append(event, to: &bytes)
        }
        bytes.append(UInt8(ascii: "\n"))
    }
}

private struct TextLine {
    let isColoured: Bool

    func append(_ event: LogEvent, to bytes: inout [UInt8]) {
        coloured("2", &bytes) { event.time.append(to: &$0) }
        bytes.append(UInt8(ascii: " "))
        coloured(Self.colour(event.level), &bytes) { $0.append(contentsOf: Self.word(event.level).utf8) }
        bytes.append(UInt8(ascii: " "))
        LogEscaping.append(event.label, to: &bytes)
        bytes.append(contentsOf: ": ".utf8)
        LogEscaping.append(event.message, to: &bytes)
        for field in event.fields {
            bytes.append(UInt8(ascii: " "))
            coloured("2", &bytes) {
                LogEscaping.append(field.name, to: &$0)
                $0.append(UInt8(ascii: "="))
            }
            append(field.value, to: &bytes)
        }
    }

    private func append(_ value: LogValue, to bytes: inout [UInt8]) {
        switch value {
        case .text(let text) where Self.needsQuotes(text): LogEscaping.appendJSON(text, to: &bytes)
        case .text(let text): LogEscaping.append(text, to: &bytes)
        case .int(let number): bytes.append(contentsOf: String(number).utf8)
        case .float(let number): bytes.append(contentsOf: String(number).utf8)
        case .bool(let flag): bytes.append(contentsOf: (flag ? "true" : "false").utf8)
        }
    }

    private func coloured(_ code: String, _ bytes: inout [UInt8], _ body: (inout [UInt8]) -> Void) {
        if isColoured { bytes.append(contentsOf: "\u{1b}[\(code)m".utf8) }
        body(&bytes)
        if isColoured { bytes.append(contentsOf: "\u{1b}[0m".utf8) }
    }

    private static func needsQuotes(_ text: String) -> Bool {
        text.isEmpty
            || text.unicodeScalars.contains { $0 == " " || $0 == "\"" || $0 == "=" || LogEscaping.isUnsafe($0) }
    }

    /// Five letters each, so that messages stand in one column.
    private static func word(_ level: LogLevel) -> String {
        switch level {
        case .trace: "TRACE"
        case .debug: "DEBUG"
        case .info: "INFO "
        case .warning: "WARN "
        case .error: "ERROR"
        }
    }

    private static func colour(_ level: LogLevel) -> String {
        switch level {
        case .trace, .debug: "2"
        case .info: "36"
        case .warning: "33"
        case .error: "1;31"
        }
    }
}

private enum JSONLine {
    static func append(_ event: LogEvent, to bytes: inout [UInt8]) {
        bytes.append(contentsOf: "{\"time\":\"".utf8)
        event.time.append(to: &bytes)
        bytes.append(contentsOf: "\",\"level\":\"\(event.level.name)\",\"label\":".utf8)
        LogEscaping.appendJSON(event.label, to: &bytes)
        bytes.append(contentsOf: ",\"message\":".utf8)
        LogEscaping.appendJSON(event.message, to: &bytes)
        for field in event.fields {
            bytes.append(UInt8(ascii: ","))
            LogEscaping.appendJSON(field.name, to: &bytes)
            bytes.append(UInt8(ascii: ":"))
            append(field.value, to: &bytes)
        }
        bytes.append(UInt8(ascii: "}"))
    }

    private static func append(_ value: LogValue, to bytes: inout [UInt8]) {
        switch value {
        case .text(let text): LogEscaping.appendJSON(text, to: &bytes)
        case .int(let number): bytes.append(contentsOf: String(number).utf8)
        case .float(let number) where number.isFinite: bytes.append(contentsOf: String(number).utf8)
        case .float(let number): LogEscaping.appendJSON(String(number), to: &bytes)
        case .bool(let flag): bytes.append(contentsOf: (flag ? "true" : "false").utf8)
        }
    }
}
