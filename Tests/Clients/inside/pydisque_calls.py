"""Every call of pydisque against a running server. Runs with the Python of an environment that has it; WAYBILL_DISQUE
names the server."""

import itertools
import logging
import os
import threading
import time
import unittest

import redis
from pydisque.client import Client
from redis.exceptions import ResponseError

logging.disable(logging.CRITICAL)
ADDRESS = os.environ["WAYBILL_DISQUE"]
NUMBERS = itertools.count()


def connect():
    client = Client([ADDRESS])
    client.connect()
    return client


def text(value):
    return value.decode() if isinstance(value, bytes) else value


class Case(unittest.TestCase):
    def setUp(self):
        self.client = connect()
        self.queue = f"q{next(NUMBERS)}-{redis.__version__}"

    def tearDown(self):
        self.client.get_connection().close()

    def state(self, job):
        return text(self.client.show(job, return_dict=True)[b"state"])

    def refuses(self, token, call, *arguments, **options):
        with self.assertRaises(ResponseError) as caught:
            call(*arguments, **options)
        self.assertTrue(str(caught.exception).startswith(token), caught.exception)


class Adding(Case):
    def test_the_id_is_one_of_this_node(self):
        job = text(self.client.add_job(self.queue, "body"))
        node = text(self.client.hello()[1])
        self.assertEqual((len(job), job[:2], job[2:10], job[10], job[35]), (40, "D-", node[:8], "-", "-"))

    def test_every_option(self):
        job = self.client.add_job(self.queue, "body", timeout=100, replicate=1, delay=2, retry=3, ttl=60, maxlen=10,
                                  asynchronous=True)
        shown = self.client.show(job, return_dict=True)
        self.assertEqual((shown[b"delay"], shown[b"retry"], shown[b"repl"]), (2, 3, 1))
        self.assertLessEqual(shown[b"ttl"], 60)
        self.assertEqual(shown[b"body"], b"body")

    def test_what_cannot_be(self):
        self.client.add_job(self.queue, "1")
        self.refuses("MAXLEN", self.client.add_job, self.queue, "2", maxlen=1)
        self.refuses("NOREPL", self.client.add_job, self.queue, "2", replicate=2)
        self.refuses("", self.client.add_job, self.queue, "2", delay=60, ttl=60)

    def test_bodies_and_names_are_bytes(self):
        body, queue = bytes(range(256)), b"\x00\r\n\xff" + self.queue.encode()
        job = self.client.add_job(queue, body)
        self.assertEqual(self.client.get_job([queue]), [(queue, job, body)])


class Getting(Case):
    def test_plain_and_with_counters(self):
        job = self.client.add_job(self.queue, "1", retry=30)
        self.assertEqual(self.client.get_job([self.queue]), [(self.queue.encode(), job, b"1")])
        self.client.nack_job(job)
        self.assertEqual(self.client.get_job([self.queue], withcounters=True),
                         [(self.queue.encode(), job, b"1", 1, 0)])
        self.client.enqueue(job)
        self.assertEqual(self.client.get_job([self.queue], withcounters=True),
                         [(self.queue.encode(), job, b"1", 1, 1)])

    def test_several_queues_in_turn(self):
        for queue, body in itertools.product("ab", "01"):
            self.client.add_job(self.queue + queue, queue + body)
        jobs = self.client.get_job([self.queue + "b", self.queue + "a"], count=4)
        self.assertEqual([body for _, _, body in jobs], [b"b0", b"a0", b"b1", b"a1"])

    def test_nothing_there(self):
        self.assertEqual(self.client.get_job([self.queue], nohang=True), [])
        began = time.monotonic()
        self.assertEqual(self.client.get_job([self.queue], timeout=100), [])
        self.assertGreater(time.monotonic() - began, 0.09)

    def test_who_waits_is_served(self):
        other = connect()
        adding = threading.Timer(0.1, lambda: other.add_job(self.queue, "late"))
        adding.start()
        jobs = self.client.get_job([self.queue], timeout=4000, count=7)
        adding.join()
        self.assertEqual([body for _, _, body in jobs], [b"late"])

    def test_who_does_not_answer_loses_its_job(self):
        job = self.client.add_job(self.queue, "1", retry=1)
        self.client.get_job([self.queue])
        self.assertEqual(self.client.get_job([self.queue], timeout=3000, withcounters=True),
                         [(self.queue.encode(), job, b"1", 0, 1)])


