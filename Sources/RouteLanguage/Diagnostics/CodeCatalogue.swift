/// What `waybill explain CODE` says about one code.
package struct CodePage: Sendable, Hashable {
    package let code: DiagnosticCode
    /// The message without its names.
    package let title: String
    package let meaning: String
    /// A few lines that get this code, and the same lines right.
    package let wrong: String
    package let right: String

    package init(_ code: DiagnosticCode, _ title: String, _ meaning: String, wrong: String, right: String) {
        self.code = code
        self.title = title
        self.meaning = meaning
        self.wrong = wrong
        self.right = right
    }

    /// As a terminal shows it.
    package var text: String {
        """
        \(code): \(title)

        \(meaning)

        Wrong:

        \(indented(wrong))

        Right:

        \(indented(right))

        """
    }

    private func indented(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false)
            .map { $0.isEmpty ? "" : "    " + $0 }.joined(separator: "\n")
    }
}

/// The page of every code, in the order of the codes.
package enum CodeCatalogue {
    package static let pages = (syntax + names + types + schema + delivery + secrets + advice + tariffs)
        .sorted { $0.code.id < $1.code.id }

    /// The page of `R0101`, written in any case.
    package static func page(for id: String) -> CodePage? {
        let wanted = id.uppercased()
        return pages.first { $0.code.id == wanted }
    }
}
