"""Disque's protocol from a client's side: RESP2, one socket, nothing but the standard library."""

import socket


class Status(bytes):
    """`+OK`"""


class Refusal(bytes):
    """`-ERR ...`: an answer like any other; who wants an exception raises one."""

    @property
    def token(self):
        return self.split(b" ", 1)[0].decode()


class Gone(Exception):
    """The connection has ended: what was asked and not answered is unknown."""


def encode(*words):
    parts = [b"*%d\r\n" % len(words)]
    for word in words:
        if not isinstance(word, bytes):
            word = str(word).encode()
        parts.append(b"$%d\r\n%s\r\n" % (len(word), word))
    return b"".join(parts)


class Silent(Exception):
    """No answer for so long that there will be none."""


class Connection:
    def __init__(self, address, timeout=30):
        host, _, port = address.rpartition(":")
        try:
            self.socket = socket.create_connection((host, int(port)), timeout)
        except ConnectionError as error:
            raise Gone(str(error)) from error
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.file = self.socket.makefile("rb", 1 << 16)

    def send(self, *requests):
        """Each request is a tuple of words."""
        try:
            self.socket.sendall(b"".join(encode(*request) for request in requests))
        except ConnectionError as error:
            raise Gone(str(error)) from error

    def receive(self):
        try:
            return self.parse()
        except TimeoutError as error:
            raise Silent("the server does not answer") from error
        except ConnectionError as error:
            raise Gone(str(error)) from error

    def call(self, *words):
        self.send(words)
        return self.receive()

    def close(self):
        self.file.close()
        self.socket.close()

    def parse(self):
        line = self.file.readline()
        if not line.endswith(b"\r\n"):
            raise Gone("end of stream")
        kind, text = line[:1], line[1:-2]
        if kind == b"$":
            return self.bulk(int(text))
        if kind == b"*":
            return None if text == b"-1" else [self.parse() for _ in range(int(text))]
        if kind == b":":
            return int(text)
        if kind == b"+":
            return Status(text)
        if kind == b"-":
            return Refusal(text)
        if kind == b"_":
            return None
        raise ValueError(f"no reply begins with {line!r}")

    def bulk(self, length):
        if length < 0:
            return None
        content = self.file.read(length + 2)
        if len(content) < length + 2:
            raise Gone("end of stream")
        return content[:-2]


def pairs(flat):
    """QSTAT and SHOW as a dictionary; names as text."""
    return {name.decode(): value for name, value in zip(flat[::2], flat[1::2])}
