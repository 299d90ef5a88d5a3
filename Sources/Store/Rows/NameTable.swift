/// Numbers for names, given out once and kept for ever.
struct NameTable {
    private var ids: [String: Int64] = [:]
    private var names: [Int64: String] = [:]
    private var new: [(id: Int64, name: String)] = []
    private var next: Int64 = 1
    private let most: Int64
    private let insert: Statement

    /// - Parameter most: the greatest number that fits what refers to a name.
    init(_ database: Database, table: String, most: Int64) throws(StoreError) {
        self.most = most
        insert = database.prepare("INSERT INTO \(table) (id, name) VALUES (?1, ?2)")
        let stored = database.prepare("SELECT id, name FROM \(table)")
        while try stored.next() {
            let id = stored.integer(0)
            guard id > 0, id <= most else { throw .damaged(what: "number \(id) in \(table)") }
            ids[stored.text(1)] = id
            names[id] = stored.text(1)
            next = max(next, id + 1)
        }
    }

    var hasChanges: Bool { !new.isEmpty }

    /// nil: all numbers are given out.
    mutating func id(_ name: String) -> Int64? {
        if let known = ids[name] { return known }
        guard next <= most else { return nil }
        let id = next
        next += 1
        ids[name] = id
        names[id] = name
        new.append((id, name))
        return id
    }

    func name(_ id: Int64) -> String? { names[id] }

    func write() throws(StoreError) {
        for (id, name) in new {
            insert.bind(1, id)
            insert.bind(2, name)
            try insert.run()
        }
    }

    mutating func committed() { new.removeAll() }
}
