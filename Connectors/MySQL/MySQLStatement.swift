import CMariaDB

/// The one owner of a `MYSQL_STMT*`: a prepared query, its parameters and the buffers that its rows are read into.
/// Rows are read as they arrive; the connection serves nothing else until the last one, or `finish`.
final class MySQLStatement {
    private let handle: MySQLHandle
    private let statement: UnsafeMutablePointer<MYSQL_STMT>
    private(set) var buffers: ResultBuffers
    private var parameters: ParameterBuffers

    init(_ handle: MySQLHandle, _ sql: String) throws(MySQLFailure) {
        guard let statement = mysql_stmt_init(handle.mysql) else { throw handle.failure }
        self.handle = handle
        self.statement = statement
        buffers = ResultBuffers([])
        parameters = ParameterBuffers(count: 0)
        // From here on `deinit` closes the statement, also when this initializer throws.
        var sql = sql
        let status = sql.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) {
                mysql_stmt_prepare(statement, $0.baseAddress, UInt(bitPattern: $0.count))
            }
        }
        if status != 0 { throw failure }
        parameters = ParameterBuffers(count: Int(mysql_stmt_param_count(statement)))
        buffers = ResultBuffers(try withFields { fields in fields.map { (ColumnKind($0), Int(clamping: $0.length)) } })
    }

    private func withFields<T>(
        _ body: (UnsafeBufferPointer<MYSQL_FIELD>) -> T
    ) throws(MySQLFailure) -> T {
        guard let metadata = mysql_stmt_result_metadata(statement) else { throw failure }
        defer { mysql_free_result(metadata) }
        guard let fields = mysql_fetch_fields(metadata) else { throw failure }
        return body(UnsafeBufferPointer(start: fields, count: Int(mysql_num_fields(metadata))))
    }

    deinit { mysql_stmt_close(statement) }

    func execute(_ values: [KeyPart]) throws(MySQLFailure) {
        parameters.set(values)
        if parameters.count > 0, mysql_stmt_bind_param(statement, parameters.binds) != 0 { throw failure }
        if mysql_stmt_execute(statement) != 0 { throw failure }
        // The server prepares again by itself after an ALTER TABLE, and the library would convert without a word.
        let kinds = buffers.kinds
        guard
            try withFields({ fields in
                fields.count == kinds.count && zip(fields, kinds).allSatisfy { ColumnKind($0) == $1 }
            })
        else {
            throw MySQLFailure(
                code: MySQLFailure.altered, message: "the table was altered: its columns are looked at again")
        }
        if mysql_stmt_bind_result(statement, buffers.binds) != 0 { throw failure }
    }

    /// Reads the next row into `buffers`; false behind the last one. Of a row of more than `limit` bytes only the columns
    /// that fit their buffers are read.
    @inline(__always)
    func fetch(limit: Int) throws(MySQLFailure) -> Bool {
        let status = mysql_stmt_fetch(statement)
        if status == 0 { return true }
        if status == MYSQL_NO_DATA { return false }
        guard status == MYSQL_DATA_TRUNCATED else { throw lossWithinRows }
        if buffers.rowBytes <= limit { try fetchTruncated() }
        return true
    }

    /// Gives up the rest of the rows.
    func finish() { mysql_stmt_free_result(statement) }

    /// Columns longer than their buffer are read again into a bigger one.
    private func fetchTruncated() throws(MySQLFailure) {
        for column in 0..<buffers.count where buffers.isTruncated(column) {
            var bind = buffers.grow(column)
            if mysql_stmt_fetch_column(statement, &bind, UInt32(truncatingIfNeeded: column), 0) != 0 { throw failure }
        }
        if mysql_stmt_bind_result(statement, buffers.binds) != 0 { throw failure }
    }

    private var lossWithinRows: MySQLFailure {
        let failure = failure
        return [2006, 2013].contains(failure.code)
            ? MySQLFailure(code: MySQLFailure.lostWithinRows, message: failure.message) : failure
    }

    /// The library does not note on the statement what befell its connection.
    private var failure: MySQLFailure {
        let code = mysql_stmt_errno(statement)
        return code == 0
            ? handle.failure : MySQLFailure(code: code, message: String(cString: mysql_stmt_error(statement)))
    }
}

/// Memory for one row: a `MYSQL_BIND` and a buffer a column. The library keeps the pointers, so they stay where they are
/// until a column grows.
final class ResultBuffers {
    let kinds: [ColumnKind]
    let binds: UnsafeMutablePointer<MYSQL_BIND>
    private let lengths: UnsafeMutablePointer<UInt>
    private let nulls: UnsafeMutablePointer<my_bool>
    private let errors: UnsafeMutablePointer<my_bool>
    private var areas: [UnsafeMutableRawBufferPointer]

    var count: Int { kinds.count }

