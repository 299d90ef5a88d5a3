/// What was given to a command, checked against its flags.
struct Arguments: Sendable {
    let command: Command
    let operands: [String]
    private let given: [String: String]
    private let environment: [String: String]

    init(command: Command, operands: [String], given: [String: String], environment: [String: String]) {
        self.command = command
        self.operands = operands
        self.given = given
        self.environment = environment
    }

    /// A flag that stands alone.
    func has(_ name: String) -> Bool { given[name] != nil }

    /// The flag's value, else its environment variable, else its default.
    func text(_ name: String) -> String? {
        if let text = given[name] { return text }
        guard let flag = (command.flags + Flag.global).first(where: { $0.name == name }) else { return nil }
        if let variable = flag.environment, let text = environment[variable], !text.isEmpty { return text }
        return flag.standard
    }

    /// A value that is there: the flag has a default or is required.
    func required(_ name: String) throws(CommandFailure) -> String {
        guard let text = text(name), !text.isEmpty else {
            throw CommandFailure(.usage, "\(name) needs a value", "see `waybill \(command.name) --help`")
        }
        return text
    }

    func int(_ name: String, in range: ClosedRange<Int>, default standard: Int) throws(CommandFailure) -> Int {
        guard let text = text(name) else { return standard }
        guard let number = Int(text), range.contains(number) else {
            throw CommandFailure(
                .usage, "`\(name) \(text)`: a number from \(range.lowerBound) to \(range.upperBound) is needed")
        }
        return number
    }

    /// `500ms`, `30s`, `10m`, `1h`.
    func milliseconds(_ name: String, default standard: Int64) throws(CommandFailure) -> Int64 {
        guard let text = text(name) else { return standard }
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        let factors: [Substring: Int64] = ["ms": 1, "s": 1_000, "m": 60_000, "h": 3_600_000]
        guard let number = Int64(digits), let factor = factors[text.dropFirst(digits.count)] else {
            throw CommandFailure(.usage, "`\(name) \(text)`: a time with its unit is needed, such as 30s")
        }
        let (product, isTooLong) = number.multipliedReportingOverflow(by: factor)
        guard !isTooLong else { throw CommandFailure(.usage, "`\(name) \(text)`: that is too long") }
        return product
    }

    /// `512KB`, `4MB`, `1GB`; 1 KB is 1,024 bytes.
    func bytes(_ name: String, in range: ClosedRange<Int>, default standard: Int) throws(CommandFailure) -> Int {
        guard let text = text(name) else { return standard }
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        let factors: [Substring: Int] = ["B": 1, "KB": 1 << 10, "MB": 1 << 20, "GB": 1 << 30]
        guard let number = Int(digits), let factor = factors[text.dropFirst(digits.count)] else {
            throw CommandFailure(.usage, "`\(name) \(text)`: a size with its unit is needed, such as 4MB")
        }
        let (product, isTooLong) = number.multipliedReportingOverflow(by: factor)
        guard !isTooLong, range.contains(product) else {
            throw CommandFailure(
                .usage, "`\(name) \(text)`: a size from \(range.lowerBound) to \(range.upperBound) bytes is needed")
        }
        return product
    }

    var isJSON: Bool { has("--json") }
    var isConfirmed: Bool { has("--yes") }
    var environmentVariables: [String: String] { environment }
}
