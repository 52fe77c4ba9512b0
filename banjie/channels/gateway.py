"""Speak to the gateway that takes text messages: one signed POST, bounded in time and size, to the address of the settings alone (HOT-16).

docs/operations.md describes the contract. Redirects are not followed and no proxy is asked: what is sent reaches the operator's own
choice of address or nothing. Numbers and the token appear in no log and in no error.
"""

from __future__ import annotations

import hmac
import re
import socket
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from threading import Timer
from time import monotonic
from urllib.parse import urlsplit

import orjson
from django.utils.translation import gettext as _

TIMEOUT = 8.0  # seconds for the whole exchange, however slowly the answer comes
MOST_READ = 4096
_AGAIN = {408, 425, 429}
_NUMBERS = re.compile(r"\d{5,}")


@dataclass(frozen=True, slots=True)
class Gateway:
    """Where messages are sent, and the secret that signs them."""

    url: str
    token: str


@dataclass(frozen=True, slots=True)
class Text:
    """One message: its id for the gateway, the mobile in E.164 form, what it says."""

    key: str
    to: str
    text: str


class NotTaken(Exception):
    """The gateway did not take the message; with `again` it may later."""

    def __init__(self, reason: str, *, again: bool) -> None:
        self.again = again
        super().__init__(_NUMBERS.sub("…", reason)[:200])


def signature(token: str, timestamp: str, body: bytes) -> str:
    """Return the signature of a message: HMAC-SHA256 under the token over time, a dot, and the body, in hexadecimal."""
    return hmac.new(token.encode(), timestamp.encode() + b"." + body, sha256).hexdigest()


def post(gateway: Gateway, text: Text, timestamp: int) -> None:
    """Hand one message to the gateway.

    Raises:
        NotTaken: it refused, failed, was not reached, or took longer than `TIMEOUT`.
    """
    body = orjson.dumps({"id": text.key, "to": text.to, "text": text.text})
    headers = {
        "Content-Type": "application/json",
        "Idempotency-Key": text.key,
        "X-Banjie-Timestamp": str(timestamp),
        "X-Banjie-Signature": signature(gateway.token, str(timestamp), body),
        "Connection": "close",
    }
    status, answer = _exchange(gateway.url, body, headers)
    if 200 <= status < 300:
        return
    said = _said(answer)
    if status in _AGAIN or status >= 500:
        raise NotTaken(_("The gateway failed (HTTP %(status)d). %(said)s") % {"status": status, "said": said}, again=True)
    raise NotTaken(_("The gateway refused it (HTTP %(status)d). %(said)s") % {"status": status, "said": said}, again=False)


def _exchange(url: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
    parts = urlsplit(url)
    connect = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    connection = connect(parts.hostname or "", parts.port, timeout=TIMEOUT)
    over = Timer(TIMEOUT, _hang_up, [connection])
    over.daemon = True
    over.start()
    begun = monotonic()
    try:
        connection.request("POST", (parts.path or "/") + (f"?{parts.query}" if parts.query else ""), body, headers)
        response = connection.getresponse()
        return response.status, response.read(MOST_READ)
    except (OSError, HTTPException) as down:
        message = _("The gateway could not be reached: %(why)s.") % {"why": type(down).__name__}
        if isinstance(down, TimeoutError) or monotonic() - begun >= TIMEOUT:
            message = _("The gateway did not answer within %(n)d seconds.") % {"n": TIMEOUT}
        raise NotTaken(message, again=True) from down
    finally:
        over.cancel()
        connection.close()


def _hang_up(connection: HTTPConnection) -> None:
    """End an exchange that takes too long: an answer that comes byte by byte never meets the time limit of a single read."""
    if connection.sock is not None:
        with suppress(OSError):  # it has ended by itself meanwhile
            connection.sock.shutdown(socket.SHUT_RDWR)


def _said(answer: bytes) -> str:
    """Return the reason that the gateway gives: `error` of its JSON, "" otherwise."""
    try:
        found = orjson.loads(answer)
    except orjson.JSONDecodeError:
        return ""
    return str(found.get("error", ""))[:120] if isinstance(found, dict) else ""