class Ending(Case):
    def test_acknowledged(self):
        for end in (self.client.ack_job, self.client.fast_ack, self.client.del_job):
            jobs = [self.client.add_job(self.queue, "1") for _ in range(3)]
            self.client.get_job([self.queue], count=2)
            end(*jobs)
            self.assertEqual([self.client.show(job) for job in jobs], [None] * 3)

    def test_deleted_are_counted(self):
        job = self.client.add_job(self.queue, "1")
        self.assertEqual(self.client.del_job(job), 1)
        self.assertEqual(self.client.del_job(job), 0)

    def test_no_job_id(self):
        for call in (self.client.ack_job, self.client.nack_job, self.client.fast_ack, self.client.del_job,
                     self.client.enqueue, self.client.dequeue, self.client.working, self.client.show):
            self.refuses("BADID", call, "nonsense")


class Between(Case):
    def test_working(self):
        job = self.client.add_job(self.queue, "1", retry=7)
        self.client.get_job([self.queue])
        self.assertEqual(self.client.working(job), 7)
        self.client.ack_job(job)
        self.refuses("NOJOB", self.client.working, job)

    def test_out_of_the_queue_and_back(self):
        job = self.client.add_job(self.queue, "1")
        self.assertEqual((self.client.dequeue(job), self.client.dequeue(job)), (1, 0))
        self.assertEqual(self.client.qlen(self.queue), 0)
        self.assertEqual((self.client.enqueue(job), self.client.enqueue(job)), (1, 0))
        self.assertEqual(self.client.qlen(self.queue), 1)

    def test_pause(self):
        self.assertEqual(self.client.pause(self.queue, kw_in=True), b"in")
        self.refuses("PAUSED", self.client.add_job, self.queue, "1")
        self.assertEqual(self.client.pause(self.queue, kw_state=True), b"in")
        self.assertEqual(self.client.pause(self.queue, kw_out=True, kw_bcast=True), b"out")
        self.client.add_job(self.queue, "1")
        self.assertEqual(self.client.get_job([self.queue], nohang=True), [])
        self.assertEqual(self.client.pause(self.queue, kw_all=True), b"all")
        self.assertEqual(self.client.pause(self.queue, kw_none=True), b"none")
        self.assertEqual(len(self.client.get_job([self.queue], nohang=True)), 1)


