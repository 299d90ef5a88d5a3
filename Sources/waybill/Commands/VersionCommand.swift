import Console
import Message

enum VersionCommand {
    static let command = Command(
        "version", .about, "Say which version this is.", examples: ["waybill version --json"]
    ) { arguments, terminal throws(CommandFailure) in
        if arguments.isJSON {
            terminal.print(bytes: JSONObject([("waybill", .text(Version.current))]).line())
        } else {
            terminal.print("waybill \(Version.current)\n")
        }
        return .ok
    }
}
