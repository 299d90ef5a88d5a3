import Connecting

/// The connectors of this binary. A new one is added here, and nowhere else.
enum Connectors {
    static let sources: [String: any SourceConnector] = [:]
    static let destinations: [String: any DeliveryConnector] = [:]
    /// What compiler, `explain` and reference know of them.
    static let descriptors: [ConnectorDescriptor] = []
}
