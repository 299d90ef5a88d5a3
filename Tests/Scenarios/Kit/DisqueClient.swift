import ExampleShop
import Foundation

/// A client of the queue's door: one socket, one command at a time, replies as text.
final class DisqueClient {
    private let descriptor: Int32
    private var unread: [UInt8] = []

    init(port: UInt16) throws {
        guard let descriptor = LoopbackPort.connect(to: port) else { throw StageError.noDoor }
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    /// Sends a command and reads its reply: `+OK`, `:1`, `-ERR ...`, or the texts of bulks and arrays, flattened.
    func ask(_ words: String...) throws -> [String] {
        var request = Array("*\(words.count)\r\n".utf8)
        for word in words { request += Array("$\(word.utf8.count)\r\n\(word)\r\n".utf8) }
        guard write(descriptor, request, request.count) == request.count else { throw StageError.noDoor }
        return try reply()
    }

    private func reply() throws -> [String] {
        let line = try self.line()
        guard let kind = line.first, kind == "$" || kind == "*", let count = Int(line.dropFirst()) else {
            return [line]
        }
        if count < 0 { return ["nil"] }
        if kind == "$" {
            let text = String(decoding: try take(count), as: UTF8.self)
            _ = try take(2)
            return [text]
        }
        return try (0..<count).flatMap { _ in try reply() }
    }

    private func line() throws -> String {
        while true {
            if let end = unread.firstIndex(of: UInt8(ascii: "\n")) {
                let line = String(decoding: unread[..<end].dropLast(), as: UTF8.self)
                unread.removeFirst(end + 1)
                return line
            }
            try readMore()
        }
    }

    private func take(_ count: Int) throws -> [UInt8] {
        while unread.count < count { try readMore() }
        defer { unread.removeFirst(count) }
        return Array(unread.prefix(count))
    }

    private func readMore() throws {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = read(descriptor, &buffer, buffer.count)
        guard count > 0 else { throw StageError.noDoor }
        unread += buffer[..<count]
    }
}

extension Stage {
    /// Connects to the door of the running service, which `WAYBILL_DISQUE` opens.
    func disque() throws -> DisqueClient {
        let ready = folder.text("waybill.out").split(separator: "\n").last { $0.hasPrefix("ready ") } ?? ""
        let door = ready.split(separator: " ").first { $0.hasPrefix("disque=") } ?? ""
        guard let port = door.split(separator: ":").last.flatMap({ UInt16($0) }) else { throw StageError.noDoor }
        return try DisqueClient(port: port)
    }
}
