#!/usr/bin/env python3
"""Malformed frames and half-open connections against the queue's door, while one good client goes on working.

    python3 Tests/Torture/hostile_frames.py [HOST:PORT --pid PID] [--frames 1000000] [--half-open 10000] [--seed N]

Without an address it starts a server of its own (WAYBILL_BINARY, else the debug build; the release build is what the
limit is meant for). Another server must allow more connections than are held half-open. Prints what was sent and answered, the good client's round
trips before and meanwhile, and, given the server's pid, its memory. Ends with 1 if the good client failed or its p99 was
above --p99-ms, if the server is gone, or if a connection was left hanging.
"""

import argparse
import bisect
import ctypes
import multiprocessing
import os
import random
import resource
import select
import socket
import struct
import sys
import tempfile
import time

from door.frames import Frames
from door.server import Server
from door.wire import Connection, Gone, Refusal

# Of connections to be opened to: more than the ephemeral ports of one address allow.
SOURCES = [f"127.0.{third}.{fourth}" for third in range(1, 5) for fourth in range(1, 51)]
IP_BIND_ADDRESS_NO_PORT = 24


def allow_open_files():
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard


def end_with_parent():
    """A worker must not outlive the run, however that ends."""
    ctypes.CDLL(None).prctl(1, 15)


def connecting(target, source):
    """A socket on its way to the server."""
    made = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    made.setblocking(False)
    if target[0].startswith("127."):
        made.setsockopt(socket.IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1)
        made.bind((source, 0))
    made.connect_ex(target)
    return made


class Attempt:
    """One hostile connection: what it still has to send, and what came back."""

    def __init__(self, target, source, frames, abrupt, piece):
        self.socket = connecting(target, source)
        self.ends = []
        total = 0
        for frame in frames:
            total += len(frame)
            self.ends.append(total)
        self.payload = memoryview(b"".join(frames))
        self.sent = 0
        self.abrupt = abrupt
        self.piece = piece
        self.errors = 0
        self.replies = 0
        self.last_byte = b"\n"
        self.started = time.monotonic()

    def step(self, events):
        """True: it is over."""
        try:
            if self.sent < len(self.payload) and events & (select.EPOLLOUT | select.EPOLLERR):
                self.sent += self.socket.send(self.payload[self.sent:self.sent + self.piece])
                if self.sent == len(self.payload):
                    if self.abrupt:
                        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                        return True
                    self.socket.shutdown(socket.SHUT_WR)
            if events & (select.EPOLLIN | select.EPOLLHUP):
                return not self.read()
        except BlockingIOError:
            return False
        except OSError:
            return True
        return False

    def read(self):
        received = self.socket.recv(1 << 16)
        if received:
            # Bodies could hold such a line, too: an estimate.
            text = self.last_byte + received
            self.errors += text.count(b"\n-")
            self.replies += received.count(b"\r\n")
            self.last_byte = received[-1:]
        return bool(received)

    @property
    def interest(self):
        return select.EPOLLIN | (select.EPOLLOUT if self.sent < len(self.payload) else 0)

    @property
    def frames_sent(self):
        return bisect.bisect_right(self.ends, self.sent)


class Assault:
    """Many such connections at a time, until all frames are sent."""

    WIDTH = 40
    PATIENCE_SECONDS = 20
    # Then the server is gone, or full: there is nobody to send the rest to.
    REFUSED_MOST = 2_000

    def __init__(self, target, seed, frames):
        self.target = target
        self.random = random.Random(seed)
        self.frames = Frames(seed + 1)
        self.left = frames
        self.open = {}
        self.poll = select.epoll()
        self.sums = dict(frames=0, connections=0, errors=0, lines=0, hanging=0, refused=0)

    def run(self):
        swept = time.monotonic()
        while self.left > 0 or self.open:
            while self.left > 0 and len(self.open) < self.WIDTH:
                self.begin()
            for descriptor, events in self.poll.poll(1):
                self.go_on(self.open[descriptor], events)
            if time.monotonic() > swept + 1:
                swept = time.monotonic()
                for attempt in [one for one in self.open.values() if one.started < swept - self.PATIENCE_SECONDS]:
                    self.sums["hanging"] += 1
                    self.end(attempt)
        return self.sums

    def begin(self):
        # Short ones of a frame or two, and long ones that go on after each mistake.
        draw = self.random.random()
        count = 0 if draw < 0.5 else self.random.randrange(1, 20) if draw < 0.8 else self.random.randrange(100, 600)
        frames = [self.frames.answered() for _ in range(min(count, self.left - 1))] + [self.frames.last()]
        piece = self.random.randrange(1, 30) if count < 20 and self.random.random() < 0.1 else 1 << 16
        attempt = Attempt(
            self.target, self.random.choice(SOURCES), frames, self.random.random() < 0.2, piece)
        self.left -= len(frames)
        self.open[attempt.socket.fileno()] = attempt
        self.poll.register(attempt.socket, attempt.interest)

    def go_on(self, attempt, events):
        before = attempt.interest
        if attempt.step(events):
            self.end(attempt)
        elif attempt.interest != before:
            self.poll.modify(attempt.socket, attempt.interest)

    def end(self, attempt):
        del self.open[attempt.socket.fileno()]
        self.poll.unregister(attempt.socket)
        attempt.socket.close()
        self.sums["frames"] += attempt.frames_sent
        self.left += len(attempt.ends) - attempt.frames_sent
        self.sums["connections"] += 1
        self.sums["errors"] += attempt.errors
        self.sums["lines"] += attempt.replies
        self.sums["refused"] += attempt.sent == 0
        if self.sums["refused"] > self.REFUSED_MOST:
            self.left = 0


