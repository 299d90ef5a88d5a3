import Connecting
import Message
package import Queue
import RouteLanguage
package import Store

/// A message that a client of the queue's door adds to a queue that a route goes through.
struct Fill {
    let route: RouteID
    let row: SourceRow
}

extension Core {
    /// Reads the body as a row of the one route that goes through the queue. It is admitted in this turn, and the reply
    /// leaves after its commit.
    /// - Returns: 40 characters, made like a job's id and none of a job.
    package func fill(
        _ queue: QueueID, body: UnsafeRawBufferPointer
    ) -> Result<[UInt8], RouteQueueRefusal> {
        do throws(RouteQueueRefusal) { return .success(try filled(queue, Array(body))) } catch {
            return .failure(error)
        }
    }

    private func filled(_ queue: QueueID, _ body: [UInt8]) throws(RouteQueueRefusal) -> [UInt8] {
        let name = store.queueName(queue)
        let routes = active.values.filter { $0.route.queue == queue }
        guard let (plan, route) = routes.first else {
            throw RouteQueueRefusal("queue \(name) holds dead letters, nothing is added to it from outside")
        }
        guard routes.count == 1 else {
            throw RouteQueueRefusal("\(routes.count) routes go through queue \(name), nobody can say which is meant")
        }
        guard !isDraining else { throw RouteQueueRefusal("the service is stopping, nothing is added any more") }
        guard route.plan.source.record != nil else {
            throw RouteQueueRefusal("the types of what route \(route.plan.name) reads are not known")
        }
        // Everything that enters the route counts as seen: this number is given out once.
        let number = UInt64(clamping: store.account(route.id).seen) + UInt64(fills.count { $0.route == route.id }) + 1
        let id = fillID(number, of: route)
        let identity = RowIdentity.int(Int64(bitPattern: number & (1 << 61 - 1) | 1 << 61))
        do throws(RecordBody.Misfit) {
            let row = try row(
                of: body, identity: identity, id: String(decoding: id, as: UTF8.self), plan: plan, route: route)
            fills.append(Fill(route: route.id, row: row))
        } catch {
            throw RouteQueueRefusal("the body is no message of route \(route.plan.name): \(error.reason)")
        }
        return id
    }

    /// A hash under the node's secret: no command takes it for the id of a job.
    private func fillID(_ number: UInt64, of route: LoadedRoute) -> [UInt8] {
        var writer = ByteWriter(reserving: 64)
        for byte in store.jobs.idKey { writer.write(byte) }
        writer.write(UInt64(route.id.rawValue))
        writer.write(number)
        var id = Array("D-".utf8) + store.jobs.nodeID.prefix(8) + [UInt8(ascii: "-")]
        Base64.append(Array(SHA256.digest(writer.bytes).prefix(18)), to: &id)
        return id + Array("-ffff".utf8)
    }

    func admitFills() throws(StoreError) {
        guard !fills.isEmpty else { return }
        let taken = fills
        fills.removeAll()
        for fill in taken {
            guard let (plan, route) = active[fill.route] else { continue }
            let message = "queue.\(route.queuePlan.name)/\(fill.row.identityText)"
            let word = try admit(fill.row, as: message, plan: plan, route: route)
            let row = SeenRow(
                identity: fill.row.identity, message: message, content: fill.row.content, word: word,
                seenAt: time.wall)
            record(.seen(SourceAdvance(route: route.id, rows: [row], position: nil, positionText: "")))
        }
    }
}
