/// The stable number of a kind of diagnostic: `R0101`. Grouped by phase, never reused.
///
/// R01 syntax, R02 names, R03 types, R04 schema, R05 delivery and billing, R06 secrets, W07 advice, T01 tariffs. Each
/// has a page in `CodeCatalogue`; a test holds the two together.
package struct DiagnosticCode: Sendable, Hashable, CustomStringConvertible {
    package let id: String
    package init(_ id: String) { self.id = id }
    package var description: String { id }
}

extension DiagnosticCode {
    // Syntax: written by the parser.
    package static let unknownStep = DiagnosticCode("R0101")
    package static let foreignStepName = DiagnosticCode("R0102")
    package static let assignmentOrComparison = DiagnosticCode("R0103")
    package static let closedTooEarly = DiagnosticCode("R0104")
    package static let timeWithoutUnit = DiagnosticCode("R0105")
    package static let unexpectedWord = DiagnosticCode("R0106")
    /// Written by the checker: the word parses, this version does not run it.
    package static let notInThisVersion = DiagnosticCode("R0107")
    package static let neverClosed = DiagnosticCode("R0108")
    package static let unterminatedText = DiagnosticCode("R0109")
    package static let invalidCharacter = DiagnosticCode("R0110")
    package static let invalidEscape = DiagnosticCode("R0111")
    package static let unknownUnit = DiagnosticCode("R0112")
    package static let nestedTooDeep = DiagnosticCode("R0113")
    package static let unknownDeclaration = DiagnosticCode("R0114")
    package static let stepOutsideRoute = DiagnosticCode("R0115")
    package static let missingBlock = DiagnosticCode("R0116")
    package static let unmatchedBrace = DiagnosticCode("R0117")

    // Names.
    package static let unknownColumn = DiagnosticCode("R0201")
    package static let unknownName = DiagnosticCode("R0202")
    package static let unknownClause = DiagnosticCode("R0203")
    package static let goneAfterMap = DiagnosticCode("R0204")
    package static let declaredTwice = DiagnosticCode("R0205")
    package static let unknownFunction = DiagnosticCode("R0206")
    package static let missingClause = DiagnosticCode("R0207")
    package static let clauseTwice = DiagnosticCode("R0208")
    package static let misplacedStep = DiagnosticCode("R0209")
    package static let queueReadTwice = DiagnosticCode("R0210")
    package static let queueServesTwo = DiagnosticCode("R0211")

    // Types.
    package static let mayBeMissing = DiagnosticCode("R0301")
    package static let typesDoNotMeet = DiagnosticCode("R0302")
    package static let neverThatValue = DiagnosticCode("R0303")
    package static let moneyAsFloat = DiagnosticCode("R0304")
    package static let recordIncomplete = DiagnosticCode("R0305")
    package static let conversionCanFail = DiagnosticCode("R0306")
    package static let divisionWithoutRound = DiagnosticCode("R0307")
    package static let wrongSettingValue = DiagnosticCode("R0308")

    // Schema.
    package static let columnChanged = DiagnosticCode("R0401")
    package static let lockUnreadable = DiagnosticCode("R0402")

    // Delivery and billing.
    package static let deliveryNotBilled = DiagnosticCode("R0501")
    package static let failureUnhandled = DiagnosticCode("R0502")
    package static let retryRepeatsPost = DiagnosticCode("R0503")
    package static let billWithoutDelivery = DiagnosticCode("R0504")
    package static let sameKeyTwice = DiagnosticCode("R0505")
    package static let attemptInDelivery = DiagnosticCode("R0506")

    // Secrets.
    package static let secretInText = DiagnosticCode("R0601")
    package static let secretExpected = DiagnosticCode("R0602")

    // Advice.
    package static let cursorCanSkip = DiagnosticCode("W0701")
    package static let changeSeenBySweepOnly = DiagnosticCode("W0702")

    // Tariffs.
    package static let tariffIncomplete = DiagnosticCode("T0101")
    package static let priceTooFine = DiagnosticCode("T0102")
    package static let tariffsOverlap = DiagnosticCode("T0103")
    package static let chargeNeverReached = DiagnosticCode("T0104")
    package static let tariffValueWrong = DiagnosticCode("T0105")
}
