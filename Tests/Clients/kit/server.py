"""A running `waybill serve` with the queue's door, in a temporary folder, on a free port of loopback."""

import os
import signal
import subprocess
import tempfile

from .environment import PACKAGE


class Server:
    """WAYBILL_BINARY names the program, else the debug build."""

    def __init__(self, *flags):
        self.flags = flags

    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="waybill-clients-")
        os.mkdir(self.path("routes"))
        with open(self.path("log"), "wb") as log:
            self.process = subprocess.Popen(
                [os.environ.get("WAYBILL_BINARY") or os.path.join(PACKAGE, ".build", "debug", "waybill"), "serve",
                 "--routes", self.path("routes"), "--data", self.path("data"), "--admin", "127.0.0.1:0", "--disque",
                 "127.0.0.1:0", "--disque-socket", self.path("socket"), *self.flags],
                stdout=subprocess.PIPE, stderr=log, text=True)
        ready = self.process.stdout.readline()
        if not ready.startswith("ready "):
            self.process.wait(30)
            raise RuntimeError(f"the server does not start: {self.last_words()}")
        self.address = dict(word.split("=", 1) for word in ready.split()[1:])["disque"]
        self.port = int(self.address.rsplit(":", 1)[1])
        return self

    def path(self, name):
        return os.path.join(self.folder.name, name)

    def last_words(self):
        with open(self.path("log"), encoding="utf-8", errors="replace") as log:
            return log.read()[-2000:]

    def wait(self):
        """Until it ends by itself."""
        return self.process.wait(30)

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            code = self.process.wait(40)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise RuntimeError("the server does not end on TERM") from None
        finally:
            self.process.stdout.close()
        words = self.last_words()
        self.folder.cleanup()
        if code != 0:
            raise RuntimeError(f"the server ended with {code}: {words}")
