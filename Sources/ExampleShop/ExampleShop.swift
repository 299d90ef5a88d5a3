@main
enum ExampleShop {
    static func main() {}
}
