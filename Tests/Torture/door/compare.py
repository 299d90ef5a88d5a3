"""Replies as plain values, and what differs between the model and the server."""

from door.model import Wrong
from door.wire import Refusal, pairs

# Milliseconds between the clock that we read and the one that the server read.
SLACK_MS = 5


def text(word):
    return word.decode("latin-1") if isinstance(word, bytes) else word


def plain(command, reply):
    if isinstance(reply, Refusal):
        return Wrong(reply.token)
    if command in ("QSTAT", "SHOW") and reply is not None:
        return {name: text(value) for name, value in pairs(reply).items()}
    if command == "GETJOB" and reply is not None:
        return [(text(job[0]), text(job[1]), text(job[2]), job[4], job[6]) for job in reply]
    if command == "QPEEK" and reply is not None:
        return [tuple(map(text, job)) for job in reply]
    return text(reply)


def same(expected, got):
    if isinstance(expected, dict):
        return isinstance(got, dict) and not unlike(expected, got)
    return expected == got


def unlike(expected, got):
    """Names of the fields that differ; an interval is met with slack."""
    wrong = []
    for name, value in expected.items():
        found = got.get(name)
        if isinstance(value, tuple):
            slack = 1 if name == "ttl" else SLACK_MS
            if not isinstance(found, int) or not value[0] - slack <= found <= value[1] + slack:
                wrong.append(name)
        elif found != value:
            wrong.append(name)
    return wrong


def differences(model, found, span):
    """Sentences; none: the server is as the model is. A job whose id nobody heard takes the one of the same body."""
    adopt(model, found)
    wrong = []
    for job_id in sorted(model.jobs.keys() | found["jobs"].keys()):
        expected, got = model.do_show(span, "", job_id), found["jobs"].get(job_id)
        if expected is None or got is None:
            wrong.append(f"job {job_id}: expected {expected}\n     got {got}")
        elif fields := unlike(expected, got):
            wrong += [f"job {job_id}: {name}: expected {expected[name]!r}, got {got.get(name)!r}" for name in fields]
    for name in sorted(model.queues.keys() | found["queues"].keys()):
        expected, got = model.do_qstat(span, "", name), found["queues"].get(name)
        if expected is None or got is None:
            wrong.append(f"queue {name}: expected {expected}\n     got {got}")
            continue
        wrong += [f"queue {name}: {field}: expected {expected[field]!r}, got {got.get(field)!r}"
                  for field in unlike(expected, got)]
        order = [job.id for job in model.queued(name)]
        if order != found["orders"][name]:
            wrong.append(f"queue {name}: expected the order {order}\n     got {found['orders'][name]}")
    return wrong


def adopt(model, found):
    by_body = {job["body"]: job_id for job_id, job in found["jobs"].items()}
    for unknown in [job_id for job_id in model.jobs if job_id.startswith("?")]:
        job = model.jobs[unknown]
        if job.body in by_body:
            del model.jobs[unknown]
            job.id = by_body[job.body]
            model.jobs[job.id] = job
            for key, (first, until) in list(model.keys.items()):
                if first == unknown:
                    model.keys[key] = (job.id, until)
