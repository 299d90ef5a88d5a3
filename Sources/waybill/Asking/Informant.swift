import Console

/// Who answers a command: the service that holds the data folder, or, while none runs, the folder itself.
enum Informant {
    /// The service of `--admin`, else of the data folder; a command that only reads asks the folder where no service
    /// runs.
    static func answer(_ command: ConsoleCommand, _ arguments: Arguments) throws(CommandFailure) -> [UInt8] {
        let folder = try arguments.required("--data")
        if let client = try service(folder, arguments) { return try client.answer(command) }
        guard !command.changesState else { throw noService(folder) }
        guard FolderState.exists(folder) else {
            throw CommandFailure(
                .unreachable, "no service runs and there is no data in \(folder)",
                "start `waybill serve --data \(folder)`, or give another --data")
        }
        do throws(ConsoleError) {
            return try OfflineBackend(folder: folder, arguments: arguments).answer(command)
        } catch {
            throw failure(error)
        }
    }

    /// - Returns: nil where no service holds the folder.
    private static func service(_ folder: String, _ arguments: Arguments) throws(CommandFailure) -> AdminClient? {
        do throws(AdminFileError) {
            guard let address = try address(folder, arguments) else { return nil }
            guard let token = try AdminToken.existing(folder: folder) else {
                throw AdminFileError(
                    problem: "there is no \(AdminToken.fileName) in \(folder)",
                    remedy: "give the --data folder of the service that you ask")
            }
            let client = AdminClient(address: address, token: token)
            // A service that was killed leaves its address behind.
            return arguments.text("--admin") != nil || client.isReachable ? client : nil
        } catch {
            throw CommandFailure(.badConfiguration, error.problem, error.remedy)
        }
    }

    private static func address(
        _ folder: String, _ arguments: Arguments
    ) throws(AdminFileError) -> ConsoleAddress? {
        guard let text = arguments.text("--admin") else { return try AdminAddressFile.read(folder: folder) }
        guard let address = ConsoleAddress(text) else {
            throw AdminFileError(problem: "`--admin \(text)` is no address", remedy: "write 127.0.0.1:9990")
        }
        return address
    }

    private static func noService(_ folder: String) -> CommandFailure {
        CommandFailure(
            .unreachable, "no service runs on \(folder)", "start it: waybill serve --data \(folder)")
    }

    private static func failure(_ error: ConsoleError) -> CommandFailure {
        switch error {
        case .notFound(let text), .refused(let text), .failed(let text): CommandFailure(.failed, text)
        case .invalid(let text): CommandFailure(.usage, text)
        case .unavailable(let text): CommandFailure(.tryAgain, text)
        }
    }
}
