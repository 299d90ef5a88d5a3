import Message
import Store

extension Broker {
    /// INFO [section]. Sections: server clients memory jobs queues persistence stats cpu commandstats; `default` is all but
    /// the last one.
    func info(_ arguments: Arguments, _ client: BrokerClient) {
        guard arguments.count <= 2 else { return client.replies.error("ERR syntax error") }
        let wanted = arguments.count == 2 ? arguments.lowercased(1) : "default"
        var text = InfoText()
        for section in Self.infoSections {
            let isDefault = section.name != "Commandstats"
            if wanted == section.name.lowercased() || wanted == "all" || (wanted == "default" && isDefault) {
                text.begin(section.name)
                section.print(self, client, &text)
            }
        }
        client.replies.bulk(text.text)
    }

    private typealias InfoSection = (name: String, print: @Sendable (Broker, BrokerClient, inout InfoText) -> Void)

    private static let infoSections: [InfoSection] = [
        ("Server", { $0.printServer($1, &$2) }),
        ("Clients", { broker, _, text in broker.printClients(&text) }),
        ("Memory", { broker, _, text in broker.printMemory(&text) }),
        ("Jobs", { broker, _, text in text.add("registered_jobs", broker.jobs.jobCount) }),
        ("Queues", { broker, _, text in text.add("registered_queues", broker.jobs.queueCount) }),
        ("Persistence", { broker, _, text in broker.printPersistence(&text) }),
        ("Stats", { broker, _, text in broker.printStatistics(&text) }),
        ("CPU", { broker, _, text in broker.printCPU(&text) }),
        ("Commandstats", { broker, _, text in broker.printCommands(&text) }),
    ]

    /// The version whose behaviour this is.
    private static let disqueVersion = "1.0-rc1"

    private func printServer(_ client: BrokerClient, _ text: inout InfoText) {
        let facts = serving.facts
        let started = facts.started.microseconds > 0 ? facts.started : time
        let uptime = max(0, time.duration(since: started).count / 1_000_000)
        text.add("disque_version", Self.disqueVersion)
        text.add("disque_git_sha1", "00000000")
        text.add("disque_git_dirty", 0)
        text.add("disque_build_id", 0)
        text.add("waybill_version", settings.version)
        text.add("os", facts.system)
        text.add("arch_bits", 64)
        text.add("multiplexing_api", "epoll")
        text.add("gcc_version", "0.0.0")
        text.add("process_id", facts.processID)
        text.add("run_id", facts.runID)
        text.add("tcp_port", facts.tcpPort != 0 ? facts.tcpPort : client.localPort)
        text.add("uptime_in_seconds", uptime)
        text.add("uptime_in_days", uptime / 86_400)
        text.add("hz", 1)
        text.add("executable", facts.executable)
        text.add("config_file", "")
    }

    private func printClients(_ text: inout InfoText) {
        text.add("connected_clients", clients.count)
        text.add("client_longest_output_list", serving.facts.outputBytesLongest)
        text.add("client_biggest_input_buf", serving.facts.inputBytesBiggest)
        text.add("blocked_clients", blockedCount)
    }

    private func printMemory(_ text: inout InfoText) {
        let facts = serving.facts
        let used = facts.usedBytes
        text.add("used_memory", used)
        text.add("used_memory_human", InfoText.short(used))
        text.add("used_memory_rss", facts.residentBytes)
        text.add("used_memory_peak", facts.residentBytesPeak)
        text.add("used_memory_peak_human", InfoText.short(facts.residentBytesPeak))
        text.add(
            "mem_fragmentation_ratio", InfoText.twoDigits(used > 0 ? Double(facts.residentBytes) / Double(used) : 0))
        text.add("mem_allocator", "libc")
    }

    /// In the words of an append-only file that is synced on every write: what it promises, the store holds.
    private func printPersistence(_ text: inout InfoText) {
        text.add("loading", 0)
        text.add("aof_enabled", 1)
        text.add("aof_state", "on")
        text.add("aof_rewrite_in_progress", 0)
        text.add("aof_rewrite_scheduled", 0)
        text.add("aof_last_rewrite_time_sec", -1)
        text.add("aof_current_rewrite_time_sec", -1)
        text.add("aof_last_bgrewrite_status", "ok")
        text.add("aof_last_write_status", "ok")
        if serving.facts.storeBytes > 0 {
            text.add("aof_current_size", serving.facts.storeBytes)
            text.add("aof_base_size", serving.facts.storeBytes)
        }
        text.add("aof_pending_rewrite", 0)
        text.add("aof_buffer_length", 0)
        text.add("aof_rewrite_buffer_length", 0)
        text.add("aof_pending_bio_fsync", 0)
        text.add("aof_delayed_fsync", 0)
        if let free = serving.facts.freeBytes { text.add("disk_free_bytes", free) }
    }

    private func printStatistics(_ text: inout InfoText) {
        text.add("total_connections_received", serving.connectionsAccepted)
        text.add("total_commands_processed", serving.statistics.calls)
        text.add("instantaneous_ops_per_sec", Int64(serving.rates.commands.rounded()))
        text.add("total_net_input_bytes", serving.inputBytes)
        text.add("total_net_output_bytes", serving.outputBytes)
        text.add("instantaneous_input_kbps", InfoText.twoDigits(serving.rates.inputBytes / 1_024))
        text.add("instantaneous_output_kbps", InfoText.twoDigits(serving.rates.outputBytes / 1_024))
        text.add("rejected_connections", serving.connectionsRejected)
        text.add("latest_fork_usec", 0)
    }

    private func printCPU(_ text: inout InfoText) {
        text.add("used_cpu_sys", InfoText.seconds(serving.facts.cpuSystem))
        text.add("used_cpu_user", InfoText.seconds(serving.facts.cpuUser))
        text.add("used_cpu_sys_children", InfoText.seconds(serving.facts.cpuSystemOfChildren))
        text.add("used_cpu_user_children", InfoText.seconds(serving.facts.cpuUserOfChildren))
    }

    private func printCommands(_ text: inout InfoText) {
        for (command, line) in zip(CommandTable.all, serving.statistics.lines) where line.calls > 0 {
            let each = InfoText.twoDigits(Double(line.microseconds) / Double(line.calls))
            text.add(
                "cmdstat_\(command.name)", "calls=\(line.calls),usec=\(line.microseconds),usec_per_call=\(each)")
        }
    }
}
