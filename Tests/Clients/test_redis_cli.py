"""redis-cli as Debian installs it (redis-tools), against a running server."""

import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
import unittest

from kit.server import Server


class RedisCLI(unittest.TestCase):
    flags = ()

    @classmethod
    def setUpClass(cls):
        if shutil.which("redis-cli") is None:
            raise unittest.SkipTest("redis-cli is not installed: apt install redis-tools")
        cls.server = cls.enterClassContext(Server(*cls.flags))

    def cli(self, *words, stdin=""):
        """What it prints to a terminal: types are shown."""
        command = ["redis-cli", "--no-raw", "-p", str(self.server.port), *words]
        variables = {name: value for name, value in os.environ.items() if name != "REDISCLI_AUTH"}
        done = subprocess.run(command, input=stdin, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              timeout=20, env=variables)
        return done.stdout.rstrip("\n")

    def add(self, queue, body, *options):
        return self.cli("ADDJOB", queue, body, "0", *options)


class Commands(RedisCLI):
    def test_a_job_from_end_to_end(self):
        job = self.add("cli", "hello world", "RETRY", "60")
        self.assertRegex(job, r"^D-[0-9a-f]{8}-[A-Za-z0-9+/]{24}-[0-9a-f]{4}$")
        self.assertEqual(self.cli("QLEN", "cli"), "(integer) 1")
        self.assertEqual(self.cli("GETJOB", "FROM", "cli"), f'1) 1) "cli"\n   2) "{job}"\n   3) "hello world"')
        self.assertEqual(self.cli("ACKJOB", job), "(integer) 1")
        self.assertEqual(self.cli("GETJOB", "NOHANG", "FROM", "cli"), "(nil)")
        self.assertEqual(self.cli("SHOW", job), "(nil)")

    def test_resp3(self):
        job = self.add("cli3", "1")
        self.assertEqual(self.cli("-3", "GETJOB", "FROM", "cli3"), f'1) 1) "cli3"\n   2) "{job}"\n   3) "1"')
        self.cli("-3", "ACKJOB", job)
        self.assertEqual(self.cli("-3", "SHOW", job), "(nil)")
        self.assertEqual(self.cli("-3", "GETJOB", "TIMEOUT", "50", "FROM", "cli3"), "(nil)")
        self.assertEqual(self.cli("-3", "QSTAT", "nosuch"), "(nil)")
        self.assertEqual(self.cli("-3", "CONFIG", "GET", "maxmemory"), '1# "maxmemory" => "0"')
        self.assertRegex(self.cli("-3", "HELLO", "3"), r'^1# "server" => "waybill"\n2# "version" => ".+"\n3# "proto" => '
                                                       r"\(integer\) 3\n")
        self.assertEqual(self.cli("-3", "NOSUCH"), "(error) ERR unknown command 'NOSUCH'")

    def test_hello(self):
        lines = self.cli("HELLO").splitlines()
        node = re.fullmatch(r'2\) "([0-9a-f]{40})"', lines[1])[1]
        self.assertEqual(lines[0], "1) (integer) 1")
        self.assertEqual(lines[2:], [f'3) 1) "{node}"', '   2) "127.0.0.1"', f'   3) "{self.server.port}"', '   4) "1"'])
        self.assertIn(f"{node} 127.0.0.1:{self.server.port} myself 0 0 connected", self.cli("CLUSTER", "NODES"))

    def test_many_commands_on_standard_input(self):
        lines = "".join(f"ADDJOB many 'job \\'{number}\\'' 0\n" for number in range(500)) + "QLEN many\n"
        replies = self.cli(stdin=lines).splitlines()
        self.assertEqual((len(set(replies[:500])), replies[500]), (500, "(integer) 500"))
        self.assertTrue(self.cli("QPEEK", "many", "1").endswith('3) "job \'0\'"'))
        self.assertEqual(self.cli("QPURGE", "many"), "(integer) 500")

    def test_a_body_from_a_file(self):
        body = "x" * 1_000_000
        job = self.cli("-X", "BODY", "ADDJOB", "big", "BODY", "0", stdin=body)
        self.assertIn(body, self.cli("QPEEK", "big", "1"))
        self.assertEqual(self.cli("DELJOB", job), "(integer) 1")

    def test_what_ours_adds(self):
        first = self.add("u", "1", "UNIQUE", "k")
        self.assertEqual(self.add("u", "2", "UNIQUE", "k"), first)
        self.assertEqual(self.cli("QMOVE", "u", "v"), "(integer) 1")
        self.assertEqual(self.cli("QLEN", "v"), "(integer) 1")
        limited = self.add("w", "1", "MAXDELIVERIES", "1", "DEADLETTER", "morgue")
        self.cli("GETJOB", "FROM", "w")
        self.assertEqual(self.cli("NACK", limited), "(integer) 1")
        self.assertIn(limited, self.cli("GETJOB", "NOHANG", "FROM", "morgue"))
        late = self.add("w", "1")
        self.cli("GETJOB", "FROM", "w")
        self.assertEqual(self.cli("NACK", late, "DELAY", "60000"), "(integer) 1")
        self.assertIn('"delayed"', self.cli("SHOW", late))

    def test_every_command_of_the_table_answers(self):
        commands = re.findall(r'^ *\d+\) 1\) "(\w+)"', self.cli("COMMAND"), re.MULTILINE)
        self.assertGreaterEqual(len(commands), 34)
        self.assertEqual(self.cli("COMMAND", "COUNT"), f"(integer) {len(commands)}")
        for name in set(commands) - {"monitor", "shutdown"}:
            reply = self.cli(name)
            self.assertNotIn("unknown command", reply)
            self.assertNotIn("Error: Server closed", reply, name)

    def test_questions(self):
        self.assertEqual(self.cli("PING"), "PONG")
        self.assertEqual(self.cli("PING", "a b"), '"a b"')
        self.assertRegex(self.cli("TIME"), r'^1\) "\d{10}"\n2\) "\d{1,6}"$')
        self.assertIn("registered_jobs:", self.cli("INFO", "jobs"))
        self.assertIn("cmd=client", self.cli("CLIENT", "LIST"))
        self.assertIn("cluster_known_nodes:1", self.cli("CLUSTER", "INFO"))
        self.assertEqual(self.cli("SLOWLOG", "RESET"), "OK")
        self.assertEqual(self.cli("LATENCY", "LATEST"), "(empty array)")
        self.assertEqual(self.cli("DEBUG", "SLEEP", "0.05"), "OK")
        self.assertEqual(self.cli("CLIENT", "PAUSE", "50"), "OK")
        self.assertEqual(self.cli("PING"), "PONG")

    def figures(self):
        return dict(re.findall(r"(\w+):([^\\\r\n]+)", self.cli("INFO", "all")))

    def test_infos_figures_are_real(self):
        deadline = time.monotonic() + 5
        figures = self.figures()
        # They are taken once a second.
        while figures["total_connections_received"] == "0" and time.monotonic() < deadline:
            time.sleep(0.1)
            figures = self.figures()
        self.assertEqual(int(figures["process_id"]), self.server.process.pid)
        for name in ("used_memory", "used_memory_rss", "total_connections_received", "total_net_input_bytes",
                     "total_net_output_bytes", "connected_clients"):
            self.assertGreater(int(figures[name]), 0, name)
        self.assertLess(int(figures["uptime_in_seconds"]), 3_600)
        self.assertEqual(len(figures["run_id"]), 40)

    def test_monitor(self):
        command = ["redis-cli", "-p", str(self.server.port), "MONITOR"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as monitor:
            try:
                self.assertEqual(monitor.stdout.readline(), "OK\n")
                self.cli("PING", "seen")
                self.cli("AUTH", "s3cret")
                self.assertRegex(monitor.stdout.readline(), r'^\d+\.\d{6} \[127\.0\.0\.1:\d+\] "PING" "seen"$')
                self.assertRegex(monitor.stdout.readline(), r'^\d+\.\d{6} \[127\.0\.0\.1:\d+\] "AUTH" "\(secret\)"$')
            finally:
                monitor.kill()

    def test_over_the_unix_socket(self):
        self.assertEqual(self.cli("-s", self.server.path("socket"), "PING"), "PONG")
        self.assertIn("flags=U", self.cli("-s", self.server.path("socket"), "CLIENT", "LIST"))

    def test_limits_that_are_set(self):
        self.assertEqual(self.cli("CONFIG", "SET", "proto-max-bulk-len", "1kb"), "OK")
        try:
            self.assertTrue(self.add("limited", "x" * 1_025).startswith("(error) ERR"))
            self.assertTrue(self.add("limited", "x" * 1_024).startswith("D-"))
        finally:
            self.cli("CONFIG", "SET", "proto-max-bulk-len", "4mb")

    def test_quit_and_kill(self):
        self.assertEqual(self.cli("QUIT"), "OK")
        self.assertEqual(self.cli("CLIENT", "KILL", "127.0.0.1:1"), "(error) ERR No such client")


class Ending(RedisCLI):
    def test_shutdown_ends_the_service(self):
        job = self.add("kept", "1")
        self.assertTrue(job.startswith("D-"))
        self.assertEqual(self.cli("SHUTDOWN", "NOW"), "(error) ERR syntax error")
        self.assertEqual(self.cli("SHUTDOWN"), "")
        self.assertEqual(self.server.wait(), 0)


class Passwords(RedisCLI):
    @classmethod
    def setUpClass(cls):
        folder = cls.enterClassContext(tempfile.TemporaryDirectory())
        for name, content in (
                ("password", "s3cret\n"), ("worker", "w0rker\n"),
                ("users", f"user shop password-file {folder}/password may produce on orders.*\n"
                          f"user worker password-file {folder}/worker may consume observe on *  # and looks\n")):
            with open(os.path.join(folder, name), "w", encoding="ascii") as file:
                file.write(content)
            os.chmod(os.path.join(folder, name), 0o600)
        cls.flags = ("--disque-password-file", f"{folder}/password", "--disque-users", f"{folder}/users")
        super().setUpClass()

    def test_nobody_gets_in_without(self):
        self.assertEqual(self.cli("PING"), "(error) NOAUTH Authentication required.")
        self.assertEqual(self.cli("HELLO"), "(error) NOAUTH Authentication required.")
        self.assertTrue(self.cli("-3", "HELLO", "3").endswith("(error) NOAUTH HELLO must be called with the client already "
                                                              "authenticated, otherwise the HELLO <proto> AUTH <user> "
                                                              "<pass> option can be used to authenticate the client and "
                                                              "select the RESP protocol version at the same time"))

    def test_the_password(self):
        self.assertEqual(self.cli("--no-auth-warning", "-a", "s3cret", "PING"), "PONG")
        self.assertEqual(self.cli("--no-auth-warning", "-3", "-a", "s3cret", "SHOW", "D-01234567-" + "A" * 24 + "-0000"),
                         "(nil)")
        self.assertIn("ERR invalid password", self.cli("--no-auth-warning", "-a", "wrong", "PING"))

    def test_three_wrong_passwords(self):
        replies = self.cli(stdin="AUTH a\nAUTH b\nAUTH c\nAUTH s3cret\nPING\n")
        self.assertEqual(replies.count("ERR invalid password"), 3)

    def test_rights(self):
        shop = ("--no-auth-warning", "--user", "shop", "--pass", "s3cret")
        worker = ("--no-auth-warning", "--user", "worker", "--pass", "w0rker")
        job = self.cli(*shop, "ADDJOB", "orders.new", "1", "0")
        self.assertTrue(job.startswith("D-"), job)
        for words in (("ADDJOB", "other", "1", "0"), ("GETJOB", "FROM", "orders.new"), ("CONFIG", "GET", "*")):
            self.assertTrue(self.cli(*shop, *words).startswith("(error) NOPERM"), words)
        self.assertIn(job, self.cli(*worker, "GETJOB", "FROM", "orders.new"))
        self.assertEqual(self.cli(*worker, "QLEN", "orders.new"), "(integer) 0")
        self.assertTrue(self.cli(*worker, "ADDJOB", "orders.new", "1", "0").startswith("(error) NOPERM"))
        self.assertEqual(self.cli(*worker, "ACKJOB", job), "(integer) 1")

    def test_users_change_with_a_reload(self):
        late = ("--no-auth-warning", "--user", "late", "--pass", "s3cret", "PING")
        self.assertIn("ERR invalid password", self.cli(*late))
        with open(self.flags[3], "a", encoding="ascii") as users:
            users.write(f"user late password-file {os.path.dirname(self.flags[3])}/password may observe on *\n")
        self.server.process.send_signal(signal.SIGHUP)
        deadline = time.monotonic() + 10
        while self.cli(*late) != "PONG" and time.monotonic() < deadline:
            time.sleep(0.1)
        self.assertEqual(self.cli(*late), "PONG")


class Encrypted(RedisCLI):
    @classmethod
    def setUpClass(cls):
        cls.folder = cls.enterClassContext(tempfile.TemporaryDirectory())
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
             "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", f"{cls.folder}/key", "-out", f"{cls.folder}/certificate"],
            check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        cls.flags = ("--disque-tls-certificate", f"{cls.folder}/certificate", "--disque-tls-key", f"{cls.folder}/key")
        super().setUpClass()

    def test_a_job_from_end_to_end(self):
        tls = ("--tls", "--cacert", f"{self.folder}/certificate")
        body = "x" * 100_000
        job = self.cli(*tls, "-X", "BODY", "ADDJOB", "q", "BODY", "0", stdin=body)
        self.assertTrue(job.startswith("D-"), job)
        self.assertIn(body, self.cli(*tls, "-3", "GETJOB", "FROM", "q"))
        self.assertEqual(self.cli(*tls, "ACKJOB", job), "(integer) 1")

    def test_nothing_is_said_in_the_clear(self):
        self.assertNotIn("PONG", self.cli("PING"))
        self.assertEqual(self.cli("-s", self.server.path("socket"), "PING"), "PONG")
