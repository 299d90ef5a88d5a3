/// Whether a value of one type may stand where another is wanted, and how it must be brought there.
enum Assignment {
    case fits
    /// A whole number or a decimal goes to a decimal field: `(fit)` brings it to the scale.
    case fitsAfterScaling(precision: Int, scale: Int)
    /// May be missing, and the place wants it present.
    case mayBeMissing
    /// A decimal with more digits behind the point than the field has.
    case tooManyDigits(scale: Int)
    case never
}

extension Type {
    /// How a value of this type goes to a place of `target`'s type.
    func assignment(to target: Type) -> Assignment {
        if isUnknown || target.isUnknown { return .fits }
        if isOptional, !target.isOptional { return .mayBeMissing }
        switch (present, target.present) {
        case (.int, .decimal(let precision, let scale?)): return .fitsAfterScaling(precision: precision, scale: scale)
        case (.decimal(let own, let ownScale), .decimal(let precision, let scale?)):
            guard let ownScale, ownScale <= scale else { return .tooManyDigits(scale: scale) }
            if ownScale == scale, own - ownScale <= precision - scale { return .fits }
            return .fitsAfterScaling(precision: precision, scale: scale)
        case (.int, .decimal), (.decimal, .decimal): return .fits
        case (.oneOf, .text), (.uuid, .text): return .fits
        case (.oneOf(let own), .oneOf(let words)): return own.allSatisfy(words.contains) ? .fits : .never
        case (.list(let own), .list(let element)):
            if case .fits = own.assignment(to: element) { return .fits }
            return .never
        case (.record(let own), .record(let wanted)): return own.hasFields(of: wanted) ? .fits : .never
        case (let own, let wanted): return own == wanted ? .fits : .never
        }
    }

    /// The type that holds values of both; nil: there is none.
    func joined(with other: Type) -> Type? {
        if isUnknown { return other }
        if other.isUnknown { return self }
        let isOptional = isOptional || other.isOptional
        return present.joinedPresent(with: other.present)?.optional(if: isOptional)
    }

    private func joinedPresent(with other: Type) -> Type? {
        if self == other { return self }
        switch (self, other) {
        case (.int, .decimal), (.decimal, .int), (.decimal, .decimal):
            guard let left = digits, let right = other.digits else { return nil }
            guard let leftScale = left.scale, let rightScale = right.scale else {
                return .decimal(precision: 38, scale: nil)
            }
            let scale = max(leftScale, rightScale)
            let whole = max(left.precision - leftScale, right.precision - rightScale)
            return .decimal(precision: min(38, whole + scale), scale: scale)
        case (.oneOf(let left), .oneOf(let right)): return .oneOf(left + right.filter { !left.contains($0) })
        case (.oneOf, .text), (.text, .oneOf), (.uuid, .text), (.text, .uuid): return .text
        case (.list(let left), .list(let right)): return left.joined(with: right).map(Type.list)
        case (.record(let left), .record(let right)): return left.hasFields(of: right) ? self : nil
        default: return nil
        }
    }

    /// Whether `==` makes sense between the two.
    func compares(with other: Type) -> Bool {
        if isUnknown || other.isUnknown { return true }
        switch (present, other.present) {
        case (let left, let right) where left.isExactNumber && right.isExactNumber: return true
        case (let left, let right) where left.isText && right.isText: return true
        case (.unusable, _), (_, .unusable): return false
        case (.list(let left), .list(let right)): return left.compares(with: right)
        case (.record(let left), .record(let right)): return left.hasFields(of: right)
        case (let left, let right): return left == right
        }
    }
}

extension RecordType {
    /// The same names in the same order with types that fit.
    func hasFields(of other: RecordType) -> Bool {
        guard fields.count == other.fields.count else { return false }
        return zip(fields, other.fields).allSatisfy { own, wanted in
            guard own.name == wanted.name else { return false }
            if case .fits = own.type.assignment(to: wanted.type) { return true }
            return false
        }
    }
}
