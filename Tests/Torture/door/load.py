"""Clients that add, fetch, acknowledge and reject until the server dies under them, and write down what they saw."""

import random
import threading
import time

from door.verdict import Verdict
from door.wire import Connection, Gone, Refusal


class Log:
    """Every event goes to a file, for whoever wants to see what happened, and to the verdict at once."""

    ANSWERS = {"added", "got", "answered", "acked", "nacked"}

    def __init__(self, path):
        self.lock = threading.Lock()
        self.file = open(path, "w", encoding="ascii", buffering=1 << 16)
        self.verdict = Verdict()
        # Shut: what arrives now does not count as an answer, for whom it reaches the connection has ended.
        self.is_shut = False

    def note(self, *words):
        words = [str(word) for word in words]
        with self.lock:
            if self.is_shut and words[0] in self.ANSWERS:
                raise Gone("the power is off")
            self.file.write("\t".join(words) + "\n")
            self.verdict.feed(*words)

    def shut(self):
        with self.lock:
            self.is_shut = True

    def killed(self):
        self.note("kill")
        self.is_shut = False


class Lobby:
    """Where workers wait while no server runs. A worker comes here when its connection has ended and it has read all
    that was in it."""

    def __init__(self):
        self.condition = threading.Condition()
        self.address, self.generation, self.inside, self.is_closing = None, 0, 0, False

    def wait(self, after):
        """-> (generation, address) of a server that runs, or None: go home."""
        with self.condition:
            self.inside += 1
            self.condition.notify_all()
            self.condition.wait_for(lambda: self.is_closing or (self.generation > after and self.address))
            self.inside -= 1
            return None if self.is_closing else (self.generation, self.address)

    def open(self, address):
        with self.condition:
            self.generation += 1
            self.address = address
            self.condition.notify_all()

    def gather(self, count, seconds=60):
        """Until all are inside."""
        with self.condition:
            self.address = None
            if not self.condition.wait_for(lambda: self.inside == count, seconds):
                raise RuntimeError(f"{count - self.inside} clients got no end of their connections")

    def close(self):
        with self.condition:
            self.is_closing = True
            self.condition.notify_all()


# Name, RETRY: the first two at least once with leases that lapse during the run, the last at most once.
QUEUES = [("orders", 1), ("letters", 2), ("alarms", 0)]


class Worker(threading.Thread):
    def __init__(self, name, seed, lobby, log):
        super().__init__(name=name, daemon=True)
        self.random = random.Random(seed)
        self.lobby, self.log, self.failure = lobby, log, None
        self.client, self.operations = name.replace(" ", "-"), 0

    def run(self):
        generation = 0
        try:
            while (found := self.lobby.wait(generation)) is not None:
                generation, address = found
                connection = None
                try:
                    connection = Connection(address)
                    while self.lobby.address == address:
                        self.work(connection)
                except Gone:
                    pass
                finally:
                    if connection is not None:
                        connection.close()
        except Exception as error:  # pylint: disable=broad-except
            self.failure = error
            with self.lobby.condition:
                self.lobby.inside += 1
                self.lobby.condition.notify_all()

    def operation(self):
        self.operations += 1
        return f"{self.client}.{self.operations}"

    def answer(self, connection):
        reply = connection.receive()
        if isinstance(reply, Refusal):
            if self.log.is_shut:
                raise Gone("the power is off")
            raise RuntimeError(f"{self.name} was refused: {reply.decode()}")
        return reply


def body_of(key):
    """Its key, then bytes that follow from it, with line ends and NUL among them. Every tenth is long, so that the
    server's log is soon long enough to be put in order while it is killed."""
    number = sum(place * letter for place, letter in enumerate(key.encode(), 1))
    length = 60_000 if number % 10 == 0 else 20 + number % 150
    return key.encode() + b"\r\n\0" + (key.encode() * (length // len(key) + 1))[:length]


def key_of(body):
    key = body.split(b"\r\n", 1)[0].decode("ascii", "replace")
    return key if body == body_of(key) else f"broken:{body[:60]!r}"


def milliseconds():
    return int(time.time() * 1000)


class Producer(Worker):
    def __init__(self, number, seed, lobby, log):
        super().__init__(f"producer {number}", seed, lobby, log)
        self.number, self.count = number, 0
        # Sent with UNIQUE and not answered: to be sent again, as a careful client does.
        self.again = []

    def work(self, connection):
        if len(self.log.verdict.living) > 3000:
            time.sleep(0.01)
            return
        batch = []
        for _ in range(self.random.choice([1, 1, 1, 4, 16])):
            batch.append(self.again.pop() if self.again else self.fresh())
        operations = []
        for key, queue, retry, delay, unique in batch:
            operations.append(self.operation())
            self.log.note("add", operations[-1], key, queue, retry, delay * 1000, int(unique), milliseconds())
        self.again += [job for job in batch if job[4]]
        connection.send(*[self.request(*job) for job in batch])
        for operation, job in zip(operations, batch):
            self.log.note("added", operation, self.answer(connection).decode())
            if job[4]:
                self.again.remove(job)

    def fresh(self):
        self.count += 1
        queue, retry = self.random.choice(QUEUES)
        delay = 1 if self.random.random() < 0.1 else 0
        return (f"{self.number}-{self.count}", queue, retry, delay, self.random.random() < 0.3)

    @staticmethod
    def request(key, queue, retry, delay, unique):
        words = ["ADDJOB", queue, body_of(key), 0, "RETRY", retry]
        words += ["DELAY", delay] if delay else []
        words += ["UNIQUE", key, "WITHIN", 3_600_000] if unique else []
        return words


class Consumer(Worker):
    """Acknowledges most, rejects some, forgets some."""

    def __init__(self, number, seed, lobby, log):
        super().__init__(f"consumer {number}", seed, lobby, log)

    def work(self, connection):
        count = self.random.choice([1, 1, 2, 8])
        queues = self.random.sample([name for name, _ in QUEUES], self.random.choice([1, 2, 3]))
        jobs = self.fetch(connection, count, queues)
        taken = {}
        for queue, job_id in jobs:
            what = self.random.random()
            if what < 0.8:
                taken.setdefault(queue, []).append(job_id)
            elif what < 0.93:
                self.reject(connection, job_id)
        for ids in taken.values():
            self.acknowledge(connection, ids)

    def fetch(self, connection, count, queues, *options):
        operation = self.operation()
        self.log.note("ask", operation, count)
        connection.send(["GETJOB", *(options or ["TIMEOUT", 50]), "COUNT", count, "WITHCOUNTERS", "FROM", *queues])
        jobs = self.answer(connection) or []
        for _, job_id, body, _, nacks, _, additional in jobs:
            self.log.note("got", operation, job_id.decode(), key_of(body), nacks, additional, milliseconds())
        self.log.note("answered", operation, len(jobs))
        return [(job[0], job[1].decode()) for job in jobs]

    def acknowledge(self, connection, ids):
        operation = self.operation()
        self.log.note("ack", operation, ",".join(ids))
        connection.send(["ACKJOB", *ids])
        self.log.note("acked", operation, self.answer(connection))

    def reject(self, connection, job_id):
        operation = self.operation()
        self.log.note("nack", operation, job_id)
        connection.send(["NACK", job_id])
        self.log.note("nacked", operation, self.answer(connection))
