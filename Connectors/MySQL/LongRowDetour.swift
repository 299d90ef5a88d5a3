/// The way past a row that is too long to be read. The client library ends the connection over it and says no more than
/// that it is lost, each time it is asked for: so the rows are asked for one by one up to it, then it by its key and
/// length alone, and then it goes on as before.
struct LongRowDetour {
    /// Rows that may still be asked for one by one; 0: no detour.
    private var rowsLeft = 0
    private var asked: PollingQuery?
    private var inDoubt: PollingQuery?
    /// Its row is known to be short enough: the next failure over it has another reason.
    private var cleared: PollingQuery?
    private var isCertain = false

    /// A question failed while its rows came in, or for their length.
    /// - Parameter isCertain: the server itself says that it is the length.
    /// - Returns: whether to connect and ask otherwise at once; else the connection is simply bad.
    mutating func begin(isCertain: Bool, batch: Int, pageLimit: inout Int) -> Bool {
        guard let asked, asked != inDoubt, asked != cleared else {
            cleared = nil
            return false
        }
        self.isCertain = isCertain
        // Of one row asked for, it is that one.
        inDoubt = pageLimit == 1 ? asked : nil
        pageLimit = 1
        rowsLeft = max(rowsLeft, batch)
        return true
    }

    /// How much of its rows a question is asked for. Called once a question, before it.
    mutating func extent(of query: PollingQuery) -> TableSession.Extent {
        switch query {
        case .page, .gaps, .reread: asked = query
        case .newest, .transactions, .wait: asked = nil
        }
        return asked != nil && asked == inDoubt ? .keysOnly(isCertain: isCertain) : .whole
    }

    /// The row in doubt is short enough: it is asked for whole again.
    mutating func clear() {
        cleared = inDoubt
        inDoubt = nil
    }

    /// A question for rows was answered; whether the next one is for a single row, too.
    mutating func goesOn() -> Bool {
        cleared = nil
        if inDoubt != nil, asked == inDoubt {
            inDoubt = nil
            rowsLeft = 0
        } else if rowsLeft > 0 {
            rowsLeft -= 1
        }
        return rowsLeft > 0
    }
}
