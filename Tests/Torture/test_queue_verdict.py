"""The kill loop's checker is green on a log that is right, and red where one line is missing or there twice."""

import os
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from door.verdict import Verdict  # pylint: disable=wrong-import-position

# Job a: rejected once, its acknowledgement unanswered at the kill. b: at most once, acknowledged. c: its ADDJOB
# unanswered. d: delivered at most once, by an answer that the kill cut off. e: its lease lapses.
GOOD = """
add p.1 ka orders 1 0 0 1000
added p.1 a
add p.2 kb alarms 0 0 0 1000
add p.3 kd alarms 0 0 0 1000
added p.2 b
added p.3 d
add q.1 ke orders 1 1000 1 1000
added q.1 e
ask c.1 2
got c.1 a ka 0 0 1010
got c.1 b kb 0 0 1010
answered c.1 2
nack c.2 a
nacked c.2 1
ask c.3 1
got c.3 a ka 1 0 1020
answered c.3 1
ack c.4 b
acked c.4 1
ask d.1 1
got d.1 e ke 0 0 2005
answered d.1 1
ack c.5 a
add p.4 kc orders 1 0 1 2010
ask d.2 1
kill
alive orders c,e
alive alarms d
shown c kc orders 0 0
shown e ke orders 0 0
stat orders 2 1 3
stat alarms 1 1 2
checked
add p.5 kc orders 1 0 1 2100
added p.5 c
ask c.6 2
got c.6 c kc 0 0 3100
got c.6 e ke 0 1 3100
answered c.6 2
ack c.7 c,e
acked c.7 2
ack d.3 d
acked d.3 1
alive orders -
alive alarms -
stat orders 0 3 5
stat alarms 0 2 2
checked
drained
"""


def events(text):
    return [["" if word == "-" else word for word in line.split(" ")] for line in text.strip().split("\n")]


def judge(lines):
    verdict = Verdict()
    for line in lines:
        verdict.feed(*line)
    return verdict.problems


class QueueVerdictTests(unittest.TestCase):
    # A look at one job more or less does not make a good server a bad one.
    LOOKS = {"shown", "alive", "stat", "checked", "drained"}

    def assert_red(self, lines, words):
        problems = judge(lines)
        self.assertTrue(any(words in problem for problem in problems), f"{words!r} is not in {problems}")

    def without(self, line):
        lines = events(GOOD)
        lines.remove(line.split(" "))
        return lines

    def with_line(self, line, after):
        lines = events(GOOD)
        lines.insert(lines.index(after.split(" ")) + 1, ["" if word == "-" else word for word in line.split(" ")])
        return lines

    def changed(self, line, to):
        return [to.split(" ") if words == line.split(" ") else words for words in events(GOOD)]

    def test_green(self):
        self.assertEqual(judge(events(GOOD)), [])

    def test_any_event_of_a_client_missing(self):
        lines = events(GOOD)
        for place, line in enumerate(lines):
            # Of a client's last answer before the kill nobody knows whether it came.
            if line[0] not in self.LOOKS and line[:2] != ["added", "q.1"]:
                with self.subTest(" ".join(line)):
                    self.assertNotEqual(judge(lines[:place] + lines[place + 1:]), [])

    def test_any_event_of_a_client_twice(self):
        lines = events(GOOD)
        for place, line in enumerate(lines):
            if line[0] not in self.LOOKS | {"kill"}:
                with self.subTest(" ".join(line)):
                    self.assertNotEqual(judge(lines[:place] + [line] + lines[place:]), [])

    def test_lost(self):
        self.assert_red(self.changed("alive orders c,e", "alive orders c"), "is lost")
        self.assert_red(self.changed("alive alarms d", "alive alarms "), "is lost")

    def test_acknowledged_job_is_back(self):
        self.assert_red(self.changed("alive alarms d", "alive alarms d,b"), "acknowledged in line")
        self.assert_red(self.with_line("got c.6 a ka 1 1 3100", "ask c.6 2"), "came again")

    def test_unanswered_acknowledgement_may_not_have_happened(self):
        lines = self.changed("alive orders c,e", "alive orders a,c,e")
        lines = [line if line != ["stat", "orders", "2", "1", "3"] else ["stat", "orders", "3", "0", "3"]
                 for line in lines]
        self.assertNotIn("acknowledged", " ".join(judge(lines[:lines.index(["checked"]) + 1])))

    def test_at_most_once_came_twice(self):
        self.assert_red(self.with_line("got c.6 b kb 0 0 3100", "ask c.6 2"), "at most once, came 2 times")
        self.assert_red(self.with_line("got c.3 b kb 0 0 1015", "ask c.3 1"), "at most once, came 2 times")

    def test_twice_in_two_jobs(self):
        self.assert_red(self.changed("added p.5 c", "added p.5 x"), "is in two jobs")

    def test_stranger(self):
        self.assert_red(self.changed("alive orders c,e", "alive orders c,e,x"), "nobody added it")

    def test_before_its_time(self):
        self.assert_red(self.changed("got d.1 e ke 0 0 2005", "got d.1 e ke 0 0 1500"), "500 ms before its time")

    def test_counters(self):
        self.assert_red(self.changed("got c.3 a ka 1 0 1020", "got c.3 a ka 0 0 1020"), "nacks")
        self.assert_red(self.changed("got c.3 a ka 1 0 1020", "got c.3 a ka 2 0 1020"), "nacks")
        self.assert_red(self.changed("got c.6 e ke 0 1 3100", "got c.6 e ke 0 0 3100"), "came back 0 times")
        self.assert_red(self.changed("got c.6 e ke 0 1 3100", "got c.6 e ke 0 9 3100"), "came back 9 times")

    def test_sums(self):
        for stat in ["stat orders 1 1 3", "stat orders 2 2 3", "stat orders 2 1 2", "stat orders 2 1 9"]:
            with self.subTest(stat):
                self.assert_red(self.changed("stat orders 2 1 3", stat), "orders counts")

    def test_never_delivered(self):
        lines = [line for line in events(GOOD) if line[:2] != ["got", "d.1"] and line[1:3] != ["c.6", "e"]]
        self.assert_red(lines, "ended without ever being delivered")


if __name__ == "__main__":
    unittest.main()
