"""dwq, a work queue over Disque: its worker, its client and its manager as pip installs them."""

import json
import os
import subprocess
import time
import unittest

from kit.environment import Environment
from kit.server import Server


class Flows:
    """A worker named `tester` with one thread for the queue `default`, so that nobody else waits for the job that it gives
    back when it is stopped. Each test has a server of its own."""

    requirements = ()

    @classmethod
    def setUpClass(cls):
        cls.environment = Environment(*cls.requirements)
        cls.environment.install()

    def setUp(self):
        self.server = self.enterContext(Server())
        self.variables = {**os.environ, "DWQ_DISQUE_URL": self.server.address, "PYTHONUNBUFFERED": "1",
                          "PATH": self.environment.program("") + os.pathsep + os.environ["PATH"]}
        self.worker_log = self.enterContext(open(self.server.path("worker.log"), "w+", encoding="utf-8"))
        self.worker = subprocess.Popen(
            [self.environment.program("dwqw"), "-j", "1", "-n", "tester", "-v", "-v"], stdout=self.worker_log,
            stderr=subprocess.STDOUT, env=self.variables)
        self.addCleanup(self.end_worker)
        self.await_("the worker listens", lambda: "tester" in self.manage("control", "-l").stdout)

    def end_worker(self):
        if self.worker.poll() is None:
            self.worker.terminate()
        self.worker.wait(20)

    def await_(self, what, condition):
        for _ in range(100):
            if condition():
                return
            time.sleep(0.1)
        self.worker_log.seek(0)
        self.fail(f"not within ten seconds: {what}\n{self.worker_log.read()}")

    def call(self, program, *arguments, stdin=""):
        return subprocess.run([self.environment.program(program), *arguments], input=stdin, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, timeout=40, env=self.variables)

    def manage(self, *arguments):
        done = self.call("dwqm", *arguments)
        self.assertEqual(done.returncode, 0, done.stdout)
        return done

    def length(self, queue):
        for line in self.manage("queue", "-l").stdout.splitlines():
            if line.startswith(f"name: {queue} "):
                return int(line.split()[3])
        return 0

    def test_a_job_is_run(self):
        done = self.call("dwqc", "echo hello from $DWQ_WORKER")
        self.assertEqual((done.stdout, done.returncode), ("hello from tester\n", 0))

    def test_a_failing_job_is_tried_again(self):
        count = self.server.path("tries")
        done = self.call("dwqc", "-t", "3", f"echo x >> {count}; echo it failed; exit 7")
        self.assertEqual((done.stdout, done.returncode), ("it failed\n", 1))
        with open(count, encoding="ascii") as file:
            self.assertEqual(file.read(), "x\nx\nx\n")

    def test_many_jobs_from_standard_input(self):
        results = self.server.path("results")
        jobs = "".join(f"{number}\n" for number in range(20))
        done = self.call("dwqc", "-s", "-b", "-o", results, "-R", "reports", "echo ${1}", stdin=jobs)
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertEqual(sorted(map(int, done.stdout.split())), list(range(20)))
        with open(results, encoding="utf-8") as file:
            self.assertEqual([job["result"]["status"] for job in json.load(file)], [0] * 20)
        self.assertGreater(self.length("reports"), 20)

    def test_a_job_that_adds_a_job(self):
        done = self.call("dwqc", "echo parent; dwqc -S 'echo child'")
        self.assertEqual((done.stdout, done.returncode), ("parent\nchild\n", 0))

    def test_with_a_file_and_a_time_limit(self):
        sent, content = self.server.path("sent"), "0123456789" * 20_000
        with open(sent, "w", encoding="ascii") as file:
            file.write(content)
        done = self.call("dwqc", "-T", "60", "-F", sent, f"cat {sent}")
        self.assertEqual((done.stdout == content, done.returncode), (True, 0))

    def test_control(self):
        for flag, answer in (("-P", "pong"), ("-p", "paused"), ("-p", "already paused"), ("-r", "resumed")):
            self.assertIn(f"tester: {answer}\n", self.manage("control", flag, "tester").stdout)
        self.assertIn("tester: shutting down\n", self.manage("control", "-s", "tester").stdout)
        self.assertEqual(self.worker.wait(20), 0)

    def test_draining(self):
        self.variables |= {"DWQ_CONTROL_QUEUE": "control::none", "DWQ_JOBID": "none"}
        done = self.call("dwqc", "-q", "elsewhere", "-s", "-S", "echo ${1}", stdin="1\n2\n3\n")
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertEqual(self.length("elsewhere"), 3)
        self.manage("queue", "-d", "elsewhere")
        self.assertEqual(self.length("elsewhere"), 0)

    def test_a_worker_that_is_stopped_gives_its_jobs_back(self):
        begun = self.server.path("begun")
        with subprocess.Popen([self.environment.program("dwqc"), f"touch {begun}; sleep 20"],
                              env=self.variables, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as client:
            try:
                self.await_("the job runs", lambda: os.path.exists(begun))
                self.end_worker()
                self.await_("the job is back", lambda: self.length("default") == 1)
            finally:
                client.kill()


class WithRedisPy7(Flows, unittest.TestCase):
    requirements = ("dwq-redis7", "dwq==0.1.0", "pydisque-dwq==0.1.5", "six==1.17.0", "redis==7.4.1")


class WithRedisPy8(Flows, unittest.TestCase):
    requirements = ("dwq-redis8", "dwq==0.1.0", "pydisque-dwq==0.1.5", "six==1.17.0", "redis==8.1.0")
