package import RouteLanguage

/// Runs the pure steps of a list of instructions up to the next thing that is not pure. A function of plan and message:
/// the same message comes to the same place however often it is run, so only what is *done* has to be remembered.
package enum Execution {
    /// Where the pure steps came to.
    package enum Arrival {
        case deliver(DeliveryPlan, position: Int)
        case split(SplitPlan, position: Int)
        case fanout(FanoutPlan, position: Int)
        case deadLetter(queue: Int, step: StepID)
        case filtered
        /// A `validate` did not hold, for the reason that it gives.
        case invalid(reason: String)
        case stopped
        case ended
        case failed(EvaluationError)
    }

    /// What `log` steps said on the way.
    package struct LogLine: Sendable, Hashable {
        package let step: String
        package let text: String
    }

    /// - Parameters:
    ///   - done: positions of deliveries and splits that are passed over.
    /// - Returns: always: instructions only go forward.
    package static func run(
        _ instructions: [Instruction], from start: Int, frame: inout Frame, done: [Int], log: inout [LogLine]
    ) -> Arrival {
        var position = start
        do throws(EvaluationError) {
            while position < instructions.count {
                let here = position
                position += 1
                switch instructions[here] {
                case .filter(let condition):
                    guard try frame.holds(condition) else { return .filtered }
                case .validate(let condition, let reason):
                    guard try frame.holds(condition) else {
                        return .invalid(reason: try frame.evaluate(reason).plainText ?? "not valid")
                    }
                case .setField(let path, let expression):
                    let value = try frame.evaluate(expression)
                    frame.slots[0].set(value, at: path[...])
                case .setSlot(let slot, let expression): frame.slots[slot] = try frame.evaluate(expression)
                case .map(let expression): frame.slots[0] = try frame.evaluate(expression)
                case .branch(let condition, let otherwise):
                    if try !frame.holds(condition) { position = max(otherwise, position) }
                case .jump(let target): position = max(target, position)
                case .deliver(let plan):
                    if !done.contains(here) { return .deliver(plan, position: here) }
                case .split(let plan):
                    if !done.contains(here) { return .split(plan, position: here) }
                case .fanout(let plan):
                    if !done.contains(here) { return .fanout(plan, position: here) }
                case .deadLetter(let queue, let step): return .deadLetter(queue: queue, step: step)
                case .log(let expression, let step):
                    log.append(LogLine(step: step.path, text: try frame.evaluate(expression).plainText ?? ""))
                case .stop: return .stopped
                case .end: return .ended
                }
            }
            return .ended
        } catch {
            return .failed(error)
        }
    }
}
