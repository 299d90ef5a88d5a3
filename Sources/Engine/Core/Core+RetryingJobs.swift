import Connecting
import Message
import RouteLanguage
import Store

/// `dead retry` of jobs whose body did not fit: they enter the newest plan's route anew, at its top.
extension Core {
    /// The body of a letter that no step has seen, as it came; nil: another letter.
    func unreadBody(of letter: DeadLetter) throws(StoreError) -> MessageBody? {
        guard let plan = plans[letter.plan], let body = try? MessageBody(decoding: letter.body, shapes: plan.shapes),
            body.isUnread
        else { return nil }
        return body
    }

    func retry(
        _ letter: DeadLetter, unread body: MessageBody, _ retry: DeadLetterRetry, _ answer: inout DeadLetterRetry.Answer
    ) throws(StoreError) {
        guard let (plan, route) = active[letter.route], case .bytes(let bytes)? = body.slots.first else {
            answer.refused.append(.init(id: letter.id, reason: "the newest plan has no route of this name"))
            return
        }
        let row: SourceRow
        do throws(RecordBody.Misfit) {
            row = try self.row(
                of: bytes, identity: .bytes(Array(letter.message.utf8)), id: letter.message, plan: plan, route: route)
        } catch {
            answer.refused.append(.init(id: letter.id, reason: "its body still does not fit: \(error.reason)"))
            return
        }
        answer.retried.append(letter.id)
        guard !retry.dryRun else { return }
        record(.deadLetterClosed(id: letter.id))
        record(.reopened(Ending(route: letter.route, message: letter.message, word: letter.word, at: time.wall)))
        guard let word = try admit(row, as: letter.message, plan: plan, route: route) else { return }
        record(.ended(Ending(route: letter.route, message: letter.message, word: word, at: time.wall)))
    }
}
