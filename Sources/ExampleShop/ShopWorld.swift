/// Everything around the service: the shop's database and the two partners. What is started first is stopped last.
package final class ShopWorld {
    package let folder: RunFolder
    package let server: PrivateMariaDB
    package let acme: PartnerReceiver
    package let globex: PartnerReceiver

    package init(folder: RunFolder, diesWithParent: Bool = false) throws(ShopError) {
        self.folder = folder
        server = try PrivateMariaDB(in: folder, diesWithParent: diesWithParent)
        try ShopSchema.create(server)
        acme = try PartnerReceiver(logPath: folder.file("acme.log"), behaviour: ShopPartners.acme)
        globex = try PartnerReceiver(logPath: folder.file("globex.log"), behaviour: ShopPartners.globex)
    }

    /// What the example's routes ask for.
    package var environment: [String: String] {
        [
            "SHOP_DB": server.url, "SHOP_PASSWORD": ShopSchema.servicePassword, "ACME_URL": acme.url,
            "ACME_TOKEN": "acme-example-token", "GLOBEX_URL": globex.url, "GLOBEX_USER": "shop",
            "GLOBEX_PASSWORD": "globex-example-password", "ARCHIVE": folder.file("archive"),
        ]
    }

    package func stop() {
        acme.stop()
        globex.stop()
        server.stop()
    }
}
