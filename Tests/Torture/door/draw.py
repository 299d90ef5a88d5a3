"""Draws commands that are likely to meet each other: few queues, few jobs, short times."""

NAMES = ["a", "b", "c.\r\n\0", "d"]
UNKNOWN = "D-01234567-" + "x" * 24 + "-ffff"
# Nothing is asked so near to a moment at which the answer changes.
NEAR_MS = 60


class Draw:
    def __init__(self, random):
        self.random = random
        self.bodies = 0
        self.past = []

    def command(self, model, time, changes=False):
        """None: nothing this time."""
        crowd = len(model.jobs)
        choices = [
            (30 if crowd < 60 else 3, self.add), (16, self.get), (8 if crowd < 40 else 30, self.acknowledge),
            (8, self.by_ids("NACK")), (6, self.nack_delayed), (5, self.by_ids("ENQUEUE")), (5, self.by_ids("DEQUEUE")),
            (3, self.by_ids("DELJOB")), (2, self.by_ids("FASTACK")), (4, self.pause), (1, self.purge), (4, self.move),
            (6, self.working)]
        if not changes:
            choices += [(6, self.show), (3, self.question("QLEN")), (3, self.question("QSTAT")), (4, self.peek),
                        (1, self.mistake)]
        weights = [weight for weight, _ in choices]
        return self.random.choices([choice for _, choice in choices], weights)[0](model, time)

    def name(self):
        return self.random.choice(NAMES)

    def add_plain(self, name):
        self.bodies += 1
        return ["ADDJOB", name, f"body {self.bodies}", 0, "RETRY", 300]

    def add(self, model, time):
        chance = self.random.random
        self.bodies += 1
        name = self.name()
        words = ["ADDJOB", name, f"{self.bodies}\r\n\0\xff" * self.random.choice([1, 1, 3, 200]), 0]
        if chance() < 0.8:
            words += ["RETRY", self.random.choice([0, 0, 1, 1, 2, 300, 300])]
        if chance() < 0.25:
            words += ["DELAY", self.random.choice([1, 2, 100])]
        if chance() < 0.15:
            words += ["TTL", self.random.choice([1, 3, 5, 1000])]
        if chance() < 0.1:
            words += ["MAXLEN", self.random.choice([1, 5, 20])]
        if chance() < 0.2:
            words += ["MAXDELIVERIES", self.random.choice([1, 1, 2, 3])]
            if chance() < 0.3:
                words += ["DEADLETTER", "dead letters"]
        if chance() < 0.15:
            key = f"key {self.random.randrange(8)}"
            first = model.keys.get((name, key))
            if first and (abs(first[1][1] - time) < NEAR_MS or first[0].startswith("?")):
                return None
            words += ["UNIQUE", key, "WITHIN", self.random.choice([500, 3_600_000])]
        return words

    def get(self, model, _):
        dead = [name for name in model.queues if name.endswith(".dead") or name == "dead letters"]
        names = [self.random.choice(dead) if dead and self.random.random() < 0.1 else self.name()
                 for _ in range(self.random.choice([1, 1, 1, 2, 4]))]
        return Get(self.random.choice([1, 1, 1, 2, 5]), names)

    def ids(self, model):
        """Mostly of jobs that live, of any state."""
        living = list(model.jobs)
        self.past = (self.past + self.random.sample(living, min(2, len(living))))[-200:]
        ids = self.random.sample(living, min(self.random.choice([1, 1, 1, 2, 4]), len(living)))
        if self.random.random() < 0.1 and self.past:
            ids.append(self.random.choice(self.past))
        if self.random.random() < 0.05:
            ids += [UNKNOWN] + ids[:1]
        return [job_id for job_id in ids if not job_id.startswith("?")]

    def by_ids(self, command):
        return lambda model, _: [command, *self.ids(model)]

    def acknowledge(self, model, _):
        """What was handed out, as clients do."""
        out = [job.id for job in model.jobs.values() if job.state in ("leased", "spent")]
        return ["ACKJOB", *(self.random.sample(out, min(3, len(out))) or self.ids(model))]

    def nack_delayed(self, model, _):
        ids = self.ids(model)
        return ["NACK", *ids, "DELAY", self.random.choice([100, 700, 1500, 60_000])] if ids else None

    def working(self, model, time):
        ids = self.ids(model)
        if not ids:
            return None
        job = model.jobs.get(ids[0])
        half = job and (job.created[0] + job.expires[0]) / 2
        return None if half and abs(half - time) < NEAR_MS else ["WORKING", ids[0]]

    def pause(self, _model, _):
        words = self.random.choice([["none"], ["none"], ["none"], ["in"], ["out"], ["all"], ["in", "none"],
                                    ["none", "out"]])
        return ["PAUSE", self.name(), *words]

    def purge(self, _model, _):
        return ["QPURGE", self.name()]

    def move(self, model, _):
        source, target = self.random.sample(NAMES + [name for name in model.queues if name.endswith(".dead")], 2)
        chance = self.random.random()
        if chance < 0.3:
            return ["QMOVE", source, target, "COUNT", self.random.choice([1, 2, 50])]
        if chance < 0.7:
            ids = [job.id for job in model.jobs.values() if job.queue == source and self.random.random() < 0.3]
            ids = [job_id for job_id in ids if not job_id.startswith("?")]
            return ["QMOVE", source, target, "IDS", *(ids[:5] or self.ids(model))]
        return ["QMOVE", source, target]

    def show(self, model, _):
        ids = self.ids(model) or [UNKNOWN]
        return ["SHOW", ids[-1]]

    def question(self, command):
        return lambda model, _: [command, self.random.choice(list(model.queues) + NAMES)]

    def peek(self, model, _):
        return ["QPEEK", self.random.choice(list(model.queues) + NAMES), self.random.choice([0, 1, 3, 100, -1, -3])]

    def mistake(self, model, _):
        good = self.ids(model)
        return Mistake("BADID", [self.random.choice(["ACKJOB", "NACK", "DEQUEUE"]), *good, "D-no-id"])


class Get(list):
    """GETJOB as the wire has it; the model is asked with COUNT and the names."""

    def __init__(self, count, names):
        super().__init__(["GETJOB", "NOHANG", "COUNT", count, "WITHCOUNTERS", "FROM", *names])
        self.model_words = ["GETJOB", count, *names]


class Mistake(list):
    """Refused, and nothing of it is done."""

    def __init__(self, token, words):
        super().__init__(words)
        self.token = token
