import Message
import Queue
import RouteLanguage
import Store

/// One message while the core has it in hand: from the moment it is taken up until it is settled, delayed or put back.
final class Work {
    var head: EntryHead
    let plan: LoadedPlan
    let route: LoadedRoute
    let lineage: MessageBody.Lineage?
    let received: Instant
    let isRepeat: Bool
    var frame: Frame
    /// The instruction that is worked next.
    var position: Int
    var intakeError: String?
    var progress: Progress
    /// Whether the store holds progress of this message, which must be taken away or replaced.
    var hasStoredProgress: Bool
    /// Where the next delivery goes, once it is rendered.
    var host: HostID?
    var isProbe = false

    init(
        head: EntryHead, plan: LoadedPlan, route: LoadedRoute, body: MessageBody, progress: Progress,
        hasStoredProgress: Bool
    ) {
        self.head = head
        self.plan = plan
        self.route = route
        self.progress = progress
        self.hasStoredProgress = hasStoredProgress
        lineage = body.lineage
        received = body.received
        isRepeat = body.isRepeat
        frame = Frame(slots: body.slots, messageID: body.messageID, received: body.received)
        frame.error = progress.handler?.error
        position = progress.handler?.start ?? body.start
        intakeError = body.intakeError
    }

    var id: EntryID { head.id }
    var itemPath: String { lineage?.itemPath ?? "" }
}
