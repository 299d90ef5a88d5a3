import Foundation
import Glibc

/// Questions to the service's admin address.
package enum AdminAnswer {
    /// GET with the token of the data folder; the body of a 200.
    package static func get(_ path: String, port: UInt16, dataFolder: String) throws(ShopError) -> [UInt8] {
        let token = ((try? String(contentsOfFile: dataFolder + "/admin.token", encoding: .utf8)) ?? "")
            .trimmingCharacters(in: .whitespacesAndNewlines)
        let (status, body) = try exchange("GET", path, port: port, token: token)
        guard status == 200 else { throw ShopError.unanswered(path: path, reason: "status \(status)") }
        return body
    }

    package static func exchange(
        _ method: String, _ path: String, port: UInt16, token: String
    ) throws(ShopError) -> (status: Int, body: [UInt8]) {
        guard let descriptor = LoopbackPort.connect(to: port) else {
            throw ShopError.unanswered(path: path, reason: "nobody listens on port \(port)")
        }
        defer { close(descriptor) }
        let request =
            "\(method) \(path) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nAuthorization: Bearer \(token)\r\n"
            + "Connection: close\r\n\r\n"
        let bytes = Array(request.utf8)
        guard send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count else {
            throw ShopError.unanswered(path: path, reason: "the connection broke")
        }
        let answer = readAll(descriptor)
        guard let blank = answer.firstRange(of: Array("\r\n\r\n".utf8)),
            let line = String(decoding: answer[..<blank.lowerBound], as: UTF8.self).split(separator: "\r\n").first,
            let status = line.split(separator: " ").dropFirst().first.flatMap({ Int($0) })
        else { throw ShopError.unanswered(path: path, reason: "no HTTP answer") }
        return (status, Array(answer[blank.upperBound...]))
    }

    private static func readAll(_ descriptor: Int32) -> [UInt8] {
        var answer: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while answer.count < 67_108_864 {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            if count <= 0 { break }
            answer.append(contentsOf: buffer[..<count])
        }
        return answer
    }
}
