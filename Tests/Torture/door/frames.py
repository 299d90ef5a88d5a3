"""Frames that no client means, drawn from a seed: what a scanner, a broken client or somebody hostile sends."""

import random

from .wire import encode

QUEUES = [b"hostile", b"", b"\x00\xff\r\n", b"other"]
ID = b"D-dcb833cf-8YL1NT17e9+wsA/09NqxscQI-05a1"
# What is changed at random: none of them stops the server or waits for long, whatever becomes of it.
GOOD = [
    (b"ADDJOB", b"hostile", b"body", b"0", b"MAXLEN", b"1000"),
    (b"ADDJOB", b"hostile", b"body", b"0", b"RETRY", b"1", b"TTL", b"5", b"MAXLEN", b"1000"),
    (b"GETJOB", b"NOHANG", b"COUNT", b"10", b"WITHCOUNTERS", b"FROM", b"hostile", b"other"),
    (b"ACKJOB", ID, ID), (b"NACK", ID), (b"WORKING", ID), (b"SHOW", ID), (b"ENQUEUE", ID), (b"DEQUEUE", ID),
    (b"QLEN", b"hostile"), (b"QSTAT", b"hostile"), (b"QPEEK", b"hostile", b"-3"), (b"QSCAN", b"COUNT", b"10"),
    (b"JSCAN", b"COUNT", b"10", b"QUEUE", b"hostile", b"STATE", b"queued"), (b"PAUSE", b"hostile", b"state"),
    (b"HELLO",), (b"PING", b"message"), (b"TIME",), (b"COMMAND", b"INFO", b"ping"), (b"CLUSTER", b"MYID"),
]
LENGTHS = [
    b"-1", b"-2", b"", b" 1", b"1 ", b"+", b"-", b"0x10", b"1e3", b"NaN", b"00000000000000000000000000000009",
    b"1048576", b"1048577", b"2147483647", b"2147483648", b"4294967296", b"4294967297", b"536870912", b"536870913",
    b"9223372036854775807", b"9223372036854775808", b"-9223372036854775808", b"18446744073709551616", b"9" * 40,
]
INTEGERS = [length for length in LENGTHS if b" " not in length] + [b"0", b"-0", b"+1", b"65536", b"4294967295"]
HELLO_OF_TLS = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(range(32)) + b"\x20" + bytes(range(64))
HTTP = [
    b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 14\r\n\r\nADDJOB q b 0\r\n",
    b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", b"Host: localhost\r\n", b"OPTIONS * HTTP/1.0\r\n\r\n",
]


