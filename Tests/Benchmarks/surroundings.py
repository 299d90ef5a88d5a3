"""What stands around the engine in a benchmark: a private MariaDB full of orders, and nginx as the receiver."""

import os
import re
import signal
import socket
import subprocess
import time
import urllib.request


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def stop(process, seconds=60):
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


class MariaDB:
    """Without trigger or second table, so that the shop costs as little as it can."""

    TABLE = """
        CREATE TABLE orders (
          id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, number VARCHAR(32) NOT NULL,
          customer_id BIGINT UNSIGNED NOT NULL, status ENUM('pending','paid','shipped','cancelled') NOT NULL,
          country CHAR(2) NULL, net DECIMAL(12,2) NOT NULL, currency CHAR(3) NOT NULL, note TEXT NULL,
          attrs JSON NULL, placed_at DATETIME(6) NOT NULL) ENGINE=InnoDB"""
    ROWS = """
        INSERT INTO orders (number, customer_id, status, country, net, currency, note, attrs, placed_at)
        SELECT CONCAT('S-', 1000000 + seq), 1001 + seq % 3, 'paid', ELT(1 + seq % 3, 'DE', 'US', 'FR'),
          1.00 + seq % 500000 / 100, 'EUR', IF(seq % 8 = 0, REPEAT('Klingel hinten, ', 6), NULL),
          IF(seq % 4 = 0, '{{"gift": true, "channel": "web"}}', NULL), '2026-11-20 10:00:00.123456'
        FROM seq_1_to_{count}"""

    def __init__(self, folder):
        self.socket = os.path.join(folder, "m.sock")
        self.port = free_port()
        self.log = open(os.path.join(folder, "mariadb.log"), "ab")
        data = os.path.join(folder, "mariadb")
        os.makedirs(os.path.join(folder, "tmp"), exist_ok=True)
        user = [f"--tmpdir={folder}/tmp"] + (["--user=root"] if os.geteuid() == 0 else [])
        subprocess.run(["mariadb-install-db", "--no-defaults", f"--datadir={data}", "--skip-test-db",
                        "--auth-root-authentication-method=normal", *user],
                       check=True, stdout=self.log, stderr=self.log)
        self.process = subprocess.Popen(
            ["mariadbd", "--no-defaults", f"--datadir={data}", f"--socket={self.socket}", f"--port={self.port}",
             "--bind-address=127.0.0.1", "--skip-log-bin", "--skip-name-resolve", "--innodb-buffer-pool-size=1G",
             "--innodb-flush-log-at-trx-commit=2", *user], stdout=self.log, stderr=self.log)
        deadline = time.monotonic() + 60
        while subprocess.run(self.client("SELECT 1"), capture_output=True, check=False).returncode != 0:
            if time.monotonic() > deadline or self.process.poll() is not None:
                raise RuntimeError("mariadbd does not start, see mariadb.log")
            time.sleep(0.05)
        self.execute("CREATE USER waybill@'127.0.0.1' IDENTIFIED BY 'bench-password';"
                     "GRANT PROCESS ON *.* TO waybill@'127.0.0.1'; GRANT SELECT ON *.* TO waybill@'127.0.0.1'")

    def client(self, statement):
        return ["mariadb", "--no-defaults", "--user=root", "--socket", self.socket, "--execute", statement]

    def execute(self, statement):
        subprocess.run(self.client(statement), check=True, stdout=subprocess.DEVNULL)

    def fill(self, rows):
        self.execute(f"DROP DATABASE IF EXISTS shop; CREATE DATABASE shop; USE shop; {self.TABLE};"
                     + self.ROWS.format(count=rows))

    @property
    def url(self):
        return f"mysql://waybill@127.0.0.1:{self.port}/shop"

    def stop(self):
        stop(self.process)


class Nginx:
    """Answers 204 to everything and counts: no access log, keep-alive without end."""

    def __init__(self, folder):
        self.port, self.status_port, self.asked = free_port(), free_port(), 0
        path = os.path.join(folder, "nginx.conf")
        with open(path, "w", encoding="utf-8") as file:
            file.write(f"""
                daemon off; master_process off; pid {folder}/nginx.pid; error_log {folder}/nginx.log;
                events {{ worker_connections 1024; }}
                http {{
                  access_log off; keepalive_requests 100000000; client_body_temp_path {folder}/body;
                  proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u;
                  scgi_temp_path {folder}/s;
                  server {{ listen 127.0.0.1:{self.port} backlog=1024; location / {{ return 204; }} }}
                  server {{ listen 127.0.0.1:{self.status_port}; location / {{ stub_status; }} }}
                }}""")
        self.process = subprocess.Popen(["nginx", "-c", path, "-p", folder, "-e", f"{folder}/nginx.log"])
        deadline = time.monotonic() + 10
        while True:
            try:
                self.requests()
                break
            except OSError:
                if time.monotonic() > deadline or self.process.poll() is not None:
                    raise RuntimeError("nginx does not start, see nginx.log") from None
                time.sleep(0.02)
        self.base = self.requests()

    def requests(self):
        """Requests without our own questions."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.status_port}/", timeout=5) as answer:
            total = int(re.search(rb"\n\s*\d+\s+\d+\s+(\d+)", answer.read()).group(1))
        self.asked += 1
        return total - self.asked

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def stop(self):
        stop(self.process)
