"""The checker is green on a run that is right, and red on every way in which it can be wrong."""

import json
import os
import subprocess
import sys
import tempfile
import unittest

CHECKER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "checker")
COUNTRIES = ["DE", "US", "FR", "AT", "US", "NL"]


class CheckerTests(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.writes, self.acme, self.globex, self.trail, self.lines = [], [], [], [], []
        self.quantities = {}
        for order in range(1, 61):
            self.order(order, COUNTRIES[order % 6])
        self.writes.append("61\tS-1\t1001\tpaid\tUS\tc1")            # a duplicate
        self.writes.append("62\tS-2\t1001\tpaid\tFR\tother")         # a conflict
        self.writes.append("63\tS-63\t1001\tpending\tDE\tc63")       # filtered
        self.writes.append("64\tS-64\t1001\tpaid\tNULL\tc64")        # rejected
        self.writes.append("65\tS-65\t1001\tpaid\tDE\tc65")          # refused, kept as a file
        self.acme.append("9\t422\tS-65\th65\tPOST\t/v1/orders")
        self.file("archive/rejected/S-65.json", '{"number": "S-65"}')
        self.writes.append("66\tS-66\t1001\tpaid\tUS\tc66")          # dead
        self.globex.append("9\t501\tS-66\th66\tPOST\t/orders")

    def order(self, order, country):
        number, customer = f"S-{order}", ["1001", "1002"][order % 2]
        self.writes.append(f"{order}\t{number}\t{customer}\tpaid\t{country}\tc{order}")
        self.trail.append(json.dumps({"number": number}))
        if country in ("FR", "NL"):
            return self.file(f"archive/orders/{country}/{number}.json", json.dumps({"number": number}))
        partner, meter = (self.globex, "orders.us") if country == "US" else (self.acme, "orders.dach")
        partner.append(f"{order}\t503\t{number}\th{order}\tPOST\t/orders")
        partner.append(f"{order}\t200\t{number}\th{order}\tPOST\t/orders")
        self.lines.append({"message": f"shop.orders/{order}", "customer": customer, "meter": meter, "kind": "usage"})
        self.quantities[customer, meter] = self.quantities.get((customer, meter), 0) + 1

    def file(self, name, text):
        path = os.path.join(self.folder.name, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def check(self, with_lines=True):
        arguments = [sys.executable, "-B", CHECKER, "--writes", self.file("writes", "\n".join(self.writes) + "\n"),
                     "--files", os.path.join(self.folder.name, "archive")]
        for name, lines in [("acme", self.acme), ("globex", self.globex)]:
            arguments += ["--receiver", f"{name}=" + self.file(name, "".join(line + "\n" for line in lines))]
        self.file("archive/trail/2026-11-25.jsonl", "".join(line + "\n" for line in self.trail))
        for customer in ["1001", "1002"]:
            meters = [{"meter": meter, "quantity": quantity}
                      for (owner, meter), quantity in self.quantities.items() if owner == customer]
            report = {"customer": customer, "balanced": True, "unpriced": 0,
                      "currencies": [{"currency": "EUR", "lines": [{"meters": meters}]}]}
            arguments += ["--bill", self.file(f"{customer}.json", json.dumps(report))]
        if with_lines:
            arguments += ["--lines", self.file("lines", "".join(json.dumps(line) + "\n" for line in self.lines))]
        run = subprocess.run(arguments, capture_output=True, text=True, check=False)
        return run.returncode, run.stdout + run.stderr

    def assert_red(self, fault, with_lines=True):
        status, output = self.check(with_lines)
        self.assertEqual(status, 1, output)
        self.assertIn(f"\n{fault}: ", output)

    def test_green(self):
        for with_lines in (True, False):
            status, output = self.check(with_lines)
            self.assertEqual(status, 0, output)
            self.assertIn("lost=0 billed_twice=0 delivered_unbilled=0 billed_undelivered=0 green", output)

    def test_line_of_a_partner_removed(self):
        self.acme = [line for line in self.acme if "\tS-60\t" not in line]
        self.assert_red("lost")

    def test_only_the_acceptance_removed(self):
        self.acme = [line for line in self.acme if "\t200\tS-60\t" not in line]
        self.assert_red("lost")

    def test_file_removed(self):
        os.remove(os.path.join(self.folder.name, "archive/orders/FR/S-2.json"))
        self.assert_red("lost")

    def test_refused_order_without_its_file(self):
        os.remove(os.path.join(self.folder.name, "archive/rejected/S-65.json"))
        self.assert_red("lost")

    def test_bill_doubled(self):
        self.lines.append(self.lines[0])
        self.assert_red("billed_twice")

    def test_bill_removed(self):
        self.lines.pop()
        self.assert_red("delivered_unbilled")

    def test_billed_without_delivery(self):
        self.lines.append({"message": "shop.orders/66", "customer": "1001", "meter": "orders.us", "kind": "usage"})
        self.assert_red("billed_undelivered")

    def test_billed_to_another_customer(self):
        self.lines[0]["customer"] = "1003"
        self.assert_red("wrong_customer")

    def test_report_with_one_too_many(self):
        self.quantities["1001", "orders.us"] = self.quantities.get(("1001", "orders.us"), 0) + 1
        self.assert_red("billed_twice_or_undelivered", with_lines=False)

    def test_report_with_one_too_few(self):
        key = next(iter(self.quantities))
        self.quantities[key] -= 1
        self.assert_red("delivered_unbilled", with_lines=False)

    def test_other_bytes_under_one_key(self):
        self.globex.append("9\t200\tS-1\tchanged\tPOST\t/orders")
        self.assert_red("changed_bytes")

    def test_filtered_order_delivered(self):
        self.acme.append("9\t200\tS-63\th63\tPOST\t/v1/orders")
        self.assert_red("not_expected")

    def test_trail_line_removed_doubled_torn(self):
        whole = list(self.trail)
        self.trail = whole[1:]
        self.assert_red("trail_missing")
        self.trail = whole + whole[:1]
        self.assert_red("trail_doubled")
        self.trail = whole + ['{"number": "S-']
        self.assert_red("torn")


if __name__ == "__main__":
    unittest.main()
