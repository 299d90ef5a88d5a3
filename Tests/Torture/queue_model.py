#!/usr/bin/env python3
"""Random commands to the server and to a model of a hundred lines: every reply, and now and then everything, compared.

    python3 Tests/Torture/queue_model.py [--steps 6000] [--seed N] [--restarts 0.02] [--keep]

WAYBILL_BINARY names the program, else the debug build; WAYBILL_QUEUE_STEPS the steps. Between commands the server is
stopped or killed; of what was under way then, a part from the front may have happened. Ends with 1 and the step, the
command, expected and got.
"""

import argparse
import os
import random
import shutil
import sys
import tempfile
import time

from door.compare import differences, plain, same, text
from door.draw import Draw
from door.model import Model
from door.server import Server
from door.wire import Connection, Gone, Silent


# Steps with one server and one model.
GAME = 2000


class Different(Exception):
    pass


def now():
    return time.time() * 1000


def wire(words):
    return [word.encode("latin-1") if isinstance(word, str) else word for word in words]


class Run:
    CONNECTIONS = 4

    def __init__(self, folder, seed, restarts):
        self.random = random.Random(seed)
        self.restarts = restarts
        self.server, self.model = Server(folder), Model()
        self.draw = Draw(self.random)
        self.connections, self.step, self.unsure = [], 0, 0
        self.counts = {}
        self.recent = []

    def run(self, steps):
        self.start()
        for self.step in range(1, steps + 1):
            chance = self.random.random()
            if chance < self.restarts:
                self.break_off()
            elif chance < self.restarts + 0.01:
                self.wait_and_add()
            elif self.step % 60 == 0:
                self.compare_everything()
            else:
                self.one(self.draw.command(self.model, now()))
        self.compare_everything()
        self.server.stop()

    def start(self):
        self.server.start()
        self.connections = [Connection(self.server.address) for _ in range(self.CONNECTIONS)]

    def count(self, what):
        self.counts[what] = self.counts.get(what, 0) + 1

    def remember(self, *what):
        self.recent = self.recent[-30:] + [(self.step, *what)]

    # Time

    def settle(self, ahead=8, model=None):
        """Until nothing is happening by itself, nor about to."""
        model = model or self.model
        while events := model.events(now() + ahead):
            time.sleep(max(0.0, events[-1][0] - now()) / 1000 + 0.002)
            asked = now()
            self.connections[0].call("QLEN", "any")
            answered = now()
            done = [event for event in model.events(asked) if event[0] < asked]
            before = {job.id: job.queue for job in model.jobs.values()}
            for event in done:
                model.happen(event, answered)
            self.adopt_order(model, before)

    def adopt_order(self, model, before):
        """Which of two dead letters of one moment came first is the server's to say."""
        moved = {}
        for job in model.jobs.values():
            if before.get(job.id, job.queue) != job.queue:
                moved.setdefault(job.queue, []).append(job)
        for name, jobs in moved.items():
            if len(jobs) > 1:
                places = {text(peeked[1]): place for place, peeked in
                          enumerate(self.connections[0].call(*wire(["QPEEK", name, 10_000])))}
                orders = sorted(job.order for job in jobs)
                for job, order in zip(sorted(jobs, key=lambda job: places.get(job.id, 0)), orders):
                    job.order = order

    # One command

    def one(self, words):
        if words is None:
            return
        self.count(words[0])
        self.settle()
        connection = self.random.choice(self.connections)
        asked = now()
        reply = connection.call(*wire(words))
        self.judge(words, plain(words[0], reply), (asked, now()))

    def judge(self, words, reply, span):
        self.remember(words, reply)
        events = self.model.events(span[1])
        fitting, wanted = [], []
        for count in range(len(events) + 1):
            model = self.model.copy() if events else self.model
            for event in events[:count]:
                model.happen(event, span[1])
            expected = model.execute(span, words, reply if words[0] == "ADDJOB" else "")
            wanted.append(expected)
            if same(expected, reply):
                fitting.append(model)
        if not fitting:
            raise Different(f"expected {' or '.join(map(repr, wanted))}\n     got {reply!r}")
        self.model = fitting[0]
        if len(fitting) > 1:
            self.unsure += 1
            self.choose(fitting)

    # Everything

    def everything(self, model):
        """-> what the server has, and the span of time in which nothing happened by itself."""
        connection = self.connections[0]
        while True:
            self.settle(60, model)
            asked = now()
            _, names = connection.call("QSCAN", 0, "BUSYLOOP")
            _, jobs = connection.call("JSCAN", 0, "BUSYLOOP", "REPLY", "ALL")
            found = {"jobs": {}, "queues": {}, "orders": {}}
            for job in jobs:
                shown = plain("SHOW", job)
                found["jobs"][shown["id"]] = shown
            for name in names:
                found["queues"][text(name)] = plain("QSTAT", connection.call("QSTAT", name))
                peeked = connection.call("QPEEK", name, 10_000)
                found["orders"][text(name)] = [text(job[1]) for job in peeked]
            span = (asked, now())
            if not model.events(span[1]):
                return found, span

    def compare_everything(self):
        self.count("everything")
        self.choose([self.model])

    def choose(self, models):
        """The first model that everything agrees with."""
        first = None
        for model in models:
            found, span = self.everything(model)
            wrong = differences(model, found, span)
            if not wrong:
                self.model = model
                return
            first = first or wrong
        raise Different("\n".join(first[:20]))

    # Several at once

    def break_off(self):
        """Sends some commands on one connection and ends the server: what was answered has happened, and of the rest a
        part from the front may have."""
        how = self.random.choice(["kill", "kill", "term"])
        self.count(how)
        self.settle(50)
        commands = []
        for _ in range(self.random.randrange(6)):
            words = self.draw.command(self.model, now(), changes=True)
            if words is not None:
                commands.append(words)
        asked = now()
        connection = self.connections[1]
        connection.send(*map(wire, commands))
        time.sleep(self.random.choice([0, 0, 0.0005, 0.002, 0.02]))
        code = self.server.end(9 if how == "kill" else 15)
        replies = []
        try:
            for words in commands:
                replies.append(plain(words[0], connection.receive()))
        except Gone:
            pass
        span = (asked, now())
        self.remember(how, commands, replies)
        if how == "term" and code != 0:
            raise Different(f"a server that was asked to stop ended with {code}")
        for other in self.connections:
            other.close()
        self.start()
        self.choose(self.possible(commands, replies, span))

    def possible(self, commands, replies, span):
        """The models after so many of the commands as were answered, and after each one more."""
        model, models = self.model.copy(), []
        for place in range(len(commands) + 1):
            if place >= len(replies):
                models.append(model.copy())
            if place == len(commands):
                break
            words = commands[place]
            answered = place < len(replies)
            new_id = (replies[place] if answered else f"?{place}") if words[0] == "ADDJOB" else ""
            expected = model.execute(span, words, new_id)
            if answered and not same(expected, replies[place]):
                raise Different(f"{words}: expected {expected!r}\n     got {replies[place]!r}")
        return models

    def wait_and_add(self):
        """A client that waits gets the one job that comes; one that went away gets none."""
        self.count("wait")
        name = f"wait{self.random.randrange(3)}"
        leaves = self.random.random() < 0.4
        self.one(["QPURGE", name])
        self.one(["PAUSE", name, "none"])
        self.settle(400)
        waiting = Connection(self.server.address)
        waiting.send(wire(["GETJOB", "TIMEOUT", 60_000, "WITHCOUNTERS", "COUNT", 3, "FROM", name]))
        self.model.make(name)
        self.until_blocked(name, 1)
        if leaves:
            waiting.close()
            self.until_blocked(name, 0)
        asked = now()
        for _ in range(2):
            words = self.draw.add_plain(name)
            self.judge(words, plain("ADDJOB", self.connections[2].call(*wire(words))), (asked, now()))
        if not leaves:
            self.judge(["GETJOB", 1, name], plain("GETJOB", waiting.receive()), (asked, now()))
            waiting.close()

    def until_blocked(self, name, count):
        deadline = now() + 10_000
        while (plain("QSTAT", self.connections[2].call("QSTAT", name)) or {}).get("blocked") != count:
            if now() > deadline:
                raise Different(f"{name} does not count {count} waiting clients")
            time.sleep(0.001)


