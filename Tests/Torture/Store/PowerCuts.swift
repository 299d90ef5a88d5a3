import Glibc
import StoreSamples

/// A file system of its own in a file, shut down under a writer as a power cut does: what was not synced is gone.
enum PowerCuts {
    struct Refused: Error, CustomStringConvertible { let description: String }

    /// - Returns: 0; 77 where this machine does not permit mounting.
    static func run(_ count: Int, seed: UInt64) throws -> Int32 {
        var template = Array("/tmp/waybill-cuts-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw Refused(description: "no temporary folder") }
        let folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let (image, mountPoint) = (folder + "/image", folder + "/disk")
        defer {
            unlink(image)
            rmdir(mountPoint)
            rmdir(folder)
        }
        mkdir(mountPoint, 0o700)
        guard ChildProgram.run(["truncate", "-s", "96M", image]) == 0,
            ChildProgram.run(["mkfs.ext4", "-q", image]) == 0,
            ChildProgram.run(["mount", "-o", "loop", image, mountPoint]) == 0
        else {
            print("mounting is not permitted here")
            return 77
        }
        defer { _ = ChildProgram.run(["umount", mountPoint]) }
        var random = seed
        var (acknowledged, lost) = (0, 0)
        for cut in 1...max(1, count) {
            acknowledged = try writeAndCut(mountPoint, from: acknowledged, &random)
            guard ChildProgram.run(["umount", mountPoint]) == 0,
                ChildProgram.run(["mount", "-o", "loop", image, mountPoint]) == 0
            else { throw Refused(description: "the disk cannot be mounted again") }
            do { try StoreTorture.check(mountPoint + "/data", atLeast: acknowledged) } catch {
                print("cut \(cut) of seed \(seed): \(error)")
                lost += 1
            }
        }
        print("\(count) power cuts, \(acknowledged) turns acknowledged, \(lost) times something was lost")
        return lost == 0 ? 0 : 1
    }

    /// Lets a writer acknowledge a few turns, then cuts.
    /// - Returns: the last turn that it acknowledged before the cut.
    private static func writeAndCut(_ mountPoint: String, from turns: Int, _ random: inout UInt64) throws -> Int {
        let writer = try ChildProgram(["/proc/self/exe", "write", mountPoint + "/data"])
        random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        let wanted = turns + 1 + Int(random >> 33) % 60
        var last = turns
        while last < wanted, let line = writer.readLine(), let turn = Int(line) { last = turn }
        // Every second cut falls on a writer that stands still, so that everything it has said counts; the others fall into
        // its work. What it says after a cut does not count: with the power gone nobody would hear it, and a sync that is
        // under way while the kernel gives the journal up may be reported as done.
        if random >> 40 & 1 == 0 {
            writer.freeze()
            while let line = writer.readLine(), let turn = Int(line) { last = turn }
        }
        try shutDown(mountPoint)
        writer.kill()
        writer.wait()
        guard last > turns else { throw Refused(description: "the writer acknowledged nothing") }
        return last
    }

    /// `FS_IOC_SHUTDOWN` without flushing the journal.
    private static func shutDown(_ mountPoint: String) throws {
        let descriptor = open(mountPoint, O_RDONLY)
        guard descriptor >= 0 else { throw Refused(description: "cannot open \(mountPoint)") }
        defer { close(descriptor) }
        var how: UInt32 = 2
        guard ioctl(descriptor, 0x8004_587d, &how) == 0 else { throw Refused(description: "no FS_IOC_SHUTDOWN here") }
    }
}
