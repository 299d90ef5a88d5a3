extension Arguments {
    /// A word as text for errors: what is no UTF-8 replaced, what is long cut off.
    func text(_ index: Int) -> String { String(decoding: self[index].prefix(128), as: UTF8.self) }

    /// The same in lower case: to choose a subcommand by.
    func lowercased(_ index: Int) -> String { text(index).lowercased() }

    /// nil: no integer of 64 bits.
    func integer(_ index: Int) -> Int64? { IntegerText.parse(self[index]) }
}
