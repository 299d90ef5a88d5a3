import Connecting
import Glibc

/// A file operation that failed, or a name that can never be.
enum FileFailure: Error {
    case system(errno: Int32, doing: String)
    case refused(String)
    /// The root is not there at the moment; tried again by itself.
    case away(String)
    /// The file is not what was committed: somebody has to look.
    case paused(String)

    /// The failure of the system call just made.
    static func last(_ doing: String) -> FileFailure {
        let code = errno
        switch code {
        case ELOOP, ENOTDIR: return .refused("a part of the path is a link or no folder")
        case EISDIR: return .refused("a folder stands in the file's place")
        case ENAMETOOLONG: return .refused("the name is longer than the file system takes")
        case EXDEV: return .refused("the folder lies on another file system than the root")
        default: return .system(errno: code, doing: doing)
        }
    }

    var reason: String {
        switch self {
        case .system(let code, let doing): "\(doing) failed: \(String(cString: strerror(code)))"
        case .refused(let reason), .away(let reason), .paused(let reason): reason
        }
    }

    var delivery: DeliveryFailure {
        switch self {
        case .system(let code, _):
            DeliveryFailure(
                cause: .file(code), reason: reason, isRetryable: true,
                concernsHost: [ENOSPC, EIO, EROFS, EDQUOT, EMFILE, ENFILE].contains(code))
        case .away:
            DeliveryFailure(cause: .file(ENOENT), reason: reason, isRetryable: true, concernsHost: true)
        case .refused: DeliveryFailure(cause: .refused, reason: reason, isRetryable: false)
        case .paused: DeliveryFailure(cause: .refused, reason: reason, isRetryable: false, pausesStep: true)
        }
    }
}
