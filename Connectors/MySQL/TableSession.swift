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
        /// The row whose key was asked for is not too long: no answer, ask for it whole.
        var fitsAfterAll = false
    }

    /// Bytes after which a page ends, whatever its limit says.
    static let byteBudget = 16 << 20

    let handle: MySQLHandle
    private let request: SourceRequest
    private let queries: TableQueries
    private let keyKind: PollingStateMachine.KeyKind
    private let rowLimit: Int
    private let isKeyColumn: [Bool]
    /// Where the key stands in an answer that holds nothing else.
    private let keyAlone: [Int]
    private var statements: [String: MySQLStatement] = [:]

    init(_ address: MySQLAddress, _ request: SourceRequest) throws(MySQLFailure) {
        handle = try MySQLHandle(address)
        rowLimit = address.rowLimit
        self.request = request
        keyAlone = Array(request.after.indices)
        queries = TableQueries(request)
        keyKind = TableQueries.keyKind(request)
        isKeyColumn = request.columns.indices.map { request.after.contains($0) || request.primaryKey.contains($0) }
    }

    func newest(limit: Int) throws(MySQLFailure) -> [RowIdentity] {
        let statement = try prepared(queries.newest)
        try statement.execute([.int(Int64(limit))])
        defer { statement.finish() }
        var keys: [RowIdentity] = []
        while try statement.fetch(limit: rowLimit) { keys.append(try identity(statement.buffers, keyAlone).0) }
        return keys
    }

    func page(after: RowIdentity?, limit: Int, reading: Extent = .whole) throws(MySQLFailure) -> Page {
        let bound = try parts(after)
        return try page(
            queries.page(isBounded: after != nil), TableQueries.parameters(bound) + [.int(Int64(limit))], limit: limit,
            reading)
    }

    func reread(
        after: RowIdentity?, through: RowIdentity, limit: Int, reading: Extent = .whole
    ) throws(MySQLFailure) -> Page {
        let values = TableQueries.parameters(try parts(after)) + TableQueries.parameters(try parts(through))
        return try page(queries.reread(isBounded: after != nil), values + [.int(Int64(limit))], limit: limit, reading)
    }

    func gaps(_ ranges: [ClosedRange<Int64>], limit: Int, reading: Extent = .whole) throws(MySQLFailure) -> Page {
        guard let last = ranges.last else { return Page() }
        let size = ranges.count == 1 ? 1 : PollingStateMachine.rangesPerQuery
        let padded = ranges + repeatElement(last, count: max(0, size - ranges.count))
        let values = padded.flatMap { [KeyPart.int($0.lowerBound), .int($0.upperBound)] }
        return try page(queries.gaps(count: padded.count), values + [.int(Int64(limit))], limit: limit, reading)
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

    private func page(
        _ sql: String, _ values: [KeyPart], limit: Int, _ extent: Extent
    ) throws(MySQLFailure) -> Page {
        if case .keysOnly(let isCertain) = extent {
            return try keysOnly(sql, values, limit: limit, isCertain: isCertain)
        }
        let statement = try prepared(sql)
        try statement.execute(values)
        var page = Page()
        page.rows.reserveCapacity(min(limit, 1_024))
        var size = 0
        while try statement.fetch(limit: rowLimit) {
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
        if statement.buffers.count == request.columns.count, sql.hasPrefix(queries.wholeRows) {
            try checkTypes(statement.buffers.kinds)
        }
        statements[sql] = statement
        return statement
    }

    @inline(__always)
    private func row(_ buffers: ResultBuffers, size: inout Int) throws(MySQLFailure) -> SourceRow {
        let length = buffers.rowBytes
        if length > rowLimit { return try oversized(buffers, key: request.after, length: UInt64(length)) }
        size &+= length
        var key = ContentHash()
        var rest = ContentHash()
        let count = buffers.count
        for column in 0..<count {
            if isKeyColumn[column] { buffers.hash(column, into: &key) } else { buffers.hash(column, into: &rest) }
        }
        let values = [Value](unsafeUninitializedCapacity: count) { target, initialized in
            for column in 0..<count {
                target.initializeElement(at: column, to: buffers.value(column))
            }
            initialized = count
        }
        let (identity, text) = try identity(buffers, request.after)
        let besidesKey = rest.value
        rest.add(key.value)
        return SourceRow(
            identity: identity, identityText: text, values: values, content: rest.value,
            contentBesidesKey: besidesKey)
    }

    @inline(__always)
    private func identity(
        _ buffers: ResultBuffers, _ columns: [Int]
    ) throws(MySQLFailure) -> (RowIdentity, String) {
        if keyKind == .increasing, let column = columns.first {
            switch buffers.keyPart(column) {
            case .int(let id): return (.int(id), String(id))
            case .unsigned(let id):
                guard let id = Int64(exactly: id) else {
                    let name = request.columns[request.after[0]].name
                    throw unreadable(
                        """
                        the id \(id) is above 9,223,372,036,854,775,807, and such ids are not followed as one number; \
                        read the table by a time before it: `after .created_at, .\(name)`
                        """)
                }
                return (.int(id), String(id))
            case .missing, .double, .text, .bytes:
                throw unreadable("the key is no integer any more: pull the schema again")
            }
        }
        let parts = columns.map { buffers.keyPart($0) }
        return (.bytes(KeyEncoding.encode(parts)), KeyEncoding.text(parts))
    }

    func unreadable(_ message: String) -> MySQLFailure {
        MySQLFailure(code: MySQLFailure.unreadableKey, message: "table `\(request.table)`: \(message)")
    }
}

/// Rows that are longer than the connection takes: known by their key alone.
extension TableSession {
    /// How much of its rows a question wants.
    enum Extent: Sendable, Hashable {
        case whole
        /// `isCertain`: it is known that the row cannot be got; else its length decides.
        case keysOnly(isCertain: Bool)
    }

    /// The rows that a question for whole ones cannot get, because the library or the server refuses their length.
    private func keysOnly(
        _ sql: String, _ values: [KeyPart], limit: Int, isCertain: Bool
    ) throws(MySQLFailure) -> Page {
        let statement = try prepared(queries.keysOnly(sql))
        try statement.execute(values)
        defer { statement.finish() }
        var page = Page()
        while try statement.fetch(limit: rowLimit) {
            var length: UInt64 = 0
            switch statement.buffers.keyPart(keyAlone.count) {
            case .int(let number): length = UInt64(clamping: number)
            case .unsigned(let number): length = number
            case .missing, .double, .text, .bytes: break
            }
            if !isCertain, length <= rowLimit { return Page(fitsAfterAll: true) }
            page.rows.append(try oversized(statement.buffers, key: keyAlone, length: length))
        }
        page.wasFull = page.rows.count >= limit
        return page
    }

    /// Its content is the key's: that the rest has changed is not seen.
    private func oversized(_ buffers: ResultBuffers, key: [Int], length: UInt64) throws(MySQLFailure) -> SourceRow {
        let (identity, text) = try identity(buffers, key)
        var values = [Value](repeating: .missing, count: request.columns.count)
        var hash = ContentHash()
        for (column, place) in zip(request.after, key) {
            values[column] = buffers.value(place)
            buffers.hash(place, into: &hash)
        }
        let problem =
            """
            the row holds \(PollingStateMachine.grouped(Int64(clamping: length))) bytes, more than `max_row` takes \
            (\(PollingStateMachine.grouped(Int64(rowLimit)))) or the server's max_allowed_packet lets through: only its \
            key was read; raise them and insert the row anew
            """
        return SourceRow(
            identity: identity, identityText: text, values: values, content: hash.value,
            contentBesidesKey: hash.value, problem: problem)
    }

    /// Values of another type than the lock file's would reach steps that were checked for that one.
    private func checkTypes(_ kinds: [ColumnKind]) throws(MySQLFailure) {
        for (column, kind) in zip(request.columns, kinds) {
            guard let expected = ColumnKind(sqlType: column.sqlType), !kind.isReadable(as: expected) else { continue }
            throw MySQLFailure(
                code: MySQLFailure.otherType,
                message: """
                    column `\(column.name)` of table `\(request.table)` holds \(kind.words) now, and the lock file says \
                    `\(column.sqlType)`: change it back, or run `waybill schema pull` and check the routes
                    """)
        }
    }
}
