"""What is in a server that nobody uses: noted for the verdict after each start, and emptied at the end."""

import time

from door.load import QUEUES, key_of
from door.wire import Connection, pairs


def take_stock(address, log, draw, sample=40):
    """Every job by JSCAN; the unknown, and some of the known, by SHOW; the sums by QSTAT."""
    connection = Connection(address)
    alive = {}
    for queue, _ in QUEUES:
        _, ids = connection.call("JSCAN", 0, "BUSYLOOP", "QUEUE", queue)
        alive[queue] = [job_id.decode() for job_id in ids]
        log.note("alive", queue, ",".join(alive[queue]))
    everything = [job_id for ids in alive.values() for job_id in ids]
    known = log.verdict.jobs
    wanted = [job_id for job_id in everything if job_id not in known]
    wanted += draw.sample(everything, min(sample, len(everything)))
    connection.send(*[("SHOW", job_id) for job_id in wanted])
    for job_id in wanted:
        shown = connection.receive()
        if shown is None:
            # Its time came between the two questions: only acknowledgements end these jobs, so it is lost.
            raise RuntimeError(f"{job_id} was there, and then not")
        job = pairs(shown)
        log.note("shown", job_id, key_of(job["body"]), job["queue"].decode(), job["nacks"],
                 job["additional-deliveries"])
    for queue, _ in QUEUES:
        answer = connection.call("QSTAT", queue)
        if answer is not None:
            stat = pairs(answer)
            waiting = stat["queued"] + stat["delayed"] + stat["in-flight"]
            log.note("stat", queue, waiting, stat["acked"], stat["jobs-out"])
    log.note("checked")
    connection.close()


def sweep(address, log, consumer, most=500):
    """Acknowledges jobs of at most once that were delivered and forgotten: nothing else ends them, and too many that
    live stop the producers."""
    forgotten = [job_id for job_id, job in log.verdict.living.items() if job.add.retry == 0 and job.deliveries]
    if len(forgotten) > most:
        connection = Connection(address)
        consumer.acknowledge(connection, forgotten)
        connection.close()


def drain(address, log, consumer, seconds=30):
    """Fetches and acknowledges all; leases of the dead lapse on the way. What was handed out at most once and never
    arrived is ended by hand: the verdict counts it."""
    connection = Connection(address)
    deadline = time.monotonic() + seconds
    waiting = [name for name, retry in QUEUES if retry > 0]
    while time.monotonic() < deadline:
        jobs = consumer.fetch(connection, 64, [name for name, _ in QUEUES], "TIMEOUT", 100)
        by_queue = {}
        for queue, job_id in jobs:
            by_queue.setdefault(queue, []).append(job_id)
        for ids in by_queue.values():
            consumer.acknowledge(connection, ids)
        if not jobs and not any(left(connection, queue) for queue in waiting) and not left(connection, "alarms", 2):
            break
    _, spent = connection.call("JSCAN", 0, "BUSYLOOP", "QUEUE", "alarms")
    if spent:
        consumer.acknowledge(connection, [job_id.decode() for job_id in spent])
    connection.close()


def left(connection, queue, states=3):
    """Jobs that are queued, delayed, and, of three states, in flight."""
    answer = connection.call("QSTAT", queue)
    if answer is None:
        return 0
    stat = pairs(answer)
    return sum(stat[state] for state in ["queued", "delayed", "in-flight"][:states])