class Frames:
    """`answered` draws a frame that is complete, whatever it means: another can follow it. `last` draws one after which
    the server closes, or which is cut off: nothing after it would be read as a frame."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.answered_kinds = [
            self.unknown, self.arity, self.bad_arguments, self.bad_id, self.inline, self.inline_bytes, self.empty,
            self.many_words, self.nuls,
        ]
        self.last_kinds = [
            self.length_of_words, self.length_of_bulk, self.mutated, self.mutated, self.cut, self.garbage,
            self.unbalanced, self.no_bulk, self.tls, self.http, self.endless_line, self.wrong_length,
        ]

    def answered(self):
        return self.random.choice(self.answered_kinds)()

    def last(self):
        return self.random.choice(self.last_kinds)() or b"\x00"

    def bytes(self, most):
        return self.random.randbytes(self.random.randrange(most))

    # Complete

    def unknown(self):
        return encode(b"X" + self.bytes(20), *(self.bytes(20) for _ in range(self.random.randrange(4))))

    def arity(self):
        return encode(self.random.choice([b"QLEN", b"ADDJOB", b"WORKING", b"QPEEK", b"SHOW", b"PAUSE", b"GETJOB"]))

    def bad_arguments(self):
        words = list(self.random.choice(GOOD[:3] + GOOD[11:14]))
        # Never a wait: the option that would make it one stays.
        place = self.random.randrange(2, len(words)) if words[0] != b"GETJOB" else 3
        words[place] = self.random.choice(INTEGERS + QUEUES)
        return encode(*words)

    def bad_id(self):
        name = self.random.choice([b"ACKJOB", b"FASTACK", b"DELJOB", b"NACK", b"SHOW", b"WORKING", b"ENQUEUE"])
        damaged = bytearray(ID)
        damaged[self.random.randrange(40)] = self.random.randrange(256)
        return encode(name, self.random.choice([bytes(damaged), ID[:-1], ID + b"x", b"", self.bytes(80)]))

    def inline(self):
        return self.random.choice([
            b"PING \"\"\r\n", b"ping 'a\\'b' \"\\x00\\xff\\n\"\n", b"\"QLEN\" \"host\\x69le\"\r\n", b"\"\" \"\"\r\n",
            b"''\n", b"QLEN\t\"a b\"\x0b\x0c\r\n", b"QPEEK hostile 99999999999999999999\n", b"\xff\xfe \x80\r\n",
        ])

    def inline_bytes(self):
        word = bytes(byte for byte in self.bytes(60) if byte not in b"\r\n\"'*")
        return b"X" + word + b"\r\n"

    def empty(self):
        return self.random.choice([b"\r\n", b"\n", b"   \t \r\n", b"*0\r\n", b"*-1\r\n", b"*-9223372036854775808\n"])

    def many_words(self):
        return encode(b"ACKJOB", *([b"x"] * int(1 + self.random.expovariate(0.1))))

    def nuls(self):
        return encode(b"\x00" * self.random.randrange(1, 9), b"\x00" * self.random.randrange(99))

    # Last

    def length_of_words(self):
        return b"*" + self.random.choice(LENGTHS) + b"\r\n"

    def length_of_bulk(self):
        return b"*2\r\n$4\r\nQLEN\r\n$" + self.random.choice(LENGTHS) + b"\r\n" + self.bytes(40)

    def mutated(self):
        frame = bytearray(encode(*self.random.choice(GOOD)))
        for _ in range(self.random.randrange(1, 4)):
            place = self.random.randrange(len(frame))
            if self.random.random() < 0.5:
                frame[place] = self.random.choice(b"*$-+0129\r\n \"'\x00\xff")
            elif self.random.random() < 0.5:
                del frame[place:place + self.random.randrange(1, 5)]
            else:
                frame[place:place] = self.random.choice([b"\r", b"\n", b"$", b"*", b"-1", b"\x00", b"9" * 30])
            frame = frame or bytearray(b"*")
        return bytes(frame)

    def cut(self):
        frame = encode(*self.random.choice(GOOD))
        return frame[:self.random.randrange(1, len(frame))]

    def garbage(self):
        return self.bytes(200)

    def unbalanced(self):
        return self.random.choice([b"PING \"abc\r\n", b"PING 'abc\n", b"X \"a\"b\r\n", b"X 'it''s'\r\n", b"X \"\\\r\n"])

    def no_bulk(self):
        return b"*2\r\n" + self.random.choice([b"QLEN\r\n", b"+QLEN\r\n", b":1\r\n", b"\r\n", b"\x00", b"*1\r\n"])

    def tls(self):
        return HELLO_OF_TLS[:self.random.randrange(1, len(HELLO_OF_TLS))]

    def http(self):
        return self.random.choice(HTTP)

    def endless_line(self):
        return self.random.choice([b"*", b"*1\r\n$", b"PING "]) + b"1" * self.random.choice([100, 20_000, 70_000])

    def wrong_length(self):
        return b"*2\r\n$4\r\nQLEN\r\n$%d\r\nhostile\r\n" % self.random.choice([1, 6, 8, 9])

    # For connections that stay open

    def half(self):
        """The beginning of a command that would be a good one."""
        body = self.random.choice([10, 1_000, 100_000])
        frame = self.random.choice([
            b"*1\r\n$4\r\nPI", b"PIN", b"*", b"*3\r\n$6\r\nADDJOB\r\n", b"ADDJOB hostile \"half", b"", HELLO_OF_TLS[:9],
            b"*4\r\n$6\r\nADDJOB\r\n$7\r\nhostile\r\n$%d\r\n" % body + b"x" * min(body // 2, 2_000),
        ])
        return frame
