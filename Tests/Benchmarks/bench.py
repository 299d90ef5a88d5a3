"""`make bench`: messages a second and CPU of a message, of a whole route with its defaults, on this machine's disk.

BENCH=http,file,backlog,queue  ROWS=200000 (orders filled before the start)  BACKLOG=1000000 (waiting messages)
`queue` alone can be pointed at another server: see queue_door.py.

Every row is billed. After each figure the rows in MySQL, what the receiver has, and the ledger's records are compared; a
figure whose numbers differ is no figure and the run ends with 1. CPU is user and system time of the engine's process,
from its start to the last settled message.
"""

import os
import shutil
import sys
import tempfile
import time

import queue_door
from engine import Engine
from surroundings import MariaDB, Nginx, free_port

LOCK = """# mysql 10.11-MariaDB, pulled 2026-11-25, fingerprint 00000000
table orders {
  id           bigint unsigned  -> int            key
  number       varchar(32)      -> text
  customer_id  bigint unsigned  -> int
  status       enum             -> "pending" | "paid" | "shipped" | "cancelled"
  country      char(2) null     -> text?
  net          decimal(12,2)    -> decimal(12,2)
  currency     char(3)          -> text
  note         text null        -> text?
  attrs        json null        -> json?
  placed_at    datetime(6)      -> datetime
}
"""
ROUTE = """env SHOP_DB url
secret SHOP_PASSWORD
connect shop = mysql {{ url env.SHOP_DB, password secret.SHOP_PASSWORD, schema "schema/shop.lock", tls off }}
{connection}
queue outbox {{ keep 7d }}
queue failed {{ keep 7d }}

route bench {{
  from shop.orders as order after .id every 1s batch 500 start first
  unique by .number within 30d
  filter .status == "paid"
  through outbox workers 64
  {delivery}
  bill order.customer_id meter "orders" value .net
  on error {{ deadletter failed }}
}}

tariff all {{
  customers ["*"]
  currency EUR
  valid 2026-01-01 ..
  period month in "UTC"
  charge order {{ per delivery price 0.0412 }}
}}
"""
HTTP = {"connection": "env PARTNER url\nconnect partner = http { base env.PARTNER }",
        "delivery": 'to partner post "/v1/orders" as json key .number timeout 10s'}
FILE = {"connection": "env ARCHIVE text\nconnect archive = file { root env.ARCHIVE }",
        "delivery": 'to archive append "orders.jsonl" as json'}