def attack(target, seed, frames, results):
    end_with_parent()
    os.nice(10)  # The good client is not to be measured waiting for this one's CPU.
    allow_open_files()
    results.put(Assault(target, seed, frames).run())


def hold(target, seed, count, ready, release, results):
    """Connects, sends a part, and holds."""
    end_with_parent()
    os.nice(10)
    allow_open_files()
    frames = Frames(seed)
    held = []
    for number in range(count):
        try:
            made = connecting(target, SOURCES[number % len(SOURCES)])
            select.select([], [made], [], 10) if made.fileno() < 1_000 else wait_writable(made)
            made.send(frames.half())
            held.append(made)
        except OSError:
            pass
    ready.set()
    release.wait()
    results.put((len(held), sum(not is_open(one) for one in held)))


def wait_writable(made):
    poll = select.poll()
    poll.register(made, select.POLLOUT)
    poll.poll(10_000)


def is_open(made):
    try:
        return made.recv(4_096) != b""
    except BlockingIOError:
        return True
    except OSError:
        return False


def work(address, password, stop, counting, results):
    """The good client: round trips of PING and ADDJOB, a millisecond apart."""
    end_with_parent()
    taken = {False: {"PING": [], "ADDJOB": []}, True: {"PING": [], "ADDJOB": []}}
    failure = None
    try:
        connection = Connection(address)
        if password:
            expect(connection.call("AUTH", password))
        while not stop.is_set():
            timed(connection, taken[counting.is_set()]["PING"], "PING")
            timed(connection, taken[counting.is_set()]["ADDJOB"], "ADDJOB", "good", "x" * 512, 0, "TTL", 60)
            jobs = expect(connection.call("GETJOB", "NOHANG", "FROM", "good"))
            expect(connection.call("ACKJOB", *(job[1] for job in jobs or [])))
            time.sleep(0.001)
        connection.close()
    except (Gone, OSError, AssertionError) as error:
        failure = f"{type(error).__name__}: {error}"
    results.put((taken, failure))


def expect(answer):
    assert not isinstance(answer, Refusal), answer
    return answer


def timed(connection, taken, *words):
    start = time.perf_counter()
    expect(connection.call(*words))
    taken.append((time.perf_counter() - start) * 1_000)


def percentile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else float("inf")


def report(title, taken):
    for name, values in taken.items():
        print(
            f"{title:>10} {name:<7} {len(values):>7} round trips, p50 {percentile(values, 0.5):.2f} ms, "
            f"p99 {percentile(values, 0.99):.2f} ms, longest {max(values, default=0):.1f} ms")


