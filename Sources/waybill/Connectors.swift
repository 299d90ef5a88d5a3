import Connecting
import FileConnector
import HTTPConnector
import MySQLConnector

/// The connectors of this binary. A new one is added here, and nowhere else.
enum Connectors {
    static let sources: [String: any SourceConnector] = ["mysql": MySQLSource()]
    static let destinations: [String: any DeliveryConnector] = ["http": HTTPConnector(), "file": FileConnector()]
    /// What compiler, `explain` and reference know of them.
    static let descriptors: [ConnectorDescriptor] = [
        MySQLSource.descriptor, HTTPConnector.descriptor, FileConnector.descriptor,
    ]
}
