/// Applies edits to texts.
package enum EditApplication {
    /// The text of `file` with one edit; nil where a replacement lies outside of the text or two overlap.
    /// Replacements in other files are left out.
    package static func apply(_ edit: Diagnostic.Edit, to text: String, file: Int) -> String? {
        replace(edit.replacements.filter { $0.span.file == file }, in: text)
    }

    /// Every file with the certain edits of its diagnostics, and how many were applied. An edit that overlaps one
    /// before it is left for the next run.
    package static func fix(
        _ files: [SourceSet.File], _ diagnostics: [Diagnostic]
    ) -> (files: [SourceSet.File], applied: Int) {
        var applied = 0
        var chosen: [[Diagnostic.Edit.Replacement]] = files.map { _ in [] }
        var ends = files.map { _ in 0 }
        for diagnostic in diagnostics.inFileOrder {
            guard let edit = diagnostic.edits.first(where: \.isCertain) else { continue }
            // One replacement behind all that are chosen is the case of almost every edit.
            if edit.replacements.count == 1, let only = edit.replacements.first, ends.indices.contains(only.span.file),
                only.span.start >= ends[only.span.file]
            {
                chosen[only.span.file].append(only)
                ends[only.span.file] = only.span.end
                applied += 1
                continue
            }
            var trial = chosen
            let isInside = edit.replacements.allSatisfy { replacement in
                guard files.indices.contains(replacement.span.file) else { return false }
                trial[replacement.span.file].append(replacement)
                return true
            }
            let touched = Set(edit.replacements.map(\.span.file))
            guard isInside, touched.allSatisfy({ replace(trial[$0], in: files[$0].text) != nil }) else { continue }
            chosen = trial
            for replacement in edit.replacements {
                ends[replacement.span.file] = max(ends[replacement.span.file], replacement.span.end)
            }
            applied += 1
        }
        let fixed = zip(files, chosen).map { file, replacements in
            SourceSet.File(path: file.path, text: replace(replacements, in: file.text) ?? file.text)
        }
        return (fixed, applied)
    }

    private static func replace(_ replacements: [Diagnostic.Edit.Replacement], in text: String) -> String? {
        let source = Array(text.utf8)
        var result: [UInt8] = []
        var position = 0
        let sorted = replacements.enumerated().sorted {
            ($0.element.span.start, $0.offset) < ($1.element.span.start, $1.offset)
        }.map(\.element)
        for replacement in sorted {
            let span = replacement.span
            guard span.start >= position, span.end <= source.count else { return nil }
            result += source[position..<span.start]
            result += replacement.text.utf8
            position = span.end
        }
        result += source[position...]
        return String(validating: result, as: UTF8.self)
    }
}