class Looking(Case):
    def test_hello(self):
        version, node, *nodes = self.client.hello()
        host, port = ADDRESS.split(":")
        self.assertEqual((version, len(node)), (1, 40))
        self.assertEqual(nodes, [[node, host.encode(), port.encode(), b"1"]])

    def test_info(self):
        self.client.add_job(self.queue, "1")
        info = self.client.info()
        self.assertTrue(info["disque_version"])
        self.assertGreaterEqual(info["registered_jobs"], 1)
        self.assertGreaterEqual(info["registered_queues"], 1)
        self.assertGreaterEqual(info["total_commands_processed"], 1)

    def test_length_and_peek(self):
        jobs = [self.client.add_job(self.queue, str(number)) for number in range(3)]
        self.assertEqual(self.client.qlen(self.queue), 3)
        self.assertEqual(self.client.qlen(self.queue + "-none"), 0)
        name = self.queue.encode()
        self.assertEqual(self.client.qpeek(self.queue, 2), [[name, jobs[0], b"0"], [name, jobs[1], b"1"]])
        self.assertEqual(self.client.qpeek(self.queue, -1), [[name, jobs[2], b"2"]])
        self.assertEqual(self.client.qpeek(self.queue + "-none", 1), [])

    def test_statistics(self):
        self.assertFalse(self.client.qstat(self.queue))
        self.client.add_job(self.queue, "1")
        self.client.add_job(self.queue, "2")
        self.client.get_job([self.queue])
        flat = self.client.qstat(self.queue)
        self.assertEqual(flat[:4], [b"name", self.queue.encode(), b"len", 1])
        stat = self.client.qstat(self.queue, return_dict=True)
        self.assertEqual((stat[b"jobs-in"], stat[b"jobs-out"], stat[b"pause"], stat[b"blocked"]), (2, 1, b"none", 0))
        self.assertEqual((stat[b"queued"], stat[b"delayed"], stat[b"in-flight"]), (1, 0, 1))

    def test_show(self):
        job = self.client.add_job(self.queue, "1", retry=5)
        flat = self.client.show(job)
        self.assertEqual(flat[:6], [b"id", job, b"queue", self.queue.encode(), b"state", b"queued"])
        self.assertEqual(self.state(job), "queued")
        self.client.get_job([self.queue])
        self.assertEqual(self.state(job), "in-flight")
        late = self.client.add_job(self.queue, "1", delay=50)
        self.assertEqual(self.state(late), "delayed")

    def test_scanning_queues(self):
        names = {f"{self.queue}-{number}".encode() for number in range(30)}
        for name in names:
            self.client.add_job(name, "1")
        self.client.add_job(f"{self.queue}-0", "2")
        found, cursor = set(), 0
        while True:
            cursor, page = self.client.qscan(cursor, count=7)
            found.update(page)
            if int(cursor) == 0:
                break
        self.assertLessEqual(names, found)
        _, everything = self.client.qscan(busyloop=True)
        self.assertLessEqual(names, set(everything))
        _, long = self.client.qscan(busyloop=True, minlen=2, maxlen=2)
        self.assertEqual(names & set(long), {f"{self.queue}-0".encode()})
        _, imported = self.client.qscan(busyloop=True, importrate=1)
        self.assertEqual(imported, [])

    def test_scanning_jobs(self):
        jobs = [self.client.add_job(self.queue, str(number)) for number in range(20)]
        self.client.get_job([self.queue], count=5)
        found, cursor = [], 0
        while True:
            cursor, page = self.client.jscan(cursor, count=6, queue=self.queue)
            found += page
            if int(cursor) == 0:
                break
        self.assertEqual(sorted(found), sorted(jobs))
        _, active = self.client.jscan(busyloop=True, queue=self.queue, state=["active"])
        self.assertEqual(sorted(active), sorted(jobs[:5]))
        _, both = self.client.jscan(busyloop=True, queue=self.queue, state=["queued", "in-flight"], reply="id")
        self.assertEqual(sorted(both), sorted(jobs))
        _, shown = self.client.jscan(busyloop=True, queue=self.queue, state=["queued"], reply="all")
        self.assertEqual(sorted(job[1] for job in shown), sorted(jobs[5:]))


class Connecting(Case):
    def test_the_library_names_itself(self):
        self.client.hello()
        lines = self.client.get_connection().client_list()
        self.assertTrue(any(line.get("lib-name", "").startswith("redis-py") for line in lines), lines)

    def test_a_lost_connection_is_made_again(self):
        connection = self.client.get_connection()
        own = connection.client_id()
        other = redis.Redis(*ADDRESS.split(":"))
        self.assertEqual(other.client_kill_filter(_id=own), 1)
        self.client.add_job(self.queue, "1")
        self.assertEqual(self.client.qlen(self.queue), 1)

    def test_pipelines(self):
        pipeline = self.client.get_connection().pipeline(transaction=False)
        for number in range(100):
            pipeline.execute_command("ADDJOB", self.queue, str(number), 0)
        pipeline.execute_command("GETJOB", "COUNT", 100, "FROM", self.queue)
        *_, jobs = pipeline.execute()
        self.assertEqual([int(job[2]) for job in jobs], list(range(100)))

    def test_other_calls_of_the_library(self):
        connection = self.client.get_connection()
        self.assertTrue(connection.ping())
        self.assertEqual(len(connection.time()), 2)
        self.assertTrue(connection.client_setname("tester"))
        self.assertEqual(text(connection.client_getname()), "tester")
        self.assertEqual(connection.config_get("maxmemory"), {"maxmemory": "0"})
        self.assertGreater(connection.command_count(), 30)
        self.assertEqual(connection.slowlog_len() >= 0, True)
        self.assertTrue(connection.config_resetstat())