def memory_mb(pid):
    """Resident, now and at most."""
    if not pid:
        return None
    try:
        fields = dict(line.split(":", 1) for line in open(f"/proc/{pid}/status"))
        return tuple(int(fields[name].split()[0]) // 1024 for name in ("VmRSS", "VmHWM"))
    except (OSError, KeyError):
        return (0, 0)


class Run:
    def __init__(self, options):
        self.options = options
        host, _, port = options.address.rpartition(":")
        self.target = (host, int(port))
        self.context = multiprocessing.get_context("fork")
        self.stop, self.counting, self.release = (self.context.Event() for _ in range(3))
        self.work_results, self.hold_results, self.attack_results = (self.context.Queue() for _ in range(3))

    def start(self, function, *arguments):
        process = self.context.Process(target=function, args=arguments)
        process.start()
        return process

    def run(self):
        options = self.options
        before = memory_mb(options.pid)
        self.start(work, options.address, options.password, self.stop, self.counting, self.work_results)
        time.sleep(2)
        self.counting.set()
        started = time.monotonic()
        self.hold_all()
        held = memory_mb(options.pid)
        sums = self.attack_all()
        seconds = time.monotonic() - started
        self.stop.set()
        taken, failure = self.work_results.get()
        self.release.set()
        holders = [self.hold_results.get() for _ in range(options.processes)]
        self.say(sums, seconds, holders)
        self.say_memory(before, held)
        report("before", taken[False])
        report("meanwhile", taken[True])
        return self.verdict(sums, taken, failure)

    def hold_all(self):
        options = self.options
        ready = [self.context.Event() for _ in range(options.processes)]
        for number, event in enumerate(ready):
            count = share(options.half_open, options.processes, number)
            self.start(hold, self.target, options.seed + number, count, event, self.release, self.hold_results)
        for event in ready:
            event.wait()

    def attack_all(self):
        options = self.options
        for number in range(options.processes):
            frames = share(options.frames, options.processes, number)
            self.start(attack, self.target, options.seed + 100 * (number + 1), frames, self.attack_results)
        every = [self.attack_results.get() for _ in range(options.processes)]
        return {name: sum(one[name] for one in every) for name in every[0]}

    def say(self, sums, seconds, holders):
        print(
            f"{sums['frames']} frames on {sums['connections']} connections in {seconds:.0f} s: {sums['errors']} errors in "
            f"{sums['lines']} lines of replies; {sums['hanging']} left hanging, {sums['refused']} never got through")
        print(
            f"{sum(held for held, _ in holders)} connections half-open, of which the server closed "
            f"{sum(closed for _, closed in holders)}; seed {self.options.seed}")

    def say_memory(self, before, held):
        if before:
            after = memory_mb(self.options.pid)
            print(
                f"server's memory: {before[0]} MB before, {held[0]} MB with all half-open, {after[0]} MB after, "
                f"{after[1]} MB at most")

    def verdict(self, sums, taken, failure):
        wrong = []
        if failure:
            wrong.append(f"the good client failed: {failure}")
        before, worst = (max(percentile(values, 0.99) for values in taken[part].values()) for part in (False, True))
        if worst > self.options.p99_ms:
            wrong.append(f"p99 {worst:.1f} ms is above {self.options.p99_ms} ms (before all this: {before:.1f} ms)")
        if sums["hanging"]:
            wrong.append(f"{sums['hanging']} connections were neither answered to the end nor closed")
        if not self.is_alive():
            wrong.append("the server no longer answers")
        for line in wrong:
            print(f"WRONG: {line}")
        print("ok" if not wrong else "failed")
        return 1 if wrong else 0

    def is_alive(self):
        try:
            connection = Connection(self.options.address)
            if self.options.password:
                expect(connection.call("AUTH", self.options.password))
            return connection.call("PING") == b"PONG"
        except (Gone, OSError, AssertionError):
            return False


def share(total, parts, number):
    return total // parts + (1 if number < total % parts else 0)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("address", metavar="HOST:PORT", nargs="?")
    parser.add_argument("--frames", type=int, default=1_000_000)
    parser.add_argument("--half-open", type=int, default=10_000)
    parser.add_argument("--pid", type=int)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32))
    parser.add_argument("--password", help="of the good client; the others do not give one")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--p99-ms", type=float, default=20)
    options = parser.parse_args()
    limit = allow_open_files()
    if limit < options.half_open // options.processes + 200:
        sys.exit(f"only {limit} files may be open: raise the hard limit, or lower --half-open")
    sys.exit(Run(options).run() if options.address else run_with_own(options))


def run_with_own(options):
    # Room for the half-open, the attempts under way, and the good client.
    os.environ["WAYBILL_DISQUE_MAX_CLIENTS"] = str(options.half_open + 1_000)
    with tempfile.TemporaryDirectory() as folder:
        server = Server(folder)
        server.start()
        try:
            options.address, options.pid = server.address, server.process.pid
            code = Run(options).run()
        finally:
            ended = server.stop() if server.is_running else server.process.returncode
        if ended != 0:
            print(f"WRONG: the server ended with {ended}: {server.last_words()}")
        return code or int(ended != 0)


if __name__ == "__main__":
    main()
