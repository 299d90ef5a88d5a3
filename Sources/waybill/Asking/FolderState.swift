import Glibc

/// Whether a data folder holds anything.
enum FolderState {
    static let fileName = "waybill.db"

    static func exists(_ folder: String) -> Bool { access("\(folder)/\(fileName)", F_OK) == 0 }
}
