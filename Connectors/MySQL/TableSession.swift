import CMariaDB
import Connecting
import Message

/// One connection that reads one table: carries out what the polling state machine asks for.
final class TableSession {
    struct Page {
        var rows: [SourceRow] = []
        /// More rows may follow at once.
        var wasFull = false
        /// Whether the rows were so big that the page was cut short.
        var wasHeavy = false
    }

    /// Bytes after which a page ends, whatever its limit says.
    static let byteBudget = 16 << 20

    let handle: MySQLHandle
    private let request: SourceRequest
    private let queries: TableQueries
    private let keyKind: PollingStateMachine.KeyKind
    private let isKeyColumn: [Bool]
    private var statements: [String: MySQLStatement] = [:]

    init(_ address: MySQLAddress, _ request: SourceRequest) throws(MySQLFailure) {
        handle = try MySQLHandle(address)
        self.request = request
        queries = TableQueries(request)
        keyKind = TableQueries.keyKind(request)
        isKeyColumn = request.columns.indices.map { request.after.contains($0) || request.primaryKey.contains($0) }
    }

    func newest(limit: Int) throws(MySQLFailure) -> [RowIdentity] {
        try page(queries.newest, [.int(Int64(limit))], limit: limit).rows.map(\.identity)
    }

    func page(after: RowIdentity?, limit: Int) throws(MySQLFailure) -> Page {
        let bound = try parts(after)
        return try page(
            queries.page(isBounded: after != nil), TableQueries.parameters(bound) + [.int(Int64(limit))], limit: limit)
    }

    func reread(after: RowIdentity?, through: RowIdentity, limit: Int) throws(MySQLFailure) -> Page {
        let values = TableQueries.parameters(try parts(after)) + TableQueries.parameters(try parts(through))
        return try page(queries.reread(isBounded: after != nil), values + [.int(Int64(limit))], limit: limit)
    }

    func gaps(_ ranges: [ClosedRange<Int64>], limit: Int) throws(MySQLFailure) -> Page {
        guard let last = ranges.last else { return Page() }
        let size = ranges.count == 1 ? 1 : PollingStateMachine.rangesPerQuery
        let padded = ranges + repeatElement(last, count: max(0, size - ranges.count))
        let values = padded.flatMap { [KeyPart.int($0.lowerBound), .int($0.upperBound)] }
        return try page(queries.gaps(count: padded.count), values + [.int(Int64(limit))], limit: limit)
    }

    private func parts(_ identity: RowIdentity?) throws(MySQLFailure) -> [KeyPart] {
        switch identity {
        case nil: return []
        case .int(let id)?: return [.int(id)]
        case .bytes(let bytes)?:
            guard let parts = try? KeyEncoding.decode(bytes), parts.count == request.after.count else {
                throw unreadable("the stored position does not fit the columns of `after`")
            }
            return parts
        }
    }

    private func page(_ sql: String, _ values: [KeyPart], limit: Int) throws(MySQLFailure) -> Page {
        let statement = try prepared(sql)
        try statement.execute(values)
        var page = Page()
        page.rows.reserveCapacity(min(limit, 1_024))
        var size = 0
        while try statement.fetch() {
            page.rows.append(try row(statement.buffers, size: &size))
            if size > Self.byteBudget {
                page.wasHeavy = true
                break
            }
        }
        statement.finish()
        page.wasFull = page.wasHeavy || page.rows.count >= limit
        return page
    }

    private func prepared(_ sql: String) throws(MySQLFailure) -> MySQLStatement {
        if let statement = statements[sql] { return statement }
        let statement = try MySQLStatement(handle, sql)
        statements[sql] = statement
        return statement
    }

    @inline(__always)
    private func row(_ buffers: ResultBuffers, size: inout Int) throws(MySQLFailure) -> SourceRow {
        var key = ContentHash()
        var rest = ContentHash()
        let count = buffers.count
        for column in 0..<count {
            if isKeyColumn[column] { buffers.hash(column, into: &key) } else { buffers.hash(column, into: &rest) }
        }
        let values = [Value](unsafeUninitializedCapacity: count) { target, initialized in
            for column in 0..<count {
                target.initializeElement(at: column, to: buffers.value(column))
                if !buffers.isMissing(column) { size &+= buffers.bytes(column).count }
            }
            initialized = count
        }
        let (identity, text) = try identity(buffers)
        let besidesKey = rest.value
        rest.add(key.value)
        return SourceRow(
            identity: identity, identityText: text, values: values, content: rest.value,
            contentBesidesKey: besidesKey)
    }

    @inline(__always)
    private func identity(_ buffers: ResultBuffers) throws(MySQLFailure) -> (RowIdentity, String) {
        if keyKind == .increasing, let column = request.after.first {
            switch buffers.keyPart(column) {
            case .int(let id): return (.int(id), String(id))
            case .unsigned(let id):
                guard let id = Int64(exactly: id) else {
                    throw unreadable("ids above 9,223,372,036,854,775,807 cannot be read in order: \(id)")
                }
                return (.int(id), String(id))
            case .missing, .double, .text, .bytes:
                throw unreadable("the key is no integer any more: pull the schema again")
            }
        }
        let parts = request.after.map { buffers.keyPart($0) }
        return (.bytes(KeyEncoding.encode(parts)), KeyEncoding.text(parts))
    }

    private func unreadable(_ message: String) -> MySQLFailure {
        MySQLFailure(code: MySQLFailure.unreadableKey, message: "table `\(request.table)`: \(message)")
    }
}
