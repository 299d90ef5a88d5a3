"""The queue's part of `make bench`: `BENCH=queue make bench`, for ours or for any server that speaks the protocol.

QUEUE_SERVER=HOST:PORT or a socket's path  QUEUE_PID=its process (CPU and memory; without it rates alone)
QUEUE_OPTIONS="--together" goes to every QueueBench (together: a consumer acknowledges and asks again in one write).
BACKLOG=10000000 puts the two loads beside and into ten million waiting jobs, too.  QUEUE_ROUNDS=3  QUEUE_SECONDS=10

The load is `QueueBench`: every message is added, fetched and acknowledged, its body compared, none may come twice. The
server runs with its defaults on this disk. CPU is user and system time of the server's process a message.
"""

import json
import os
import shutil
import statistics
import subprocess

from engine import Engine
from surroundings import free_port

# Of Disque with fsync on every write, on such a machine, each is 1.5 times: 17,000 to 22,000 and 99,000 to 119,000.
TARGETS = {
    "sync": "25,500 to 33,000 /s, 30 us", "pipelined": "148,500 to 178,500 /s, 6 us",
    "waiting": "100 MB with 1 M", "waiting 10 M": "150 MB with 10 M", "first": "500 ms",
}


class Door:
    def __init__(self, binary, root):
        self.program = os.environ.get("QUEUE_BENCH") or binary.removesuffix("waybill") + "QueueBench"
        self.binary, self.engine, self.rows = binary, None, []
        self.folder = os.path.join(root, "queue")
        self.address, self.pid = os.environ.get("QUEUE_SERVER"), os.environ.get("QUEUE_PID")
        self.is_ours = self.address is None
        if self.is_ours:
            shutil.rmtree(self.folder, ignore_errors=True)
            os.makedirs(os.path.join(self.folder, "routes"))
            self.address = f"127.0.0.1:{free_port()}"
            self.start()

    def start(self):
        self.engine = Engine(self.binary, self.folder, os.path.join(self.folder, "routes"), {},
                             ["--disque", self.address])
        self.pid = str(self.engine.process.pid)

    def load(self, mode, *options):
        command = [self.program, mode, self.address, "--json", *map(str, options),
                   *os.environ.get("QUEUE_OPTIONS", "").split()]
        if self.pid and mode != "first":
            command += ["--pid", self.pid]
        run = subprocess.run(command, capture_output=True, text=True, check=False)
        if run.returncode != 0:
            raise RuntimeError(f"{' '.join(command)}: {run.stderr.strip()}")
        return json.loads(run.stdout)

    def note(self, name, figures, target=""):
        self.rows.append((name, figures, target))
        print("  " + line(name, figures, target), flush=True)

    def memory(self, name, target):
        if self.engine:
            resident, peak = self.engine.memory_megabytes()
            self.note(name, {"server_resident_mb": resident, "server_peak_mb": peak}, target)


def number(figures, name, form):
    return format(figures[name], form) if name in figures else "-"


def line(name, figures, target):
    columns = [number(figures, "messages_per_second", ",.0f"), number(figures, "server_cpu_us", ".1f"),
               number(figures, "add_p50_us", ",.0f"), number(figures, "add_p99_us", ",.0f"),
               number(figures, "add_max_us", ",.0f"), number(figures, "server_resident_mb", ",.0f"),
               number(figures, "server_peak_mb", ",.0f"), number(figures, "first_job_ms", ",.0f")]
    return f"{name:30}" + "".join(f"{column:>10}" for column in columns) + f"  {target}"


HEAD = f"{'':30}" + "".join(f"{name:>10}" for name in [
    "msg/s", "CPU us", "add p50", "p99 us", "max us", "MB", "peak MB", "first ms"]) + "  to reach"


def median(runs):
    return {name: statistics.median(run[name] for run in runs) for name in runs[0]}


def both_loads(door, label, rounds, *options):
    """All loads in turns, so that a slow minute of the disk meets each. `pipelined` lets producers run as far ahead as they
    can, so that most messages wait behind hundreds of thousands; `in pace` holds them to what is acknowledged."""
    seconds = os.environ.get("QUEUE_SECONDS", "10")
    modes = {"sync": ["sync"], "pipelined": ["pipelined"], "pipelined, in pace": ["pipelined", "--standing"]}
    if "--standing" in options:
        del modes["pipelined, in pace"]
    runs = {mode: [] for mode in modes}
    for turn in range(rounds):
        for mode, found in runs.items():
            queue = [] if "--queue" in options else ["--queue", f"{mode.replace(', ', '-').replace(' ', '-')}-{turn}"]
            found.append(door.load(*modes[mode], "--seconds", seconds, *queue, *options))
            if rounds > 1:
                door.note(f"{mode}{label} {turn + 1}", found[-1])
    for mode, found in runs.items():
        door.note(f"{mode}{label}" + (", median" if rounds > 1 else ""), median(found), TARGETS[mode.split(",")[0]])
    return sum(run["of_other_runs"] for found in runs.values() for run in found)


def backlog(door, count):
    millions = f"{count / 1e6:g} M"
    memory = TARGETS["waiting 10 M" if count > 1_000_000 else "waiting"]
    waiting = ["--queue", "waiting"]
    door.note(f"fill {millions}", door.load("fill", *waiting, "--count", count), memory)
    taken = 0
    for end in ["term", "kill"] if door.is_ours else []:
        if end == "kill":
            door.engine.process.kill()
        door.engine.stop()
        door.start()
        since = ["--since", door.engine.started_nanoseconds]
        door.note(f"first job after {end}", door.load("first", *waiting, *since), TARGETS["first"])
        door.memory(f"{millions} waiting, after {end}", memory)
    if count >= 10_000_000:
        both_loads(door, f" beside {millions}", 1, "--run", 2)
        taken = both_loads(door, f" into {millions}", 1, "--run", 2, "--standing", *waiting)
    door.note(f"drain {millions}", door.load("drain", *waiting, "--count", int(count - taken)), memory)


def run(binary, root, count):
    door = Door(binary, root)
    print("  " + HEAD, flush=True)
    try:
        both_loads(door, "", int(os.environ.get("QUEUE_ROUNDS", "3")))
        backlog(door, count)
    finally:
        if door.engine:
            door.engine.stop()
    print("\n" + HEAD)
    for row in door.rows:
        print(line(*row))
