import Connecting

/// Connectors as language.md describes them: what the compiler sees in these tests.
enum Catalogue {
    static let mysql = ConnectorDescriptor(
        name: "mysql", summary: "Rows of MySQL and MariaDB.",
        settings: [
            Clause("url", .constantText, isRequired: true, "mysql://user@host:port/database"),
            Clause("user", .constantText, "who signs in"),
            Clause("password", .secret, "of the user"),
            Clause("schema", .constantText, "the lock file"),
            Clause("tls", .word(["verify", "off"]), default: "verify", "whether the server's certificate is checked"),
        ],
        source: [
            Clause("every", .duration, default: "5s", "how often it looks"),
            Clause("batch", .integer(1...10_000), default: "500", "rows a page"),
            Clause("start", .startPosition, default: "now", "where a first start begins"),
            Clause("after", .columns, "the columns that order the rows"),
        ])

    static let http = ConnectorDescriptor(
        name: "http", summary: "Requests over HTTP.",
        settings: [
            Clause("base", .constantText, group: "address", "https://host"),
            Clause("hosts", .constantTextList, group: "address", "several hosts"),
            Clause("balance", .word(["least_busy"]), default: "least_busy", "which host gets a message"),
            Clause("bearer", .secret, "a token"),
            Clause("user", .constantText, "for basic auth"),
            Clause("password", .secret, "for basic auth"),
            Clause("timeout", .duration, default: "15s", "of one attempt"),
        ],
        delivery: [
            Clause("get", .urlPath, group: "method", "GET"),
            Clause("post", .urlPath, group: "method", "POST"),
            Clause("put", .urlPath, group: "method", "PUT"),
            Clause("patch", .urlPath, group: "method", "PATCH"),
            Clause("delete", .urlPath, group: "method", "DELETE"),
            Clause("as", .word(["json"]), "how the body is written"),
            Clause("body", .body, "what is sent"),
            Clause("key", .headerText, "the idempotency key"),
            Clause("headers", .headers, "further headers"),
            Clause("timeout", .duration, default: "15s", "of one attempt"),
            Clause("retry", .policy, "how often"),
        ], repeatingActions: ["post", "patch"])

    static let file = ConnectorDescriptor(
        name: "file", summary: "Files below a folder.",
        settings: [Clause("root", .constantText, isRequired: true, "the folder")],
        delivery: [
            Clause("write", .filePath, group: "action", "a whole file"),
            Clause("append", .filePath, group: "action", "a line"),
            Clause("as", .word(["json"]), "how the body is written"),
            Clause("body", .body, "what is written"),
            Clause("retry", .policy, "how often"),
        ])

    static let all = [mysql, http, file]
}
