import Connecting
package import Message

extension Progress {
    private static let version: UInt8 = 1

    private struct Flags: OptionSet {
        let rawValue: UInt8
        static let delivered = Flags(rawValue: 1)
        static let pending = Flags(rawValue: 2)
        static let unknown = Flags(rawValue: 4)
        static let handler = Flags(rawValue: 8)
        static let handlerRequest = Flags(rawValue: 16)
        static let sent = Flags(rawValue: 32)
    }

    private var flags: Flags {
        var flags: Flags = []
        if hasDelivered { flags.insert(.delivered) }
        if pending != nil { flags.insert(.pending) }
        if outcomeUnknown { flags.insert(.unknown) }
        if handler != nil { flags.insert(.handler) }
        if handler?.failed != nil { flags.insert(.handlerRequest) }
        if firstSentAt != nil { flags.insert(.sent) }
        return flags
    }

    package func encoded() -> [UInt8] {
        var writer = ByteWriter(reserving: 64)
        writer.write(Self.version)
        writer.write(flags.rawValue)
        writer.writeVariable(UInt64(done.count))
        for position in done { writer.writeVariable(UInt64(position)) }
        writer.writeVariable(UInt64(childrenPending))
        writer.writeVariable(UInt64(deadChildren))
        writer.writeVariable(UInt64(sends))
        writer.write(lastFailure)
        if let firstSentAt { writer.write(firstSentAt.microseconds) }
        if let handler {
            writer.writeVariable(UInt64(handler.start))
            writer.write(handler.error)
            if let failed = handler.failed { writer.write(failed) }
        }
        if let pending { writer.write(pending) }
        return writer.bytes
    }

    package init(decoding bytes: [UInt8]) throws(ByteDecodingError) {
        var reader = ByteReader(bytes)
        guard try reader.read(UInt8.self) == Self.version else {
            throw ByteDecodingError(offset: 0, expected: "progress of version \(Self.version)")
        }
        let flags = Flags(rawValue: try reader.read())
        hasDelivered = flags.contains(.delivered)
        outcomeUnknown = flags.contains(.unknown)
        let count = try reader.readVariable()
        guard count <= 65_536 else { throw ByteDecodingError(offset: reader.offset, expected: "at most 65,536 steps") }
        for _ in 0..<count { done.append(Int(clamping: try reader.readVariable())) }
        childrenPending = Int(clamping: try reader.readVariable())
        deadChildren = Int(clamping: try reader.readVariable())
        sends = Int(clamping: try reader.readVariable())
        lastFailure = try reader.readText()
        if flags.contains(.sent) { firstSentAt = Instant(microseconds: try reader.read()) }
        if flags.contains(.handler) {
            handler = Handler(
                start: Int(clamping: try reader.readVariable()), error: try reader.readText(),
                failed: flags.contains(.handlerRequest) ? try reader.readRenderedDelivery() : nil)
        }
        if flags.contains(.pending) { pending = try reader.readRenderedDelivery() }
    }
}

extension ByteWriter {
    fileprivate mutating func write(_ delivery: RenderedDelivery) {
        let request = delivery.request
        writeVariable(UInt64(delivery.position))
        write(request.action)
        write(request.target)
        writeVariable(UInt64(request.headers.count))
        for header in request.headers {
            write(header.name)
            write(header.value)
        }
        write(request.contentType ?? "")
        write(request.body)
        write(request.idempotencyKey)
        write(request.timeoutMilliseconds)
        guard let bill = delivery.bill else { return write(UInt8(0)) }
        write(UInt8(bill.value == nil ? 1 : 2))
        write(bill.customer)
        write(bill.meter)
        write(bill.units)
        if let value = bill.value {
            write(value.mantissa)
            write(UInt8(value.scale))
        }
    }
}

extension ByteReader {
    fileprivate mutating func readRenderedDelivery() throws(ByteDecodingError) -> RenderedDelivery {
        let position = Int(clamping: try readVariable())
        let action = try readText()
        let target = try readText()
        let count = try readVariable()
        guard count <= 1024 else { throw ByteDecodingError(offset: offset, expected: "at most 1,024 headers") }
        var headers: [DeliveryRequest.Header] = []
        for _ in 0..<count { headers.append(.init(name: try readText(), value: try readText())) }
        let contentType = try readText()
        let request = DeliveryRequest(
            action: action, target: target, headers: headers, contentType: contentType.isEmpty ? nil : contentType,
            body: Array(try readBlock()), idempotencyKey: try readText(), timeoutMilliseconds: try read())
        return RenderedDelivery(position: position, request: request, bill: try readBill())
    }

    private mutating func readBill() throws(ByteDecodingError) -> RenderedDelivery.Bill? {
        let kind = try read(UInt8.self)
        guard kind != 0 else { return nil }
        let customer = try readText()
        let meter = try readText()
        let units = try read(Int64.self)
        guard kind == 2 else { return .init(customer: customer, meter: meter, units: units, value: nil) }
        let mantissa = try read(Int128.self)
        let scale = try read(UInt8.self)
        guard scale <= 38 else { throw ByteDecodingError(offset: offset, expected: "a scale of at most 38") }
        return .init(
            customer: customer, meter: meter, units: units, value: ExactDecimal(mantissa: mantissa, scale: Int(scale)))
    }
}