    init(_ columns: [(kind: ColumnKind, width: Int)]) {
        kinds = columns.map(\.kind)
        binds = .allocate(capacity: columns.count)
        binds.initialize(repeating: MYSQL_BIND(), count: columns.count)
        lengths = .allocate(capacity: columns.count)
        lengths.initialize(repeating: 0, count: columns.count)
        nulls = .allocate(capacity: columns.count)
        nulls.initialize(repeating: 0, count: columns.count)
        errors = .allocate(capacity: columns.count)
        errors.initialize(repeating: 0, count: columns.count)
        areas = columns.map { kind, width in
            .allocate(byteCount: kind.fixedSize ?? min(max(width, 16), 4_096), alignment: 16)
        }
        for column in columns.indices { bind(column) }
    }

    deinit {
        for area in areas { area.deallocate() }
        binds.deallocate()
        lengths.deallocate()
        nulls.deallocate()
        errors.deallocate()
    }

    @inline(__always)
    func isMissing(_ column: Int) -> Bool { nulls[column] != 0 }

    /// The value's bytes, without a NUL behind them.
    @inline(__always)
    func bytes(_ column: Int) -> UnsafeRawBufferPointer {
        let area = areas[column]
        let length = kinds[column].fixedSize ?? Int(truncatingIfNeeded: lengths[column])
        return UnsafeRawBufferPointer(start: area.baseAddress, count: min(length, area.count))
    }

    /// Bytes of the row, also of what did not fit.
    var rowBytes: Int {
        var sum = 0
        for column in 0..<count where nulls[column] == 0 {
            sum &+= kinds[column].fixedSize ?? Int(truncatingIfNeeded: lengths[column] & 0xFFFF_FFFF)
        }
        return sum
    }

    @inline(__always)
    func load<T>(_ column: Int, as type: T.Type) -> T { areas[column].load(as: type) }

    func isTruncated(_ column: Int) -> Bool {
        nulls[column] == 0 && kinds[column].fixedSize == nil && Int(clamping: lengths[column]) > areas[column].count
    }

    /// Makes room for the value whose length is known now, and some more for the next ones.
    func grow(_ column: Int) -> MYSQL_BIND {
        let needed = Int(clamping: lengths[column])
        areas[column].deallocate()
        areas[column] = .allocate(byteCount: needed + min(needed / 2, 1 << 20), alignment: 16)
        bind(column)
        return binds[column]
    }

    private func bind(_ column: Int) {
        binds[column].buffer_type = kinds[column].bufferType
        binds[column].buffer = areas[column].baseAddress
        binds[column].buffer_length = UInt(bitPattern: areas[column].count)
        binds[column].length = lengths + column
        binds[column].is_null = nulls + column
        binds[column].error = errors + column
        binds[column].is_unsigned = kinds[column] == .unsigned ? 1 : 0
    }
}

/// Memory for the parameters of a query.
final class ParameterBuffers {
    let count: Int
    let binds: UnsafeMutablePointer<MYSQL_BIND>
    private let words: UnsafeMutablePointer<UInt64>
    private let lengths: UnsafeMutablePointer<UInt>
    private var areas: [UnsafeMutableRawBufferPointer] = []

    init(count: Int) {
        self.count = count
        binds = .allocate(capacity: count)
        binds.initialize(repeating: MYSQL_BIND(), count: count)
        words = .allocate(capacity: count)
        words.initialize(repeating: 0, count: count)
        lengths = .allocate(capacity: count)
        lengths.initialize(repeating: 0, count: count)
    }

    deinit {
        free()
        binds.deallocate()
        words.deallocate()
        lengths.deallocate()
    }

    func set(_ values: [KeyPart]) {
        precondition(values.count == count, "a value for each `?` of the query")
        free()
        for (index, value) in values.enumerated() {
            binds[index] = MYSQL_BIND()
            switch value {
            case .missing: binds[index].buffer_type = MYSQL_TYPE_NULL
            case .int(let number): set(index, UInt64(bitPattern: number), MYSQL_TYPE_LONGLONG)
            case .unsigned(let number):
                set(index, number, MYSQL_TYPE_LONGLONG)
                binds[index].is_unsigned = 1
            case .double(let number): set(index, number.bitPattern, MYSQL_TYPE_DOUBLE)
            case .text(let bytes): set(index, bytes, MYSQL_TYPE_STRING)
            case .bytes(let bytes): set(index, bytes, MYSQL_TYPE_BLOB)
            }
        }
    }

    private func set(_ index: Int, _ word: UInt64, _ type: enum_field_types) {
        words[index] = word
        binds[index].buffer_type = type
        binds[index].buffer = UnsafeMutableRawPointer(words + index)
    }

    private func set(_ index: Int, _ bytes: [UInt8], _ type: enum_field_types) {
        let area = UnsafeMutableRawBufferPointer.allocate(byteCount: max(bytes.count, 1), alignment: 1)
        area.copyBytes(from: bytes)
        areas.append(area)
        lengths[index] = UInt(bitPattern: bytes.count)
        binds[index].buffer_type = type
        binds[index].buffer = area.baseAddress
        binds[index].buffer_length = lengths[index]
        binds[index].length = lengths + index
    }

    private func free() {
        for area in areas { area.deallocate() }
        areas = []
    }
}
