"""A file system of its own in a file, shut down under a server as a power cut does: what was not synced is gone."""

import fcntl
import os
import shutil
import struct
import subprocess
import tempfile
import time

FS_IOC_SHUTDOWN = 0x8004587D
WITHOUT_FLUSHING_THE_JOURNAL = 2


class NotPermitted(Exception):
    pass


class Disk:
    def __enter__(self):
        self.folder = tempfile.mkdtemp(prefix="waybill-power-")
        self.image, self.mounted = os.path.join(self.folder, "image"), os.path.join(self.folder, "disk")
        os.mkdir(self.mounted)
        try:
            # Sparse; larger than what the server wants to have free.
            run("truncate", "-s", "1G", self.image)
            run("mkfs.ext4", "-q", self.image)
            run("mount", "-o", "loop", self.image, self.mounted)
        except (OSError, subprocess.CalledProcessError) as error:
            shutil.rmtree(self.folder, ignore_errors=True)
            raise NotPermitted("mounting is not permitted here") from error
        return self

    def __exit__(self, *_):
        subprocess.run(["umount", self.mounted], check=False)
        shutil.rmtree(self.folder, ignore_errors=True)

    def path(self, name):
        return os.path.join(self.mounted, name)

    def cut(self, server, log, stands_still):
        """What clients hear after a cut does not count: with the power gone nobody would hear it, and a sync that is
        under way while the kernel gives the journal up may be reported as done. Of a server that stands still
        everything that it has said counts; the other cuts fall into its work."""
        if stands_still:
            server.freeze()
            # Clients read what is still in their sockets.
            time.sleep(0.05)
        log.shut()
        descriptor = os.open(self.mounted, os.O_RDONLY)
        try:
            fcntl.ioctl(descriptor, FS_IOC_SHUTDOWN, struct.pack("I", WITHOUT_FLUSHING_THE_JOURNAL))
        finally:
            os.close(descriptor)

    def again(self):
        run("umount", self.mounted)
        run("mount", "-o", "loop", self.image, self.mounted)


def run(*command):
    subprocess.run(command, check=True, capture_output=True)
