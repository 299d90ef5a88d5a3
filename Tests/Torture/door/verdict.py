"""The checker of the kill loop: judges a log of what clients asked and were answered, trusting nothing else.

A line is an event, its words separated by tabs; the order of lines is the order in which clients saw things. An answer
is written when it has been received, a request before it is sent, so an answer counts as given before a request only
where its line comes first. OP is CLIENT.NUMBER; a client is answered in the order in which it asked; only ADDJOB is
sent before the last answer has come.

    add     OP KEY QUEUE RETRY DELAY_MS UNIQUE TIME_MS     added  OP ID
    ask     OP COUNT (GETJOB)                              got    OP ID KEY NACKS ADDITIONAL TIME_MS, answered OP JOBS
    ack     OP ID,ID...                                    acked  OP N
    nack    OP ID                                          nacked OP N
    kill                                                   what is unanswered may have happened or not
    alive   QUEUE ID,ID...    (all jobs, after a start, nobody working)
    shown   ID KEY QUEUE NACKS ADDITIONAL                  stat   QUEUE WAITING ACKED JOBS_OUT
    checked                                                drained
"""

from collections import deque
from dataclasses import dataclass, field


@dataclass(slots=True)
class Add:
    key: str
    queue: str
    retry: int
    not_before: int
    is_unique: bool
    id: str = ""


@dataclass(slots=True)
class Job:
    add: Add
    deliveries: int = 0
    nacks_sent: int = 0
    # Lines at which a NACK that counted was answered, and at which the acknowledgement was.
    nacks_answered: list = field(default_factory=list)
    acked_at: int = 0
    acked_kill: int = 0
    maybe_acked: bool = False
    seen_at: int = 0
    seen: tuple = (0, 0)
    requeues_most: int = 0
    kills_at_add: int = 0


