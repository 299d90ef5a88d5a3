extension ReplyBuffer {
    /// `+text`, for texts that are put together; they hold no line end.
    mutating func status(composed text: String) {
        var text = text
        text.withUTF8 { status(UnsafeRawBufferPointer($0)) }
    }
}
