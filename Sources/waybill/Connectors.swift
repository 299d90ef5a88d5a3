import Connecting
import FileConnector
import HTTPConnector
import MySQLConnector

/// The connectors of this binary. A new one is added here, and nowhere else.
enum Connectors {
    static let sources: [String: any SourceConnector] = [
        MySQLConnector.descriptor.name: MySQLConnector()
    ]
    static let destinations: [String: any DeliveryConnector] = [
        HTTPConnector.descriptor.name: HTTPConnector(),
        FileConnector.descriptor.name: FileConnector(),
    ]
    /// What compiler, `explain` and reference know of them.
    static let descriptors: [ConnectorDescriptor] = [
        MySQLConnector.descriptor, HTTPConnector.descriptor, FileConnector.descriptor,
    ]
}
