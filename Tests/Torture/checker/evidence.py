"""What arrived: the partners' own logs and the delivered files."""

import json
import os
from collections import defaultdict
from dataclasses import dataclass, field


@dataclass
class Calls:
    """Of one partner and key: statuses in order, and the bodies' hashes."""
    statuses: list = field(default_factory=list)
    bodies: set = field(default_factory=set)

    @property
    def is_accepted(self):
        return any(200 <= status < 300 for status in self.statuses)

    @property
    def acceptances(self):
        return sum(1 for status in self.statuses if 200 <= status < 300)

    @property
    def refusal(self):
        """A status that ends the order for good, None without one. 408, 409, 425 and 429 are tried again."""
        final = [status for status in self.statuses
                 if status in (501, 505) or (400 <= status < 500 and status not in (408, 409, 425, 429))]
        return final[-1] if final else None


def receiver_log(path):
    """Lines of MICROSECONDS, STATUS, KEY, SHA256, METHOD, PATH; a torn last line is no evidence."""
    calls = defaultdict(Calls)
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            words = line.rstrip("\n").split("\t")
            if not line.endswith("\n") or len(words) != 6:
                continue
            calls[words[2]].statuses.append(int(words[1]))
            calls[words[2]].bodies.add(words[3])
    return dict(calls)


@dataclass
class Files:
    orders: dict = field(default_factory=dict)
    rejected: set = field(default_factory=set)
    trail: dict = field(default_factory=lambda: defaultdict(int))
    torn: list = field(default_factory=list)
    has_trail: bool = False


def delivered_files(root):
    """orders/COUNTRY/NUMBER.json, rejected/NUMBER.json, trail/DATE.jsonl. Temporary files (a leading dot) and what was
    cut off and kept (NAME.torn) are no deliveries."""
    files = Files()
    for folder, _, names in os.walk(root):
        kind = os.path.relpath(folder, root).split(os.sep)[0]
        for name in names:
            path = os.path.join(folder, name)
            if name.startswith(".") or name.endswith(".torn"):
                continue
            if kind == "trail":
                files.has_trail = True
                read_trail(path, files)
            elif kind in ("orders", "rejected"):
                read_whole(path, kind, name.removesuffix(".json"), files)
    return files


def read_whole(path, kind, number, files):
    with open(path, "rb") as file:
        text = file.read()
    try:
        if json.loads(text)["number"] != number:
            files.torn.append(path)
    except (ValueError, KeyError, TypeError):
        files.torn.append(path)
    if kind == "rejected":
        files.rejected.add(number)
    else:
        files.orders[number] = files.orders.get(number, 0) + 1


def read_trail(path, files):
    with open(path, "rb") as file:
        lines = file.read().split(b"\n")
    if lines.pop() != b"":
        files.torn.append(f"{path}: the last line has no end")
    for position, line in enumerate(lines, 1):
        try:
            files.trail[json.loads(line)["number"]] += 1
        except (ValueError, KeyError, TypeError):
            files.torn.append(f"{path}:{position}")
