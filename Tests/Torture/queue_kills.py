#!/usr/bin/env python3
"""Kills the server under a load over the wire, again and again, and checks after each start what clients were promised.

    python3 Tests/Torture/queue_kills.py [--kills 60] [--cuts 20] [--seed N] [--keep]

WAYBILL_BINARY names the program, else the debug build; WAYBILL_QUEUE_KILLS and WAYBILL_QUEUE_CUTS say how many.
`--kills`: kill -9 at a random moment. `--cuts`: a power cut, of a file system of its own; skipped where mounting is not
permitted. Ends with 1 if anything that was acknowledged is lost, an acknowledged job comes again, a job of at most once
comes twice, or a counter is wrong.
"""

import argparse
import os
import random
import shutil
import statistics
import sys
import tempfile
import time

from door.check import drain, sweep, take_stock
from door.load import Consumer, Lobby, Log, Producer
from door.power import Disk, NotPermitted
from door.server import Server


class Torture:
    def __init__(self, folder, seed, disk=None):
        self.random = random.Random(seed)
        self.disk = disk
        self.server = Server(folder, disk.path("data") if disk else None)
        self.log = Log(os.path.join(folder, "events"))
        self.lobby = Lobby()
        kinds = [Producer, Producer, Producer, Consumer, Consumer, Consumer, Consumer]
        self.workers = [kind(number, self.random.random(), self.lobby, self.log)
                        for number, kind in enumerate(kinds, 1)]
        self.checks = []
        # Works while the others rest.
        self.sweeper = Consumer(0, 0, self.lobby, self.log)

    def run(self, kills):
        for worker in self.workers:
            worker.start()
        for number in range(kills):
            if self.random.random() < 0.05:
                self.kill_starting()
            self.start()
            self.lobby.open(self.server.address)
            time.sleep(self.random.uniform(0.02, 0.4))
            self.end()
            if self.log.verdict.problems or self.failed():
                return False
            if number % 50 == 49:
                print(f"  {number + 1}: {self.log.verdict}", flush=True)
        return self.finish()

    def start(self):
        self.server.start()
        began = time.monotonic()
        take_stock(self.server.address, self.log, self.random)
        self.checks.append(time.monotonic() - began)
        sweep(self.server.address, self.log, self.sweeper)

    def kill_starting(self):
        self.server.spawn()
        time.sleep(self.random.uniform(0, 0.05))
        self.server.kill()

    def end(self):
        if not self.server.is_running:
            raise RuntimeError(f"the server ended by itself: {self.server.last_words()}")
        if self.disk:
            self.disk.cut(self.server, self.log, self.random.random() < 0.5)
        self.server.kill()
        self.lobby.gather(len(self.workers))
        self.log.killed()
        if self.disk:
            self.disk.again()

    def finish(self):
        """Everything is fetched and acknowledged; what is then in the server is nothing."""
        self.lobby.close()
        self.start()
        drain(self.server.address, self.log, self.sweeper)
        take_stock(self.server.address, self.log, self.random)
        self.log.note("drained")
        self.server.stop()
        return not self.log.verdict.problems

    def failed(self):
        return [worker for worker in self.workers if worker.failure]

    def report(self, what):
        starts = sorted(self.server.start_seconds)
        print(f"{what}: {self.log.verdict}; start {statistics.median(starts) * 1e3:.0f} ms, slowest "
              f"{starts[-1] * 1e3:.0f} ms, check {statistics.median(self.checks) * 1e3:.0f} ms")


def torture(what, count, seed, keep, disk=None):
    folder = tempfile.mkdtemp(prefix="waybill-queue-")
    run = Torture(folder, seed, disk)
    good = False
    try:
        good = run.run(count)
        run.report(what)
    finally:
        if run.server.is_running:
            run.server.kill()
        run.log.file.close()
        for worker in run.failed():
            print(f"{worker.name}: {worker.failure}")
        for problem in run.log.verdict.problems[:20]:
            print(f"WRONG: {problem}")
        if good and not keep:
            shutil.rmtree(folder)
        else:
            print(f"seed {seed}, events and data are in {folder}")
    return good


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=int(os.environ.get("WAYBILL_QUEUE_KILLS", "60")))
    parser.add_argument("--cuts", type=int, default=int(os.environ.get("WAYBILL_QUEUE_CUTS", "20")))
    parser.add_argument("--seed", type=int, default=time.time_ns() % 1_000_000_007)
    parser.add_argument("--keep", action="store_true")
    arguments = parser.parse_args()
    print(f"seed {arguments.seed}", flush=True)
    good = True
    if arguments.kills:
        good = torture("kills", arguments.kills, arguments.seed, arguments.keep)
    if arguments.cuts and good:
        try:
            with Disk() as disk:
                good = torture("power cuts", arguments.cuts, arguments.seed, arguments.keep, disk)
        except NotPermitted as error:
            print(f"power cuts skipped: {error}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
