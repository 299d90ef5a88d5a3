"""What the shop wrote, from MariaDB's own log of it, and what must become of every row.

The table `write_log` is filled by a trigger, in the transaction that writes the order: a line stands there exactly if the
order was committed. It is read as tab-separated lines (`mariadb --batch --skip-column-names`) of
order_id, number, customer_id, status, country (NULL where missing), content hash.
"""

import subprocess
from dataclasses import dataclass

QUERY = ("SELECT order_id, number, customer_id, status, IFNULL(country, 'NULL'), content "
         "FROM shop.write_log ORDER BY order_id")
PARTNERS = {"DE": "acme", "AT": "acme", "CH": "acme", "US": "globex"}


@dataclass(frozen=True)
class Write:
    order_id: int
    number: str
    customer: str
    status: str
    country: str
    content: str


def from_server(socket):
    command = ["mariadb", "--no-defaults", "--user=root", "--socket", socket, "--batch", "--skip-column-names",
               "--execute", QUERY]
    return parse(subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines())


def from_file(path):
    with open(path, encoding="utf-8") as lines:
        return parse(lines.read().splitlines())


def parse(lines):
    writes = []
    for line in lines:
        order_id, number, customer, status, country, content = line.split("\t")
        writes.append(Write(int(order_id), number, customer, status, country, content))
    return writes


@dataclass
class Expected:
    """`accepted`: number -> the rows that may have been admitted for it (equal in content, so either is right)."""
    accepted: dict
    filtered: int = 0
    rejected: int = 0
    duplicate: int = 0
    conflict: int = 0


def expectation(writes):
    """The rules of the example's route `orders`: paid only, with a country, each number once."""
    expected = Expected({})
    for write in writes:
        if write.status != "paid":
            expected.filtered += 1
        elif write.country == "NULL":
            expected.rejected += 1
        elif write.number not in expected.accepted:
            expected.accepted[write.number] = [write]
        elif expected.accepted[write.number][0].content == write.content:
            expected.duplicate += 1
            expected.accepted[write.number].append(write)
        else:
            expected.conflict += 1
    return expected


def destination(write):
    return PARTNERS.get(write.country, "archive")
