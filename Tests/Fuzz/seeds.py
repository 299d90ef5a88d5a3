"""Writes the seeds of the protocol's fuzzing: every command of the queue's door, as clients send it and as people type it.

    python3 seeds.py FOLDER
"""
import pathlib
import sys

ID = "D-dcb833cf-8YL1NT17e9+wsA/09NqxscQI-05a1"

COMMANDS = f"""
ADDJOB queue body 0
ADDJOB queue body 100 REPLICATE 1 DELAY 1 RETRY 10 TTL 3600 MAXLEN 1000 ASYNC
ADDJOB queue body 0 UNIQUE key WITHIN 60000 MAXDELIVERIES 3 DEADLETTER queue.dead
GETJOB FROM queue
GETJOB NOHANG TIMEOUT 1000 COUNT 64 WITHCOUNTERS FROM a b c
ACKJOB {ID}
FASTACK {ID} {ID}
DELJOB {ID}
ENQUEUE {ID}
DEQUEUE {ID}
NACK {ID} DELAY 500
WORKING {ID}
SHOW {ID}
QLEN queue
QSTAT queue
QPEEK queue -10
QSCAN 0 COUNT 100 BUSYLOOP MINLEN 1 MAXLEN 10 IMPORTRATE 1
JSCAN 0 COUNT 100 BUSYLOOP QUEUE q STATE queued STATE active REPLY all
QPURGE queue
QMOVE source target COUNT 10
QMOVE source target IDS {ID}
PAUSE queue in out bcast
HELLO
HELLO 3 AUTH user password SETNAME name
AUTH password
AUTH user password
PING
PING message
TIME
INFO all
QUIT
COMMAND INFO addjob
CLIENT SETINFO LIB-NAME redis-py
CLIENT KILL ID 1 TYPE normal ADDR 127.0.0.1:1 SKIPME yes
CLUSTER NODES
CLUSTER LEAVING yes
CONFIG GET *
CONFIG SET maxmemory 1gb
DEBUG SLEEP 0
SLOWLOG GET -1
LATENCY RESET
MONITOR
BGREWRITEAOF
SHUTDOWN REWRITE-AOF
LOADJOB blob
"""

RAW = [
    b"*0\r\n*-1\r\n\r\n\n", b"*1\n$4\nPING\n", b"PING \"\"\r\n", b"ADDJOB 'a b' \"\\x00\\n\\\"\" 0\r\n",
    b"PING \"unbalanced\r\n", b"*1048577\r\n", b"*2\r\n$-1\r\n", b"*1\r\n$536870913\r\n",
    b"*1\r\n$9223372036854775808\r\n", b"*1\r\n+PING\r\n", b"*1\r\n$3\r\nPING\r\n", b"POST / HTTP/1.1\r\nHost: x\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", b"*3\r\n$6\r\nADDJOB\r\n$0\r\n\r\n$2\r\n\r\n\r\n",
]


def multibulk(words):
    return b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(word), word) for word in words)


def seeds():
    lines = [line.encode() for line in COMMANDS.split("\n") if line]
    for line in lines:
        yield multibulk(line.split(b" "))
        yield line + b"\r\n"
    yield b"".join(multibulk(line.split(b" ")) for line in lines)
    yield from RAW


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(seeds()):
        (folder / f"seed-{number:03}").write_bytes(seed)


if __name__ == "__main__":
    main()
