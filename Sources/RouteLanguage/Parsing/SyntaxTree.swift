/// One file as it was written. Everything carries its span; nothing is resolved, and unreadable parts are missing or
/// `.unreadable`, for which the parser has already given a diagnostic.
package struct FileSyntax: Sendable {
    package let declarations: [DeclarationSyntax]
    package let comments: [CommentSyntax]
    package let span: Span
}

/// A bare word with its place.
package struct NameSyntax: Sendable, Hashable {
    package let text: String
    package let span: Span
}

/// `# ...` without the line break.
package struct CommentSyntax: Sendable, Hashable {
    package let text: String
    package let span: Span
    /// Something stands before it on its line.
    package let isTrailing: Bool
}

package enum DeclarationSyntax: Sendable {
    case use(UseSyntax)
    case env(VariableSyntax)
    case secret(VariableSyntax)
    case connect(ConnectSyntax)
    case queue(QueueSyntax)
    case policy(PolicySyntax)
    case record(RecordSyntax)
    case template(TemplateSyntax)
    case route(RouteSyntax)
    case tariff(TariffSyntax)
    case test(TestSyntax)
}

/// `use "lib/audit.route"`.
package struct UseSyntax: Sendable {
    package let path: TextSyntax
    package let span: Span
}

/// `env NAME [type] [= default]`, `secret NAME ...`.
package struct VariableSyntax: Sendable {
    package let name: NameSyntax
    package let type: TypeSyntax?
    package let defaultValue: ExpressionSyntax?
    package let span: Span
}

/// `connect NAME = CONNECTOR { settings }`.
package struct ConnectSyntax: Sendable {
    package let name: NameSyntax
    package let connector: NameSyntax
    package let settings: [ClauseSyntax]
    package let span: Span
}

package struct QueueSyntax: Sendable {
    package let name: NameSyntax
    package let settings: [ClauseSyntax]
    package let span: Span
}

/// `policy NAME = retry 8 backoff 500ms..2m ...`.
package struct PolicySyntax: Sendable {
    package let name: NameSyntax
    package let clauses: [ClauseSyntax]
    package let span: Span
}

package struct RecordSyntax: Sendable {
    package let name: NameSyntax
    package let fields: [FieldDeclarationSyntax]
    package let span: Span
}

/// `NAME type` of a record.
package struct FieldDeclarationSyntax: Sendable {
    package let name: NameSyntax
    package let type: TypeSyntax
    package let span: Span
}

package struct TemplateSyntax: Sendable {
    package let name: NameSyntax
    package let parameters: [ParameterSyntax]
    package let block: BlockSyntax
    package let span: Span
}

package struct ParameterSyntax: Sendable {
    package let name: NameSyntax
    package let type: TypeSyntax
    package let defaultValue: ExpressionSyntax?
    package let span: Span
}

package struct RouteSyntax: Sendable {
    package let name: NameSyntax
    package let block: BlockSyntax
    package let span: Span
}

/// `test "..." of ROUTE { given ... expect ... }`.
package struct TestSyntax: Sendable {
    package let title: TextSyntax
    package let route: NameSyntax
    package let block: BlockSyntax
    package let span: Span
}

package struct TypeSyntax: Sendable {
    package indirect enum Kind: Sendable {
        /// `text`, `decimal(12,2)`, `PartnerOrder`: a name with the numbers in brackets.
        case named(NameSyntax, arguments: [NumberSyntax])
        /// `"a" | "b"`.
        case oneOf([TextSyntax])
        case list(TypeSyntax)
        case fields([FieldDeclarationSyntax])
        case unreadable
    }
    package let kind: Kind
    /// Written with `?`.
    package let isOptional: Bool
    package let span: Span
}