class Bench:
    def __init__(self, binary, root):
        self.binary, self.root, self.figures, self.wrong = binary, root, [], []
        self.server = None

    def fill(self, rows):
        self.server = self.server or MariaDB(self.root)
        self.server.fill(rows)

    def routes(self, name, parts):
        folder = os.path.join(self.root, name)
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(os.path.join(folder, "routes", "schema"))
        with open(os.path.join(folder, "routes", "bench.route"), "w", encoding="utf-8") as file:
            file.write(ROUTE.format(**parts))
        with open(os.path.join(folder, "routes", "schema", "shop.lock"), "w", encoding="utf-8") as file:
            file.write(LOCK)
        return folder

    def start(self, folder, **environment):
        return Engine(self.binary, folder, os.path.join(folder, "routes"), {
            "SHOP_DB": self.server.url, "SHOP_PASSWORD": "bench-password", "ARCHIVE": folder + "/archive",
            **environment})

    def report(self, name, rows, seconds, cpu, note=""):
        self.figures.append((name, f"{rows / seconds:,.0f}", f"{cpu / rows * 1e6:.1f}", note))
        print(f"  {name}: {rows / seconds:,.0f} /s, {cpu / rows * 1e6:.1f} us {note}", flush=True)

    def compare(self, name, **counts):
        if len(set(counts.values())) != 1:
            self.wrong.append(f"{name}: " + ", ".join(f"{key} {value}" for key, value in counts.items()))

    def whole_route(self, name, parts, rows):
        self.fill(rows)
        folder, nginx = self.routes(name, parts), Nginx(self.root)
        engine = self.start(folder, PARTNER=nginx.url)
        try:
            totals, end = engine.wait(lambda t: t["seen"] >= rows and not t.get("waiting"))
            resident, peak = engine.memory_megabytes()
            self.report(f"MySQL -> {name}", rows, end - engine.started, engine.cpu_seconds(),
                        f"{resident:.0f} MB, peak {peak:.0f} MB")
            received = nginx.requests() if name == "http" else lines(folder + "/archive/orders.jsonl")
            self.compare(name, rows=rows, delivered=totals.get("delivered", 0), received=received,
                         billed=totals["billed"], ledger=engine.billed())
        finally:
            engine.stop()
            nginx.stop()

    def backlog(self, rows):
        """Admission alone (nobody listens at the receiver), memory, a start with the backlog, settle alone."""
        self.fill(rows)
        folder = self.routes("backlog", HTTP)
        engine = self.start(folder, PARTNER=f"http://127.0.0.1:{free_port()}")
        try:
            _, end = engine.wait(lambda t: t["seen"] >= rows)
            self.report("admission alone", rows, end - engine.started, engine.cpu_seconds())
            resident, peak = engine.memory_megabytes()
            print(f"  {rows:,} waiting: {resident:.0f} MB resident, peak {peak:.0f} MB", flush=True)
        finally:
            engine.stop()
        nginx = Nginx(self.root)
        engine = self.start(folder, PARTNER=nginx.url)
        try:
            while nginx.requests() <= 0 and time.monotonic() - engine.started < 120:
                time.sleep(0.01)
            first = time.monotonic() - engine.started
            resident, _ = engine.memory_megabytes()
            print(f"  start with {rows:,} waiting: ready after {engine.ready_seconds:.2f} s, first delivery after "
                  f"{first:.2f} s, {resident:.0f} MB resident", flush=True)
            totals, end = engine.wait(lambda t: not t.get("waiting"))
            self.report("settle alone", rows, end - engine.started, engine.cpu_seconds(), f"first after {first:.2f} s")
            self.compare("backlog", rows=rows, delivered=totals.get("delivered", 0), billed=totals["billed"],
                         ledger=engine.billed())
        finally:
            engine.stop()
            nginx.stop()


def lines(path):
    with open(path, "rb") as file:
        return sum(chunk.count(b"\n") for chunk in iter(lambda: file.read(1 << 20), b""))


def main():
    binary = os.environ.get("WAYBILL") or sys.exit("WAYBILL must name the binary; `make bench` sets it")
    wanted = os.environ.get("BENCH", "http,file,backlog,queue").split(",")
    rows, backlog = int(os.environ.get("ROWS", "200000")), int(os.environ.get("BACKLOG", "1000000"))
    os.makedirs(".run", exist_ok=True)
    root = tempfile.mkdtemp(prefix="bench-", dir=os.path.abspath(".run"))
    bench = Bench(binary, root)
    try:
        if "http" in wanted:
            bench.whole_route("http", HTTP, rows)
        if "file" in wanted:
            bench.whole_route("file", FILE, rows)
        if "backlog" in wanted:
            bench.backlog(backlog)
        if "queue" in wanted:
            queue_door.run(binary, root, backlog)
    finally:
        if bench.server:
            bench.server.stop()
        if not os.environ.get("KEEP"):
            shutil.rmtree(root, ignore_errors=True)
    if bench.figures:
        print(f"\n{'':24}{'messages/s':>14}{'CPU us each':>14}  note")
    for name, rate, cpu, note in bench.figures:
        print(f"{name:24}{rate:>14}{cpu:>14}  {note}")
    for problem in bench.wrong:
        print(f"WRONG: {problem}")
    return 1 if bench.wrong else 0


sys.exit(main())
