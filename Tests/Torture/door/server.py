"""The server under test: `waybill serve` with the queue's door, as a process that is started and killed many times."""

import os
import signal
import subprocess
import time


def binary():
    """WAYBILL_BINARY, else the debug build."""
    package = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
    return os.environ.get("WAYBILL_BINARY") or os.path.join(package, ".build", "debug", "waybill")


class Server:
    """Its data may lie in a folder of its own; log and routes are kept in `folder`."""

    def __init__(self, folder, data=None):
        self.data = data or os.path.join(folder, "data")
        self.routes = os.path.join(folder, "routes")
        self.log_path = os.path.join(folder, "server.log")
        os.makedirs(self.routes, exist_ok=True)
        self.process, self.address = None, None
        self.start_seconds = []

    def spawn(self):
        """Without waiting for it to be ready."""
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(
                [binary(), "serve", "--routes", self.routes, "--data", self.data, "--admin", "127.0.0.1:0",
                 "--disque", "127.0.0.1:0"],
                stdout=subprocess.PIPE, stderr=log, env={**os.environ, "SWIFT_BACKTRACE": "enable=no"})

    def start(self):
        began = time.monotonic()
        self.spawn()
        while True:
            line = self.process.stdout.readline().decode()
            if not line:
                raise RuntimeError(f"the server ended with {self.process.wait()}: {self.last_words()}")
            if line.startswith("ready "):
                break
        self.start_seconds.append(time.monotonic() - began)
        doors = dict(word.split("=", 1) for word in line.split()[1:])
        self.address = doors["disque"]

    def kill(self):
        self.end(signal.SIGKILL)

    def stop(self):
        """As a service is stopped; it must end by itself, with 0."""
        return self.end(signal.SIGTERM)

    def end(self, how):
        self.process.send_signal(how)
        self.process.send_signal(signal.SIGCONT)
        try:
            code = self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise RuntimeError("the server does not end within 30 s") from None
        self.process.stdout.close()
        return code

    def freeze(self):
        """It stands still where it is and says nothing any more."""
        self.process.send_signal(signal.SIGSTOP)
        os.waitid(os.P_PID, self.process.pid, os.WSTOPPED)

    @property
    def is_running(self):
        return self.process is not None and self.process.poll() is None

    def last_words(self):
        with open(self.log_path, "rb") as log:
            return log.read()[-2000:].decode(errors="replace")
