"""Server-sent events in a plain ASGI application: what the live-update process serves.

`GET /events?topic=member:7&topic=all` (or `topics=` with commas) keeps a stream open for a signed-in browser. A verb announces
with `NOTIFY banjie_live` and `{"topics": [...], "data": ...}`, ids only; the browser then fetches what it may see.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.conf import settings
from django.db import Error as DatabaseProblem
from django.db import close_old_connections, connection
from django.http.request import split_domain_port, validate_host
from django.utils import timezone

from banjie.config.listening import may_listen
from banjie.people.access import actor_of_session
from banjie.people.actor import Actor
from banjie.server.hub import Hub, Stream

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

KEEP_ALIVE = 25.0  # seconds; proxies close a silent connection after 30 to 60
RECHECK = 30.0  # seconds between two looks whether a session still lives and may still see its topics
MOST_TOPICS = 50
MOST_STREAMS_OF_A_SESSION = 40

hub = Hub()
_sessions: dict[str, set[Stream]] = {}
_threads = ThreadPoolExecutor(3, "session")


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """Serve /events and /healthz."""
    if scope["type"] == "lifespan":
        await _lifespan(receive, send)
    elif scope["type"] == "http" and scope["path"] == "/healthz":
        await _answer(send, 200 if hub.listening else 503, "ok" if hub.listening else "no database")
    elif scope["type"] == "http" and scope["path"] == "/events":
        await _events(scope, receive, send)
    elif scope["type"] == "http":
        await _answer(send, 404, "not found")


async def recheck() -> None:
    """Close the streams of sessions that have ended, and take away topics that may no longer be seen."""
    for key, streams in list(_sessions.items()):
        actor = await _actor(key)
        if actor is None:
            for stream in streams:
                stream.close()
            continue
        topics = {topic for stream in streams for topic in stream.topics}
        lost = {topic for topic in topics if not await may_listen(actor, topic)}
        for stream in streams:
            hub.drop(stream, lost & stream.topics)


async def _events(scope: Scope, receive: Receive, send: Send) -> None:
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    origin = headers.get("origin", "")
    if scope["method"] != "GET":
        await _answer(send, 405, "only GET")
    elif not _is_ours(origin, headers.get("host", "")):
        await _answer(send, 403, "another site")
    else:
        allowed = [
            (b"access-control-allow-origin", origin.encode("latin-1")),
            (b"access-control-allow-credentials", b"true"),
            (b"vary", b"origin"),
        ]
        await _listen(scope, receive, send, _session_key(headers.get("cookie", "")), allowed if origin else [])


async def _listen(scope: Scope, receive: Receive, send: Send, key: str, allowed: list[tuple[bytes, bytes]]) -> None:
    wanted = _topics(scope["query_string"])
    actor = await _actor(key) if key else None
    if actor is None:
        await _answer(send, 401, "sign in first", allowed)
        return
    if not wanted or len(wanted) > MOST_TOPICS:
        await _answer(send, 422, f"ask for 1 to {MOST_TOPICS} topics", allowed)
        return
    stream = Stream([topic for topic in wanted if await may_listen(actor, topic)])  # hidden and missing look the same
    streams = _sessions.setdefault(key, set())
    if len(streams) >= MOST_STREAMS_OF_A_SESSION:
        await _answer(send, 429, "too many open pages", allowed)
        return
    streams.add(stream)
    hub.open(stream)
    try:
        await _pump(stream, receive, send, allowed)
    finally:
        hub.drop(stream)
        streams.discard(stream)
        if not streams:
            _sessions.pop(key, None)


async def _pump(stream: Stream, receive: Receive, send: Send, allowed: list[tuple[bytes, bytes]]) -> None:
    """Send frames until the reader goes away or the stream is closed."""
    kind = [
        (b"content-type", b"text/event-stream; charset=utf-8"),
        (b"cache-control", b"no-store, no-transform"),
        (b"x-accel-buffering", b"no"),
    ]
    await send({"type": "http.response.start", "status": 200, "headers": [*kind, *allowed]})
    await send({"type": "http.response.body", "body": b": open\n\n", "more_body": True})
    leaving = asyncio.create_task(_until_gone(receive, stream))
    try:
        while not stream.closed:
            frames = await stream.take(KEEP_ALIVE)
            if not stream.closed:
                await send({"type": "http.response.body", "body": frames or b": \n\n", "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})
    finally:
        leaving.cancel()


async def _until_gone(receive: Receive, stream: Stream) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    stream.close()


async def _lifespan(receive: Receive, send: Send) -> None:
    tasks: list[asyncio.Task[None]] = []
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            tasks = [asyncio.create_task(hub.listen(_parameters)), asyncio.create_task(_recheck_for_ever())]
            await send({"type": "lifespan.startup.complete"})
        else:
            for task in tasks:
                task.cancel()
            _threads.shutdown(wait=False, cancel_futures=True)
            await send({"type": "lifespan.shutdown.complete"})
            return


async def _recheck_for_ever() -> None:
    while True:
        await asyncio.sleep(RECHECK)
        with suppress(DatabaseProblem):  # no database, no news either; the next look is soon
            await recheck()


async def _actor(session_key: str) -> Actor | None:
    def ask() -> Actor | None:
        close_old_connections()
        try:
            return actor_of_session(session_key, timezone.now())
        finally:
            close_old_connections()

    return await asyncio.get_running_loop().run_in_executor(_threads, ask)


def _topics(query: bytes) -> set[str]:
    given = parse_qs(query.decode("latin-1"), max_num_fields=4 * MOST_TOPICS)
    return {topic for value in given.get("topic", []) + given.get("topics", []) for topic in value.split(",") if topic and len(topic) <= 80}


def _session_key(cookies: str) -> str:
    jar = SimpleCookie()
    with suppress(CookieError):
        jar.load(cookies)
    found = jar.get(settings.SESSION_COOKIE_NAME)
    return found.value if found else ""


def _is_ours(origin: str, host: str) -> bool:
    """Tell whether a page of this site asks: its host is one of ours, and the page came from the same host.

    The page's port may differ, because pages and live updates are two processes; without a reverse proxy it is BANJIE_PORT.
    """
    name, _port = split_domain_port(host)
    if not name or not validate_host(name, settings.ALLOWED_HOSTS):
        return False
    if not origin:
        return True
    try:
        page = urlsplit(origin)
        port = page.port
    except ValueError:
        return False
    own, _port = split_domain_port(page.netloc)
    if settings.ENV.live_url:
        return validate_host(own, settings.ALLOWED_HOSTS)
    return own == name and port in (settings.ENV.port, None)


def _parameters() -> dict[str, Any]:
    """Return Django's own connection parameters, less those that only its wrapper understands."""
    given = connection.get_connection_params()
    return {name: value for name, value in given.items() if name not in ("cursor_factory", "context", "prepare_threshold")}


async def _answer(send: Send, status: int, text: str, headers: list[tuple[bytes, bytes]] | None = None) -> None:
    body = text.encode() + b"\n"
    fixed = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(body)).encode()), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": status, "headers": [*fixed, *(headers or [])]})
    await send({"type": "http.response.body", "body": body})
