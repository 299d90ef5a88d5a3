"""The engine under measure: `waybill serve` as installed, with its defaults, seen from outside."""

import json
import os
import subprocess
import time
import urllib.request

from surroundings import stop

TICKS = os.sysconf("SC_CLK_TCK")


class Engine:
    def __init__(self, binary, folder, routes, environment, arguments=()):
        self.binary, self.data, self.routes = binary, os.path.join(folder, "data"), routes
        self.environment = {**os.environ, **environment}
        self.started_nanoseconds = time.monotonic_ns()
        self.started = self.started_nanoseconds / 1e9
        self.log = open(os.path.join(folder, "waybill.log"), "ab")
        self.process = subprocess.Popen(
            [binary, "serve", "--routes", routes, "--data", self.data, "--admin", "127.0.0.1:0",
             *arguments],
            env=self.environment, stdout=subprocess.PIPE, stderr=self.log, text=True)
        line = ""
        while not line.startswith("ready "):
            line = self.process.stdout.readline()
            if not line:
                raise RuntimeError(f"waybill serve ended, see {self.log.name}")
        self.ready_seconds = time.monotonic() - self.started
        self.doors = dict(word.split("=", 1) for word in line.split()[1:])
        self.admin = self.doors["admin"]

    def totals(self):
        with open(os.path.join(self.data, "admin.token"), encoding="utf-8") as file:
            token = file.read().strip()
        request = urllib.request.Request(f"http://{self.admin}/admin/status",
                                         headers={"Authorization": f"Bearer {token}"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)["totals"]

    def wait(self, condition, seconds=1800):
        """Polls the account twice a second; returns it and the time of that moment."""
        deadline = time.monotonic() + seconds
        while True:
            totals, now = self.totals(), time.monotonic()
            if condition(totals):
                return totals, now
            if self.process.poll() is not None or now > deadline:
                raise RuntimeError(f"the engine did not get there: {totals}")
            time.sleep(0.5)

    def cpu_seconds(self):
        """User and system time of the whole process."""
        with open(f"/proc/{self.process.pid}/stat", encoding="ascii") as file:
            fields = file.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def memory_megabytes(self):
        """(resident now, its peak)"""
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as file:
            values = dict(line.split(":", 1) for line in file)
        return tuple(int(values[name].split()[0]) / 1024 for name in ("VmRSS", "VmHWM"))

    def billed(self):
        """Records of the ledger by customer, summed over the reports of this month (and of the next at its edge)."""
        command = [self.binary, "bill", "report", "--month", time.strftime("%Y-%m"), "--json", "--data", self.data,
                   "--routes", self.routes]
        total = 0
        for customer in ("1001", "1002", "1003"):
            run = subprocess.run([*command, "--customer", customer], env=self.environment, check=True,
                                 capture_output=True, text=True)
            total += json.loads(run.stdout)["billed"]
        return total

    def stop(self):
        stop(self.process)
        self.process.stdout.close()
        self.log.close()