class Verdict:
    # Clocks of client and server are the same one; what is left is the time between asking and executing.
    EARLY_MS = 30

    def __init__(self):
        self.line = 0
        self.problems = []
        self.kills = 0
        # By client, in order: (line, OP, kind, what).
        self.open = {}
        self.numbers = {}
        self.jobs_of_answer = {}
        self.adds, self.jobs, self.living = {}, {}, {}
        self.unanswered_adds = set()
        self.gone, self.fetched, self.fetched_most, self.fetched_before = {}, {}, {}, {}
        self.lost_fetches = 0
        self.alive, self.shown, self.stats = {}, {}, {}
        self.counts = dict.fromkeys(["added", "delivered", "acknowledged", "nacked", "unanswered", "spent unseen"], 0)

    def feed(self, *words):
        self.line += 1
        handler = getattr(self, "on_" + words[0], None)
        if handler is None:
            return self.problem(f"no event {words[0]}")
        try:
            handler(*words[1:])
        except (TypeError, ValueError) as error:
            self.problem(f"not as an event is written: {words}: {error}")

    def problem(self, text):
        self.problems.append(f"line {self.line}: {text}")

    def begin(self, op, kind, what):
        client, number = op.split(".")
        waiting = self.open.setdefault(client, deque())
        if int(number) != self.numbers.get(client, 0) + 1:
            self.problem(f"{op} follows {client}.{self.numbers.get(client, 0)}")
        self.numbers[client] = int(number)
        if waiting and (kind != "add" or waiting[-1][2] != "add"):
            self.problem(f"{op} begins while {waiting[-1][1]} is open")
        waiting.append((self.line, op, kind, what))

    def asked(self, op, kind):
        """What the client's next answer belongs to: (line, what)."""
        waiting = self.open.get(op.split(".")[0])
        if not waiting or waiting[0][1:3] != (op, kind):
            self.problem(f"{op} is no open {kind}, the first one is {waiting[0] if waiting else None}")
            return None
        return waiting[0][0], waiting[0][3]

    def answer(self, op, kind):
        found = self.asked(op, kind)
        if found is not None:
            self.open[op.split(".")[0]].popleft()
        return found

    @property
    def is_working(self):
        return any(self.open.values())

    # Adding

    def on_add(self, op, key, queue, retry, delay, unique, time):
        self.begin(op, "add", key)
        known = self.adds.get(key)
        if known is None:
            self.adds[key] = Add(key, queue, int(retry), int(time) + int(delay), unique == "1")
        elif not known.is_unique:
            self.problem(f"{key} was sent twice")

    def on_added(self, op, job_id):
        found = self.answer(op, "add")
        if found is not None:
            self.counts["added"] += 1
            self.link(found[1], job_id)

    def link(self, key, job_id):
        """Brings a job and what was sent together; they belong together for ever."""
        add, job = self.adds.get(key), self.jobs.get(job_id)
        if add is None:
            self.problem(f"job {job_id} holds {key}, which nobody added")
            return None
        if add.id and add.id != job_id:
            self.problem(f"{key} is in two jobs: {add.id} and {job_id}")
            return None
        if job is not None and job.add is not add:
            self.problem(f"job {job_id} holds {key} and {job.add.key}")
            return None
        if job is None:
            add.id = job_id
            job = self.jobs[job_id] = self.living[job_id] = Job(add, kills_at_add=self.kills)
        return job

    # Delivering

    def on_ask(self, op, count):
        self.begin(op, "ask", int(count))

    def on_got(self, op, job_id, key, nacks, additional, time):
        asked, job = self.asked(op, "ask"), self.link(key, job_id)
        if asked is None or job is None:
            return
        self.jobs_of_answer[op] = self.jobs_of_answer.get(op, 0) + 1
        self.counts["delivered"] += 1
        self.fetched[job.add.queue] = self.fetched.get(job.add.queue, 0) + 1
        job.deliveries += 1
        if job.acked_at and (job.acked_at < asked[0] or job.acked_kill < self.kills):
            self.problem(f"{job_id} came again after its acknowledgement was answered in line {job.acked_at}")
        if job.add.retry == 0 and job.deliveries > 1:
            self.problem(f"{job_id}, at most once, came {job.deliveries} times")
        if int(time) + self.EARLY_MS < job.add.not_before:
            self.problem(f"{job_id} came {job.add.not_before - int(time)} ms before its time")
        self.counters(job_id, job, asked[0], int(nacks), int(additional))

    def on_answered(self, op, count):
        found, written = self.answer(op, "ask"), self.jobs_of_answer.pop(op, 0)
        if found is not None and not int(count) == written <= found[1]:
            self.problem(f"{op} was answered with {count} jobs of {found[1]}, {written} are written")

    def counters(self, job_id, job, asked_at, nacks, additional):
        least = sum(1 for line in job.nacks_answered if line < asked_at)
        if not least <= nacks <= job.nacks_sent:
            self.problem(f"{job_id} has {nacks} nacks, {least} to {job.nacks_sent} were given")
        if job.seen_at and job.seen_at < asked_at and (nacks < job.seen[0] or additional < job.seen[1]):
            self.problem(f"{job_id} has counters {(nacks, additional)}, it had {job.seen}")
        job.seen_at, job.seen = self.line, (nacks, additional)
        job.requeues_most = max(job.requeues_most, nacks + additional)
        if job.deliveries > 1 + job.requeues_most:
            self.problem(f"{job_id} was delivered {job.deliveries} times and came back {job.requeues_most} times")
        # A delivery may have been lost on its way with each kill.
        if nacks + additional > job.deliveries + self.kills - job.kills_at_add + 1:
            self.problem(f"{job_id} came back {nacks + additional} times after {job.deliveries} deliveries")

    # Ending

    def on_ack(self, op, ids):
        self.begin(op, "ack", ids.split(","))

    def on_acked(self, op, count):
        found = self.answer(op, "ack")
        if found is None:
            return
        for job_id in found[1]:
            job = self.jobs.get(job_id)
            if job is None:
                self.problem(f"{job_id} was acknowledged, it was never seen")
                continue
            self.living.pop(job_id, None)
            job.acked_at, job.acked_kill = job.acked_at or self.line, self.kills
        if int(count) > len(found[1]):
            self.problem(f"{count} of {len(found[1])} were acknowledged")
        self.end(self.jobs.get(found[1][0]), int(count))

    def end(self, job, count):
        if job is not None:
            self.gone[job.add.queue] = self.gone.get(job.add.queue, 0) + count
            self.counts["acknowledged"] += count

    def on_nack(self, op, job_id):
        self.begin(op, "nack", job_id)
        if job_id in self.jobs:
            self.jobs[job_id].nacks_sent += 1

    def on_nacked(self, op, count):
        found = self.answer(op, "nack")
        if found is None or found[1] not in self.jobs:
            return
        if int(count) == 1:
            self.jobs[found[1]].nacks_answered.append(self.line)
            self.counts["nacked"] += 1
        else:
            self.jobs[found[1]].nacks_sent -= 1

    # Kills and what is there after them

    def on_kill(self):
        self.kills += 1
        for _, _, kind, what in (request for waiting in self.open.values() for request in waiting):
            self.counts["unanswered"] += 1
            if kind == "add":
                self.unanswered_adds.add(what)
            if kind == "ask":
                self.lost_fetches += what
            if kind == "ack":
                for job_id in what:
                    if job_id in self.living:
                        self.living[job_id].maybe_acked = True
        self.open.clear()
        self.jobs_of_answer.clear()

    def on_alive(self, queue, ids):
        self.alive[queue] = set(ids.split(",")) if ids else set()

    def on_shown(self, job_id, key, queue, nacks, additional):
        self.shown[job_id] = (key, queue, int(nacks), int(additional))

    def on_stat(self, queue, waiting, acked, out):
        self.stats[queue] = (int(waiting), int(acked), int(out))

    def on_checked(self):
        if self.is_working:
            self.problem("checked while somebody worked")
        self.judge_strangers()
        self.judge_living()
        self.judge_shown()
        for queue, stat in self.stats.items():
            self.judge_sums(queue, *stat)
        self.unanswered_adds.clear()
        self.alive, self.shown, self.stats = {}, {}, {}

    def judge_strangers(self):
        """Jobs that no client has heard of: each is an ADDJOB without an answer."""
        for queue, ids in self.alive.items():
            for job_id in ids:
                job = self.jobs.get(job_id)
                if job is None and job_id in self.shown:
                    key = self.shown[job_id][0]
                    if key not in self.unanswered_adds:
                        self.problem(f"{job_id} is there with {key}, whose ADDJOB is not open")
                    job = self.link(key, job_id)
                if job is None:
                    self.problem(f"{job_id} is there, nobody added it")
                elif job.acked_at:
                    self.problem(f"{job_id} is there again, acknowledged in line {job.acked_at}")
                elif job.add.queue != queue:
                    self.problem(f"{job_id} is in {queue}, not in {job.add.queue}")

    def judge_living(self):
        everything = set().union(*self.alive.values()) if self.alive else set()
        for job_id in [job_id for job_id in self.living if job_id not in everything]:
            job = self.living.pop(job_id)
            if job.maybe_acked:
                job.acked_at, job.acked_kill = self.line, self.kills
                self.end(job, 1)
            else:
                self.problem(f"{job_id} ({job.add.key}) is lost: it was added, nobody acknowledged it")
        for job in self.living.values():
            job.maybe_acked = False

    def judge_shown(self):
        for job_id, (key, queue, nacks, additional) in self.shown.items():
            job = self.link(key, job_id)
            if job is not None:
                if queue != job.add.queue:
                    self.problem(f"{job_id} is shown in {queue}, not in {job.add.queue}")
                self.counters(job_id, job, self.line, nacks, additional)

    def judge_sums(self, queue, waiting, acked, out):
        if waiting != len(self.alive.get(queue, ())):
            self.problem(f"{queue} counts {waiting} jobs, {len(self.alive.get(queue, ()))} are there")
        if acked != self.gone.get(queue, 0):
            self.problem(f"{queue} counts {acked} acknowledged, it was {self.gone.get(queue, 0)}")
        seen = self.fetched.get(queue, 0)
        if not max(seen, self.fetched_before.get(queue, 0)) <= out <= seen + self.lost_fetches:
            self.problem(f"{queue} counts {out} jobs out, {seen} came and at most {self.lost_fetches} did not arrive")
        self.fetched_before[queue] = out

    def on_drained(self):
        """The end: every job was delivered, or its only delivery was on its way when the server was killed."""
        for job_id, job in self.living.items():
            self.problem(f"{job_id} ({job.add.key}) is still there")
        if self.is_working:
            self.problem("drained while somebody worked")
        unseen = 0
        for job_id, job in self.jobs.items():
            if job.deliveries == 0:
                if job.add.retry == 0:
                    unseen += 1
                else:
                    self.problem(f"{job_id} ({job.add.key}) ended without ever being delivered")
        self.counts["spent unseen"] = unseen
        if unseen > self.lost_fetches:
            self.problem(f"{unseen} jobs were never seen, only {self.lost_fetches} can have been under way at a kill")

    def __str__(self):
        return f"{self.kills} kills, " + ", ".join(f"{count:,} {name}" for name, count in self.counts.items())