def play(steps, seed, restarts, keep):
    folder = tempfile.mkdtemp(prefix="waybill-model-")
    run, good = Run(folder, seed, restarts), False
    try:
        run.run(steps)
        good = True
    except (Different, Silent) as difference:
        for step, *what in run.recent[-12:]:
            print(f"  {step}: {' -> '.join(map(repr, what))}")
        print(f"WRONG in step {run.step} of seed {seed}:\n{difference}")
    finally:
        if run.server.is_running:
            run.server.kill()
        if good and not keep:
            shutil.rmtree(folder)
        else:
            print(f"seed {seed}, log and data are in {folder}")
    counts = ", ".join(f"{name} {count}" for name, count in sorted(run.counts.items()))
    print(f"seed {seed}: {run.step} steps, {run.unsure} times two answers were right: {counts}", flush=True)
    return good


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=int(os.environ.get("WAYBILL_QUEUE_STEPS", "6000")))
    parser.add_argument("--restarts", type=float, default=0.02)
    parser.add_argument("--seed", type=int, default=time.time_ns() % 1_000_000_007)
    parser.add_argument("--keep", action="store_true")
    arguments = parser.parse_args()
    # A queue that nobody uses for five minutes is forgotten, which the model knows nothing of: short games.
    for place, done in enumerate(range(0, arguments.steps, GAME)):
        steps = min(GAME, arguments.steps - done)
        if not play(steps, arguments.seed + place, arguments.restarts, arguments.keep):
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
