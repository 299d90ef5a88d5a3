"""What was billed: `waybill bill report --json`, and, where it is given, the ledger's lines.

A report tells quantities per customer and meter; that finds every discrepancy but names only the customer and the meter.
With the ledger's lines (JSON, one object a line, with `message`, `customer`, `meter`) it names the orders.
"""

import json
from collections import Counter, defaultdict


def reports(paths):
    """(customer, meter) -> quantity, and the reports' own complaints."""
    quantities, complaints = Counter(), []
    for path in paths:
        with open(path, encoding="utf-8") as file:
            report = json.load(file)
        customer = report["customer"]
        if report.get("balanced") is False:
            complaints.append(f"customer {customer}: delivered {report.get('delivered')}, billed {report.get('billed')}")
        if report.get("unpriced"):
            complaints.append(f"customer {customer}: {report['unpriced']} unpriced")
        for currency in report["currencies"]:
            for line in currency["lines"]:
                for meter in line["meters"]:
                    quantities[customer, meter["meter"]] += int(meter["quantity"])
    return quantities, complaints


def ledger_lines(path):
    """order id -> the customer of each of its records. A message's id is `shop.orders/ID`."""
    billed = defaultdict(list)
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            record = json.loads(line)
            if record.get("kind", "usage") == "usage":
                billed[int(record["message"].split("/")[1])].append(record["customer"])
    return billed
