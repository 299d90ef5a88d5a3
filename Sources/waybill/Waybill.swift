@main
enum Waybill {
    static func main() {}
}
