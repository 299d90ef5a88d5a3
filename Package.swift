// swift-tools-version: 6.1
// Waybill is built from the toolchain and Debian's C libraries only: no outside Swift package.
import PackageDescription

let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

/// A C library of Debian's: `apt` is the package that a fresh machine installs (`make deps` reads these lines).
func library(_ name: String, pkgConfig: String?, apt: String) -> Target {
    .systemLibrary(
        name: name, path: "Sources/Libraries/\(name)", pkgConfig: pkgConfig, providers: [.apt([apt])])
}

func room(_ name: String, _ dependencies: [Target.Dependency] = [], exclude: [String] = []) -> Target {
    .target(
        name: name, dependencies: dependencies, path: "Sources/\(name)", exclude: exclude, swiftSettings: settings)
}

func connector(_ name: String, folder: String, exclude: [String] = [], _ dependencies: [Target.Dependency]) -> Target {
    .target(
        name: name, dependencies: dependencies, path: "Connectors/\(folder)", exclude: exclude,
        swiftSettings: settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
    .testTarget(
        name: name, dependencies: dependencies, path: "Tests/\(name)", exclude: exclude, swiftSettings: settings)
}

let package = Package(
    name: "waybill",
    products: [
        .executable(name: "waybill", targets: ["waybill"]),
        .executable(name: "exampleshop", targets: ["ExampleShop"]),
    ],
    targets: [
        // Libraries
        library("CSQLite", pkgConfig: "sqlite3", apt: "libsqlite3-dev"),
        library("CCurl", pkgConfig: "libcurl", apt: "libcurl4-openssl-dev"),
        library("CMariaDB", pkgConfig: "libmariadb", apt: "libmariadb-dev"),
        library("CMicroHTTPD", pkgConfig: "libmicrohttpd", apt: "libmicrohttpd-dev"),
        library("COpenSSL", pkgConfig: "openssl", apt: "libssl-dev"),
        // No pkgConfig: re2.pc carries -pthread, which the package manager refuses with a warning.
        library("CLibRE2", pkgConfig: nil, apt: "libre2-dev"),
        .systemLibrary(name: "CLinux", path: "Sources/Libraries/CLinux"),
        .target(
            name: "CRE2", dependencies: ["CLibRE2"], path: "Sources/Libraries/CRE2",
            linkerSettings: [.linkedLibrary("re2")]),

        // Rooms
        room("Message", ["COpenSSL"]),
        room("Observing", ["Message"]),
        room("Connecting", ["Message"]),
        room("Billing", ["Message"]),
        room("RouteLanguage", ["Message", "Connecting", "Billing", "CRE2"]),
        room("Store", ["Message", "Connecting", "Billing", "CSQLite"], exclude: ["DESIGN.md"]),
        room("Queue", ["Message", "Store", "CLinux", "COpenSSL"], exclude: ["CLIENTS.md"]),
        .target(name: "CCrashMarks", path: "Sources/Engine/Crash/C"),
        room(
            "Engine",
            [
                "Message", "Connecting", "RouteLanguage", "Store", "Queue", "Billing", "Observing", "CCrashMarks",
                "CLinux",
            ], exclude: ["Crash/C"]),
        room("Console", ["Message", "Observing", "CMicroHTTPD", "CLinux"]),
        connector("MySQLConnector", folder: "MySQL", ["Connecting", "Message", "CMariaDB"]),
        connector("HTTPConnector", folder: "HTTP", exclude: ["C"], ["Connecting", "Message", "CCurlShim"]),
        connector("FileConnector", folder: "File", ["Connecting", "Message"]),
        .target(name: "CCurlShim", dependencies: ["CCurl"], path: "Connectors/HTTP/C"),
        .executableTarget(
            name: "waybill",
            dependencies: [
                "Engine", "Queue", "Console", "Observing", "RouteLanguage", "Store", "Billing", "Message", "Connecting",
                "MySQLConnector", "HTTPConnector", "FileConnector",
            ], path: "Sources/waybill", exclude: ["Packaging"], swiftSettings: settings),
        .executableTarget(
            name: "ExampleShop", dependencies: ["CMariaDB", "COpenSSL"],
            path: "Sources/ExampleShop", swiftSettings: settings),

        // Tests
        tests("MessageTests", ["Message"]),
        tests("RouteLanguageTests", ["RouteLanguage", "Message", "Connecting", "Billing"], exclude: ["Fixtures"]),
        tests(
            "StoreTests", ["Store", "StoreSamples", "StoreTorture", "Message", "Connecting", "Billing", "CSQLite"]),
        .target(
            name: "StoreSamples", dependencies: ["Store", "Message", "Connecting", "Billing"],
            path: "Tests/StoreSamples", swiftSettings: settings),
        .executableTarget(
            name: "StoreTorture", dependencies: ["Store", "StoreSamples"], path: "Tests/Torture/Store",
            swiftSettings: settings),
        tests("QueueTests", ["Queue", "Store", "Message"]),
        .executableTarget(
            name: "QueueBench", dependencies: ["CLinux"], path: "Tests/Benchmarks/Queue", swiftSettings: settings),
        tests("BillingTests", ["Billing", "Message"], exclude: ["Fixtures"]),
        tests(
            "EngineTests",
            ["Engine", "Queue", "MySQLConnector", "Store", "Billing", "RouteLanguage", "Connecting", "Message"]),
        tests("ConsoleTests", ["Console", "Observing", "Message"]),
        tests(
            "CommandTests",
            ["waybill", "Console", "Observing", "RouteLanguage", "Store", "Billing", "Connecting", "Message"],
            exclude: ["Fixtures"]),
        tests("ConnectorTests", ["MySQLConnector", "HTTPConnector", "FileConnector", "Connecting", "Message"]),
        tests("Scenarios", ["ExampleShop"]),
    ],
    cxxLanguageStandard: .cxx17
)
