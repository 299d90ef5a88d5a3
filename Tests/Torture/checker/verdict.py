"""Compares what must have happened with what did."""

from collections import Counter
from dataclasses import dataclass, field

from writes import destination

METERS = {"acme": "orders.dach", "globex": "orders.us"}


@dataclass
class Verdict:
    """Faults by name; each a list of ids. Empty lists only: green."""
    faults: dict = field(default_factory=dict)
    notes: dict = field(default_factory=dict)

    def blame(self, fault, what):
        self.faults.setdefault(fault, []).append(what)

    @property
    def is_green(self):
        return not self.faults


def judge(expected, receivers, files, quantities, complaints, billed_orders=None):
    """`receivers`: name -> key -> Calls. `billed_orders`: order id -> customers of its records, None without the ledger's lines."""
    verdict = Verdict()
    delivered = deliveries(expected, receivers, files, verdict)
    strangers(expected, receivers, files, verdict)
    trail(delivered, files, verdict)
    for complaint in complaints:
        verdict.blame("complaint", complaint)
    for path in files.torn:
        verdict.blame("torn", path)
    if billed_orders is None:
        bills_by_count(delivered, expected, quantities, verdict)
    else:
        bills_by_order(delivered, expected, billed_orders, verdict)
    return verdict


def deliveries(expected, receivers, files, verdict):
    """number -> destination of everything that arrived; whatever did not arrive anywhere is lost."""
    delivered, dead, repeated = {}, 0, 0
    for number, writes in expected.accepted.items():
        place = destination(writes[0])
        if place == "archive":
            if number in files.orders:
                delivered[number] = place
            else:
                verdict.blame("lost", number)
            continue
        calls = receivers[place].get(number)
        if calls is None:
            verdict.blame("lost", number)
        elif calls.is_accepted:
            delivered[number] = place
            repeated += calls.acceptances - 1
        elif calls.refusal in (501, 505):
            dead += 1
        elif calls.refusal is None or number not in files.rejected:
            verdict.blame("lost", number)
        if calls is not None and len(calls.bodies) > 1:
            verdict.blame("changed_bytes", number)
    verdict.notes.update(accepted=len(expected.accepted), delivered=len(delivered), dead=dead,
                         handled=len(files.rejected), repeated=repeated)
    return delivered


def strangers(expected, receivers, files, verdict):
    """What arrived and should not have: filtered orders, foreign keys, orders at the wrong partner."""
    for place, calls in receivers.items():
        for key in calls:
            writes = expected.accepted.get(key)
            if writes is None or destination(writes[0]) != place:
                verdict.blame("not_expected", f"{place}: {key}")
    for number in files.orders:
        writes = expected.accepted.get(number)
        if writes is None or destination(writes[0]) != "archive":
            verdict.blame("not_expected", f"archive: {number}")


def trail(delivered, files, verdict):
    """One line for each delivered order, no other."""
    if not files.has_trail:
        return
    for number in delivered:
        count = files.trail.get(number, 0)
        if count == 0:
            verdict.blame("trail_missing", number)
        elif count > 1:
            verdict.blame("trail_doubled", number)
    for number in files.trail:
        if number not in delivered:
            verdict.blame("not_expected", f"trail: {number}")


def bills_by_order(delivered, expected, billed_orders, verdict):
    billable = {number for number, place in delivered.items() if place in METERS}
    numbers = {write.order_id: number for number, writes in expected.accepted.items() for write in writes}
    billed = Counter()
    for order_id, customers in billed_orders.items():
        number = numbers.get(order_id, f"order {order_id}")
        billed[number] += len(customers)
        if number in expected.accepted and set(customers) != {expected.accepted[number][0].customer}:
            verdict.blame("wrong_customer", number)
    for number in billable:
        if billed[number] == 0:
            verdict.blame("delivered_unbilled", number)
    for number, count in billed.items():
        if count > 1:
            verdict.blame("billed_twice", number)
        if number not in billable and count > 0:
            verdict.blame("billed_undelivered", number)


def bills_by_count(delivered, expected, quantities, verdict):
    due = Counter()
    for number, place in delivered.items():
        if place in METERS:
            due[expected.accepted[number][0].customer, METERS[place]] += 1
    for customer, meter in sorted(due.keys() | quantities.keys()):
        difference = quantities[customer, meter] - due[customer, meter]
        where = f"customer {customer}, {meter}: {abs(difference)}"
        if difference < 0:
            verdict.blame("delivered_unbilled", where)
        if difference > 0:
            verdict.blame("billed_twice_or_undelivered", where)
