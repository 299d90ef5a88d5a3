import Message

/// Answers of the service, for tables.
enum AnswerReading {
    static func parse(_ bytes: [UInt8]) throws(CommandFailure) -> Value {
        do throws(JSONError) {
            return try JSONText.parse(bytes)
        } catch {
            throw CommandFailure(.failed, "the service's answer is not JSON", "is it of another version?")
        }
    }
}
