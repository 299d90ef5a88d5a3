/// What a folder of route files holds, read by somebody else: the compiler does no I/O.
package struct SourceSet: Sendable {
    package struct File: Sendable, Hashable {
        /// Path below the folder, as diagnostics show it: `orders.route`, `schema/shop.lock`.
        package let path: String
        package let text: String
        package init(path: String, text: String) {
            self.path = path
            self.text = text
        }
    }
    /// `*.route` files, sorted by path.
    package let routes: [File]
    /// `*.lock` files by the path that `schema "..."` names.
    package let locks: [File]

    package init(routes: [File], locks: [File]) {
        self.routes = routes
        self.locks = locks
    }
}
