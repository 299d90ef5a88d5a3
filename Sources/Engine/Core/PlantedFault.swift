/// A mistake that the core makes on purpose, so that the simulation can show that it would find it. Only tests plant one.
package enum PlantedFault: String, CaseIterable, Sendable {
    case billTwice
    case skipBill
    case skipMark
    case forgetPosition
    case forgetKey
    case forgetAttempt
    case forgetDone
    case forgetRetry
    case keepAfterSettle
    case dropOnRestart
    case endTwice
    case forgetChild
    case skipConflict
    /// Planted in the reader: a row that commits late with a lower id is never looked for.
    case loseGap
    /// A job stays in its queue although it was admitted.
    case keepJob
    /// A job leaves its queue a turn after it was admitted.
    case removeJobLate
}
