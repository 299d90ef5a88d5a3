"""The outside checker: trusts nothing that Waybill says about itself but its bill.

    python3 Tests/Torture/checker --socket .run/mariadb.sock --receiver acme=.run/acme.log \\
        --receiver globex=.run/globex.log --files .run/archive --bill 1001.json --bill 1002.json --bill 1003.json

Ends with 0 if nothing is lost, billed twice, delivered unbilled or billed undelivered, else with 1. To be run when
everything is settled.
"""

import argparse
import sys

import bills
import evidence
import verdict
import writes


def main():
    arguments = parse()
    written = writes.from_server(arguments.socket) if arguments.socket else writes.from_file(arguments.writes)
    expected = writes.expectation(written)
    receivers = {"acme": {}, "globex": {}}
    for entry in arguments.receiver:
        name, path = entry.split("=", 1)
        receivers[name] = evidence.receiver_log(path)
    files = evidence.delivered_files(arguments.files)
    quantities, complaints = bills.reports(arguments.bill)
    billed_orders = bills.ledger_lines(arguments.lines) if arguments.lines else None
    result = verdict.judge(expected, receivers, files, quantities, complaints, billed_orders)
    show(written, expected, result)
    return 0 if result.is_green else 1


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--socket", help="unix socket of the shop's MariaDB")
    source.add_argument("--writes", help="the write log as a file, tab-separated")
    parser.add_argument("--receiver", action="append", default=[], help="NAME=LOG of a partner")
    parser.add_argument("--files", required=True, help="root of the delivered files")
    parser.add_argument("--bill", action="append", default=[], help="`bill report --json` of one customer")
    parser.add_argument("--lines", help="the ledger's records, one JSON object a line")
    return parser.parse_args()


def show(written, expected, result):
    counts = {"written": len(written), "filtered": expected.filtered, "rejected": expected.rejected,
              "duplicate": expected.duplicate, "conflict": expected.conflict, **result.notes}
    print(" ".join(f"{name}={count}" for name, count in counts.items()))
    for fault in ["lost", "billed_twice", "delivered_unbilled", "billed_undelivered"]:
        print(f"{fault}={len(result.faults.get(fault, []))}", end=" ")
    print("green" if result.is_green else "RED")
    for fault, ids in result.faults.items():
        print(f"{fault}: {len(ids)}: " + ", ".join(ids[:20]) + (" ..." if len(ids) > 20 else ""))


sys.exit(main())
