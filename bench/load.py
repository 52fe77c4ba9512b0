"""Eight clients on kept-open connections in one thread: sockets and epoll, so that the load costs the machine little."""

from __future__ import annotations

import gc
import select
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

CLIENTS = 8
_END = b"\r\n\r\n"


@dataclass(slots=True)
class Measured:
    """What a stretch of load came to: how many, in how many seconds, and how long each took."""

    done: int
    seconds: float
    times: list[float] = field(default_factory=list)
    cpu: float = 0.0  # seconds of the servers (and of the script, where it is one), without the load's own

    @property
    def cost(self) -> float:
        """Return the CPU time of one, in milliseconds: what a busy machine does not falsify."""
        return self.cpu / max(1, self.done) * 1000

    @property
    def rate(self) -> float:
        """Return how many were done in a second."""
        return self.done / self.seconds

    def percentile(self, share: float) -> float:
        """Return the time under which this share of all was done, in milliseconds."""
        ordered = sorted(self.times)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000 if ordered else 0.0


class LoadFailed(SystemExit):
    """An answer was not what it must be; the numbers would mean nothing."""


class _Client:
    """One connection: sends a request, collects its answer, sends the next."""

    def __init__(self, port: int, requests: Iterator[bytes]) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.requests = requests
        self.answer = b""
        self.whole = 0
        self.sent = 0.0

    def send(self) -> bool:
        """Send the next request; False when there is none."""
        request = next(self.requests, None)
        if request is None:
            return False
        self.answer, self.whole = b"", 0
        self.sent = time.perf_counter()
        self.socket.sendall(request)
        return True

    def receive(self) -> bytes | None:
        """Return the whole answer when the last part of it has come."""
        part = self.socket.recv(1 << 18)
        if not part:
            raise LoadFailed("bench: the server closed a connection")
        self.answer += part
        if not self.whole:
            end = self.answer.find(_END)
            if end < 0:
                return None
            self.whole = end + 4 + _length(self.answer[:end])
        return self.answer if len(self.answer) >= self.whole else None


def drive(port: int, queues: list[Iterator[bytes]], seconds: float, take: Callable[[int, bytes], None] | None = None) -> Measured:
    """Let each queue of requests run over a connection of its own for `seconds` or until all are empty.

    `take` gets each client's number and answer. The first answer of each connection is not counted.

    Raises:
        LoadFailed: an answer other than 200 or 201.
    """
    clients = [_Client(port, requests) for requests in queues]
    poll = select.epoll()
    numbers = {client.socket.fileno(): number for number, client in enumerate(clients)}
    times: list[float] = []
    gc.disable()
    try:
        for client in clients:
            poll.register(client.socket.fileno(), select.EPOLLIN)
        begun = time.perf_counter()
        end = begun + seconds
        working = sum(client.send() for client in clients)
        fresh = set(numbers)
        while working and (now := time.perf_counter()) < end:
            for number, _event in poll.poll(max(0.0, end - now)):
                client = clients[numbers[number]]
                answer = client.receive()
                if answer is None:
                    continue
                times.append(time.perf_counter() - client.sent)
                if answer[9:12] not in (b"200", b"201"):
                    raise LoadFailed("bench: " + answer[:1500].decode(errors="replace"))
                if take:
                    take(numbers[number], answer)
                if number in fresh:
                    fresh.discard(number)
                    times.pop()
                working -= not client.send()
        return Measured(len(times), time.perf_counter() - begun, times)
    finally:
        gc.enable()
        for client in clients:
            client.socket.close()


def ask(port: int, request: bytes) -> bytes:
    """Send one request and return the body of its answer."""
    answers: list[bytes] = []
    drive(port, [iter([request])], 60.0, lambda _client, answer: answers.append(body_of(answer)))
    return answers[0]


def body_of(answer: bytes) -> bytes:
    """Return what follows the head of an answer."""
    return answer[answer.find(_END) + 4 :]


def get(path: str, **headers: str) -> bytes:
    """Return the bytes of a GET."""
    return _request("GET", path, b"", headers)


def post(path: str, body: bytes, **headers: str) -> bytes:
    """Return the bytes of a POST of JSON."""
    return _request("POST", path, body, headers | {"Content_Type": "application/json"})


def _request(method: str, path: str, body: bytes, headers: dict[str, str]) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", *(f"{name.replace('_', '-')}: {value}" for name, value in headers.items())]
    if body or method == "POST":
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode() + _END + body


def _length(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line[15:])
    raise LoadFailed("bench: an answer without a length: " + head[:400].decode(errors="replace"))
