"""What the queue promises, as plainly as it can be said: lists, dictionaries, no disk, no sockets.

Times are intervals (earliest, latest) in milliseconds, since the server's clock is read somewhere between a request and
its reply. A reply is the plain value, or a Wrong with the error's token, or a dictionary of the fields that matter.
"""

import copy
from dataclasses import dataclass, field

NEVER = (float("inf"), float("inf"))


@dataclass(frozen=True)
class Wrong:
    token: str


def later(time, milliseconds):
    return (time[0] + milliseconds, time[1] + milliseconds)


@dataclass
class Job:
    id: str
    body: str
    queue: str
    order: int
    retry: int
    delay: int
    most: int
    dead: str
    created: tuple
    expires: tuple
    state: str = "queued"
    due: tuple = NEVER
    nacks: int = 0
    additional: int = 0
    deliveries: int = 0
    was_queued: bool = True
    is_limited: bool = False


@dataclass
class Queue:
    paused: frozenset = frozenset()
    jobs_in: int = 0
    jobs_out: int = 0
    ended: dict = field(default_factory=lambda: dict.fromkeys(
        ["acked", "deleted", "expired", "purged", "dead-lettered"], 0))


class Model:
    def __init__(self):
        self.jobs, self.queues, self.keys, self.orders = {}, {}, {}, 0

    def copy(self):
        other = Model()
        other.jobs = {job_id: copy.copy(job) for job_id, job in self.jobs.items()}
        other.queues = {name: Queue(queue.paused, queue.jobs_in, queue.jobs_out, dict(queue.ended))
                        for name, queue in self.queues.items()}
        other.keys, other.orders = dict(self.keys), self.orders
        return other

    # Jobs on their way

    def queued(self, name):
        return sorted((job for job in self.jobs.values() if job.queue == name and job.state == "queued"),
                      key=lambda job: job.order)

    def make(self, name):
        return self.queues.setdefault(name, Queue())

    def end(self, job, how):
        del self.jobs[job.id]
        self.queues[job.queue].ended[how] += 1

    def send(self, job, name):
        """To the end of another queue."""
        self.orders += 1
        job.queue, job.order = name, self.orders
        queue = self.make(name)
        queue.jobs_in += job.state == "queued"

    def requeue(self, job, by_nack=False):
        job.nacks += by_nack
        if job.is_limited and job.deliveries >= job.most:
            self.queues[job.queue].ended["dead-lettered"] += 1
            job.state, job.due, job.expires, job.is_limited = "queued", NEVER, NEVER, False
            job.was_queued = True
            return self.send(job, job.dead or job.queue + ".dead")
        job.additional += job.was_queued and not by_nack
        job.state, job.due, job.was_queued = "queued", NEVER, True
        self.queues[job.queue].jobs_in += 1

    # Time

    def events(self, until):
        """What happens by itself and may begin by then: (latest, earliest, job's id, what), the first first."""
        found = []
        for job in self.jobs.values():
            if job.expires[0] <= until:
                found.append((job.expires[1], job.expires[0], job.id, "expires"))
            if job.state in ("delayed", "leased") and job.due[0] <= until:
                found.append((job.due[1], job.due[0], job.id, "due"))
        return sorted(found)

    def happen(self, event, seen_by):
        """`seen_by`: when it had certainly happened."""
        _, earliest, job_id, what = event
        job = self.jobs.get(job_id)
        if job is None:
            return
        if what == "expires":
            return self.end(job, "expired")
        if "in" in self.queues[job.queue].paused and job.retry > 0:
            job.due = later((earliest, seen_by), 1000 * max(1, job.retry))
        else:
            self.requeue(job)

    # Commands

    def execute(self, time, words, new_id):
        """`new_id`: what an ADDJOB that is accepted replies with."""
        if hasattr(words, "token"):
            return Wrong(words.token)
        words = getattr(words, "model_words", words)
        return getattr(self, "do_" + words[0].lower())(time, new_id, *words[1:])

    def do_addjob(self, time, new_id, name, body, _timeout, *words):
        options = {"RETRY": 300, "DELAY": 0, "TTL": 0, "MAXLEN": 0, "UNIQUE": None, "WITHIN": 86_400_000,
                   "MAXDELIVERIES": 0, "DEADLETTER": ""}
        options.update(zip(words[::2], words[1::2]))
        if "TTL" in words and "RETRY" not in words:
            options["RETRY"] = max(1, min(300, options["TTL"] // 10))
        if 0 < options["TTL"] <= options["DELAY"]:
            return Wrong("ERR")
        key = (name, options["UNIQUE"])
        first = self.keys.get(key) if options["UNIQUE"] else None
        if first and first[1][1] > time[0]:
            return first[0]
        if options["MAXLEN"] and len(self.queued(name)) >= options["MAXLEN"]:
            return Wrong("MAXLEN")
        if name in self.queues and "in" in self.queues[name].paused:
            return Wrong("PAUSED")
        queue = self.make(name)
        self.orders += 1
        job = Job(new_id, body, name, self.orders, options["RETRY"], options["DELAY"], options["MAXDELIVERIES"],
                  options["DEADLETTER"], time, later(time, options["TTL"] * 1000) if options["TTL"] else NEVER)
        job.is_limited = job.most > 0
        if job.delay:
            job.state, job.due, job.was_queued = "delayed", later(time, job.delay * 1000), False
        else:
            queue.jobs_in += 1
        self.jobs[new_id] = job
        if options["UNIQUE"]:
            self.keys[key] = (new_id, later(time, options["WITHIN"]))
        return new_id

    def do_getjob(self, time, _, count, *names):
        for name in names:
            self.make(name)
        asked, found = list(names), []
        while asked and len(found) < count:
            for name in list(asked):
                waiting = [] if "out" in self.queues[name].paused else self.queued(name)
                if len(found) == count or not waiting:
                    asked = [other for other in asked if other != name] if not waiting else asked
                    continue
                found.append(self.hand_out(time, waiting[0]))
        return found or None

    def hand_out(self, time, job):
        job.state, job.due = ("spent", NEVER) if job.retry == 0 else ("leased", later(time, job.retry * 1000))
        job.deliveries += 1
        self.queues[job.queue].jobs_out += 1
        return (job.queue, job.id, job.body, job.nacks, job.additional)

    def each(self, ids, states, change):
        count = 0
        for job_id in ids:
            job = self.jobs.get(job_id)
            if job is not None and job.state in states:
                change(job)
                count += 1
        return count

    EVERY = ("queued", "delayed", "leased", "spent")

    def do_ackjob(self, _time, _, *ids):
        return self.each(ids, self.EVERY, lambda job: self.end(job, "acked"))

    do_fastack = do_ackjob

    def do_deljob(self, _time, _, *ids):
        return self.each(ids, self.EVERY, lambda job: self.end(job, "deleted"))

    def do_enqueue(self, _time, _, *ids):
        return self.each(ids, ("delayed", "leased"), self.requeue)

    def do_nack(self, time, _, *words):
        delay, ids = (words[-1], words[:-2]) if len(words) > 2 and words[-2] == "DELAY" else (0, words)

        def reject(job):
            if delay and not (job.is_limited and job.deliveries >= job.most):
                job.nacks += 1
                job.state, job.due, job.was_queued = "delayed", later(time, delay), False
            else:
                self.requeue(job, by_nack=True)
        return self.each(ids, ("delayed", "leased"), reject)

    def do_dequeue(self, time, _, *ids):
        def put_off(job):
            job.state, job.due = "delayed", later(time, job.retry * 1000) if job.retry else NEVER
        return self.each(ids, ("queued",), put_off)

    def do_working(self, time, _, job_id):
        job = self.jobs.get(job_id)
        if job is None:
            return Wrong("NOJOB")
        if time[0] - job.created[1] > (job.expires[0] - job.created[0]) / 2:
            return Wrong("TOOLATE")
        if job.retry:
            if job.state == "queued":
                job.state = "leased" if job.deliveries else "delayed"
            job.due = later(time, job.retry * 1000)
        return job.retry

    def do_pause(self, _time, _, name, *words):
        wanted = set()
        for word in words:
            wanted = set() if word == "none" else wanted | ({"in", "out"} if word == "all" else {word})
        if name in self.queues or wanted:
            self.make(name).paused = frozenset(wanted)
        return {0: "none", 1: "".join(wanted), 2: "all"}[len(wanted)]

    def do_qpurge(self, _time, _, name):
        gone = [job for job in self.jobs.values() if job.queue == name and job.state in ("queued", "delayed")]
        for job in gone:
            self.end(job, "purged")
        return len(gone)

    def do_qmove(self, _time, _, source, target, *words):
        if source not in self.queues:
            return 0
        if "in" in self.make(target).paused:
            return Wrong("PAUSED")
        if words and words[0] == "IDS":
            jobs = [self.jobs[job_id] for job_id in dict.fromkeys(words[1:]) if job_id in self.jobs]
            jobs = [job for job in jobs if job.queue == source and job.state in ("queued", "delayed")]
        else:
            jobs = self.queued(source)[:words[1] if words else 1000]
        for job in jobs:
            if job.most and not job.is_limited:
                job.is_limited, job.deliveries = True, 0
            self.send(job, target)
        return len(jobs)

    # Questions

    def do_qlen(self, _time, _, name):
        return len(self.queued(name))

    def do_qpeek(self, _time, _, name, count):
        jobs = self.queued(name)
        jobs = jobs[::-1][:-count] if count < 0 else jobs[:count]
        return [(job.queue, job.id, job.body) for job in jobs]

    def do_qstat(self, _time, _, name):
        queue = self.queues.get(name)
        if queue is None:
            return None
        states = [job.state for job in self.jobs.values() if job.queue == name]
        return {"name": name, "len": states.count("queued"), "jobs-in": queue.jobs_in, "jobs-out": queue.jobs_out,
                "pause": {0: "none", 1: "".join(queue.paused), 2: "all"}[len(queue.paused)],
                "queued": states.count("queued"), "delayed": states.count("delayed"),
                "in-flight": states.count("leased") + states.count("spent"), **queue.ended}

    def do_show(self, time, _, job_id):
        job = self.jobs.get(job_id)
        if job is None:
            return None
        return {"id": job.id, "queue": job.queue, "body": job.body, "delay": job.delay, "retry": job.retry,
                "state": "in-flight" if job.state in ("leased", "spent") else job.state,
                "nacks": job.nacks, "additional-deliveries": job.additional,
                "next-requeue-within": None if job.state == "queued" or job.due == NEVER else
                (max(0, job.due[0] - time[1]), max(0, job.due[1] - time[0])),
                "ttl": -1 if job.expires == NEVER else
                (max(0, job.expires[0] - time[1]) // 1000, max(0, job.expires[1] - time[0]) // 1000)}
