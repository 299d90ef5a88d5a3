/// The way past a row that is too long to be sent, which costs the connection each time it is asked for: row by row up to
/// it, then its key alone, then on as before.
struct LongRowDetour {
    /// Rows that may still be asked for one by one; 0: no detour.
    private var rowsLeft = 0
    private var asked: PollingQuery?
    private var withoutBody: PollingQuery?

    /// A question failed for the length of a row.
    /// - Returns: whether asking otherwise can help.
    mutating func begin(batch: Int, pageLimit: inout Int) -> Bool {
        guard let asked else { return false }
        if withoutBody == asked { return false }
        // Of one row asked for, it is that one.
        withoutBody = pageLimit == 1 ? asked : nil
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
        return asked != nil && asked == withoutBody ? .keysOnly : .whole
    }

    /// A question for rows was answered; whether the next one is for a single row, too.
    mutating func goesOn() -> Bool {
        if asked == withoutBody {
            withoutBody = nil
            rowsLeft = 0
        } else if rowsLeft > 0 {
            rowsLeft -= 1
        }
        return rowsLeft > 0
    }
}
