"""A gateway for text messages: a real HTTP server that keeps what came and answers as told."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from django.test import override_settings

from banjie.config.environment import read_environment

TOKEN = "a-secret-of-the-gateway"


@dataclass
class Server:
    """A gateway: what came, and how it answers."""

    url: str = ""
    status: int = 200
    answer: bytes = b"{}"
    wait: float = 0.0
    drip: bool = False
    came: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    @property
    def bodies(self) -> list[dict[str, str]]:
        return [json.loads(body) for _headers, body in self.came]


@contextmanager
def serving() -> Iterator[Server]:
    """Run a gateway on a free port of this machine."""
    state = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            state.came.append((dict(self.headers), self.rfile.read(int(self.headers["Content-Length"]))))
            time.sleep(state.wait)
            with suppress(OSError):  # the sender may have hung up
                self.answer()

        def answer(self) -> None:
            if state.drip:
                for sign in b"HTTP/1.1 200 OK\r\nX-Slow: " + b"x" * 200:
                    self.wfile.write(bytes([sign]))
                    time.sleep(0.05)
                return
            self.send_response(state.status)
            self.send_header("Location", "http://127.0.0.1:1/elsewhere")
            self.end_headers()
            self.wfile.write(state.answer)

        def log_message(self, *_arguments: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        state.url = f"http://127.0.0.1:{server.server_address[1]}/send?account=7"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield state
        server.shutdown()


@contextmanager
def set_up(url: str) -> Iterator[None]:
    """Let the site send its messages there."""
    with override_settings(ENV=read_environment({"BANJIE_SMS_URL": url, "BANJIE_SMS_TOKEN": TOKEN})):
        yield
