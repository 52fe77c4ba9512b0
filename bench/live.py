"""Thousands of open pages that listen, and a hundred changes announced each second."""

from __future__ import annotations

import select
import socket
import time
from dataclasses import dataclass
from random import Random

import orjson
import psycopg

from bench.instance import Instance, resident
from bench.load import Measured
from bench.organisation import House, session

READERS = 20  # of each ticket
STREAMS_OF_A_SESSION = 20
_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Delivered:
    """What came of it. Times in milliseconds, memory in MB."""

    streams: int
    memory: float
    memory_before: float
    sent: int
    expected: int
    arrived: int
    p50: float
    p99: float
    longest: float


def deliver(here: Instance, house: House, numbers: list[str], streams: int, seconds: float) -> Delivered:
    """Open `streams`, announce 100 changes a second to random tickets for `seconds`, and time each delivery."""
    before = resident(here.pid("live"))
    tickets = numbers[: max(1, streams // READERS)]
    sockets = _opened(here.live_port, _requests(house, tickets, streams))
    try:
        sent, times = _announced(here.dsn, sockets, tickets, seconds)
        memory = resident(here.pid("live"))
    finally:
        for one in sockets.values():
            one.close()
    readers = streams // len(tickets)
    taken = Measured(len(times), seconds, times)
    return Delivered(
        streams, memory, before, sent, sent * readers, len(times), taken.percentile(0.5), taken.percentile(0.99), taken.percentile(1.0)
    )


def _requests(house: House, tickets: list[str], streams: int) -> list[bytes]:
    from banjie.people.models import Member

    people = list(Member.objects.filter(username__in=("li", "zhang", "qian", "feng")))
    requests, cookie = [], ""
    for n in range(streams):
        member = people[n // STREAMS_OF_A_SESSION % len(people)]
        if n % STREAMS_OF_A_SESSION == 0:
            cookie = session(member)
        topics = f"ticket:{tickets[n % len(tickets)]},member:{member.pk}"
        requests.append(f"GET /events?topics={topics} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookie}\r\n\r\n".encode())
    return requests


def _opened(port: int, requests: list[bytes]) -> dict[int, socket.socket]:
    sockets: dict[int, socket.socket] = {}
    for first in range(0, len(requests), _AT_ONCE):
        opening = []
        for request in requests[first : first + _AT_ONCE]:
            one = socket.create_connection(("127.0.0.1", port))
            one.sendall(request)
            opening.append(one)
        for one in opening:
            head = b""
            while b": open" not in head:
                part = one.recv(4096)
                head += part
                if not part or not head.startswith(b"HTTP/1.1 200"):
                    raise SystemExit("bench: a stream was refused: " + head.decode(errors="replace")[:300])
            one.setblocking(False)
            sockets[one.fileno()] = one
    return sockets


def _announced(dsn: str, sockets: dict[int, socket.socket], tickets: list[str], seconds: float) -> tuple[int, list[float]]:
    random, times, sent = Random(1), [], 0
    poll = select.epoll()
    for number in sockets:
        poll.register(number, select.EPOLLIN)
    with psycopg.connect(dsn, autocommit=True) as db:
        begun = time.perf_counter()
        while (now := time.perf_counter()) < begun + seconds + 1.0:
            if now < begun + seconds and now >= begun + sent * 0.01:
                topic = f"ticket:{random.choice(tickets)}"
                db.execute(
                    "select pg_notify('banjie_live', %s)", [orjson.dumps({"topics": [topic], "data": {"at": time.perf_counter()}}).decode()]
                )
                sent += 1
            for number, _event in poll.poll(max(0.0, min(0.01, begun + sent * 0.01 - time.perf_counter()))):
                times += _arrived(sockets[number].recv(65536))
    poll.close()
    return sent, times


def _arrived(frames: bytes) -> list[float]:
    now = time.perf_counter()
    return [now - orjson.loads(line[6:])["data"]["at"] for line in frames.split(b"\n") if line.startswith(b"data: ") and b'"at"' in line]
