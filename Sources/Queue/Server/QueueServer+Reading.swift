import Message

extension QueueServer {
    /// Executes what a client has sent, as far as there is room in the turn, and at most so many commands.
    func work(_ connection: QueueConnection, _ broker: Broker, _ turn: inout TurnRoom, commandsMost: Int) {
        let most = TurnRoom(
            commands: min(turn.commands, commandsMost), bytes: min(turn.bytes, settings.clientBytesInATurn),
            ends: turn.ends,
            repliesMost: connection.client.replies.count
                + min(settings.clientRepliesInATurn, broker.settings.outputBytesMost / 2))
        var room = most
        connection.isQuiet = false
        if connection.input.isEmpty { recognise(connection, broker) }
        while connection.isOpen, room.isLeft, connection.client.replies.count < room.repliesMost {
            if connection.hasCommands {
                executeInput(connection, broker, &room)
            } else if connection.isReadable {
                receive(connection, broker, &room)
            } else {
                break
            }
        }
        turn.commands -= most.commands - room.commands
        turn.bytes -= most.bytes - room.bytes
        turn.isOver = room.isOver
        settle(connection)
    }

    /// What follows from the commands that were executed.
    private func settle(_ connection: QueueConnection) {
        guard !connection.isClosed else { return }
        if connection.client.isKilled { return drop(connection) }
        countBlocked(connection)
        if connection.hasHungUp, connection.client.isBlocked { return drop(connection) }
        guard checkHeld(connection) else { return }
        connection.client.inputBytes = connection.input.count
        if connection.unsentBytes > 0 || connection.client.closesAfterReplies { willSend(connection) }
        if connection.isOpen, connection.hasCommands || connection.isReadable { isGreedy(connection) }
    }

    // MARK: Receiving

    /// Input that is shorter than this is moved in front of what is received next, so that one buffer serves all.
    private static let shortInputBytes = 64 << 10

    private func receive(_ connection: QueueConnection, _ broker: Broker, _ room: inout TurnRoom) {
        let isShort = connection.input.count <= Self.shortInputBytes
        let start = isShort ? connection.input.count : 0
        let free = UnsafeMutableRawBufferPointer(rebasing: scratch[start...])
        switch connection.receive(into: free) {
        case .bytes(let count):
            connection.lastReceived = time
            counters.bytesReceived &+= UInt64(count)
            room.bytes -= count
            // A stream that gave less than there was room for is empty: the next byte is told of. What TLS holds back
            // is not, and the end of a stream is seen only by reading again.
            if count < free.count, connection.session == nil, !connection.hasHungUp { connection.isReadable = false }
            if isShort {
                take(connection, broker, start: start, count: count, &room)
            } else {
                hold(connection, UnsafeRawBufferPointer(rebasing: free[..<count]))
            }
        case .wantsReading:
            connection.isReadable = false
        case .wantsWriting:
            connection.isReadable = false
            watchWriting(connection)
        case .ended:
            connection.isReadable = false
            connection.hasHungUp = true
            if connection.unsentBytes == 0 { return drop(connection) }
            connection.client.closesAfterReplies = true
        case .failed:
            drop(connection)
        }
    }

    /// Executes what lies in the shared buffer behind the connection's short input, and keeps the rest.
    private func take(
        _ connection: QueueConnection, _ broker: Broker, start: Int, count: Int, _ room: inout TurnRoom
    ) {
        let filled = UnsafeMutableRawBufferPointer(rebasing: scratch[..<(start + count)])
        guard filled.count >= connection.inputNeeds else {
            return hold(connection, UnsafeRawBufferPointer(rebasing: filled[start...]))
        }
        connection.input.withUnsafeBytes { filled.copyMemory(from: $0) }
        let consumed = execute(filled, of: connection, broker, &room)
        guard !connection.isClosed else { return }
        heldInput -= connection.input.count
        connection.input.removeAll(keepingCapacity: true)
        hold(connection, UnsafeRawBufferPointer(rebasing: filled[min(consumed, filled.count)...]))
    }

    private func hold(_ connection: QueueConnection, _ bytes: UnsafeRawBufferPointer) {
        guard !bytes.isEmpty else { return }
        connection.input.append(contentsOf: bytes)
        heldInput += bytes.count
    }

    // MARK: Executing

    private func executeInput(_ connection: QueueConnection, _ broker: Broker, _ room: inout TurnRoom) {
        // Taken out meanwhile: nothing that a command does may touch what its words point into.
        var input: [UInt8] = []
        swap(&input, &connection.input)
        let before = input.count
        let consumed = input.withUnsafeMutableBytes { execute($0, of: connection, broker, &room) }
        guard !connection.isClosed else {
            heldInput -= before
            return
        }
        if consumed >= before {
            input.removeAll(keepingCapacity: before <= Self.shortInputBytes)
        } else {
            input.removeFirst(consumed)
        }
        heldInput -= before - input.count
        swap(&input, &connection.input)
    }

    /// Executes the commands in `bytes` one after the other.
    /// - Returns: how many bytes are done with.
    private func execute(
        _ bytes: UnsafeMutableRawBufferPointer, of connection: QueueConnection, _ broker: Broker,
        _ room: inout TurnRoom
    ) -> Int {
        var done = 0
        connection.inputNeeds = 1
        while done < bytes.count, room.commands > 0, !room.isOver, connection.isOpen,
            connection.client.replies.count < room.repliesMost
        {
            let rest = UnsafeMutableRawBufferPointer(rebasing: bytes[done...])
            switch connection.parser.next(rest, words: &words) {
            case .command(let consumed):
                done += consumed
                counters.commands &+= 1
                if let base = rest.baseAddress { execute(base, of: connection, broker) }
                room.take(words: words.count, clock)
            case .nothing(let consumed):
                done += consumed
                room.take(words: 1, clock)
            case .incomplete(let needs):
                connection.inputNeeds = max(needs, rest.count + 1)
                return done
            case .foreign:
                expel(connection)
                return bytes.count
            case .failure(let failure):
                counters.expelled += 1
                connection.client.replies.error(failure.message)
                connection.client.closesAfterReplies = true
                return bytes.count
            }
        }
        return connection.client.closesAfterReplies ? bytes.count : done
    }

    private func execute(_ base: UnsafeMutableRawPointer, of connection: QueueConnection, _ broker: Broker) {
        let client = connection.client
        broker.execute(Arguments(base: UnsafeRawPointer(base), words: words), for: client, at: time)
        let unsent = connection.unsentBytes
        let isTooMuch = connection.isStranger && unsent > settings.strangerOutputBytesMost
        if isTooMuch || unsent > broker.settings.outputBytesMost { return expel(connection) }
        recognise(connection, broker)
    }

    /// Who has said who he is may send more, as much as the settings say now; who has lost his rights may not. Between
    /// two commands only.
    func recognise(_ connection: QueueConnection, _ broker: Broker) {
        let isStranger = connection.client.user == nil
        let most = broker.settings.inputBytesMost
        guard isStranger != connection.isStranger || (!isStranger && most != connection.requestBytesMost) else {
            return
        }
        connection.isStranger = isStranger
        connection.requestBytesMost = most
        connection.parser.limits =
            isStranger ? .beforeAuthentication : ParserLimits(bulkBytes: most, commandBytes: most)
    }
}
