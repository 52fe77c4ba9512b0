from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any, TypeVar

import pytest
from django.conf import settings
from django.db import connection, connections
from django.test import Client

from banjie.config import streams
from banjie.people.access import forget
from banjie.people.models import Member
from banjie.server.hub import QUEUE_LENGTH, RESYNC, Hub, Stream
from tests.cast import LONG_AGO

T = TypeVar("T")

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _threads(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Give each test a thread whose connection it can close, lest the test database cannot be dropped."""
    pool = ThreadPoolExecutor(1)
    monkeypatch.setattr(streams, "_threads", pool)
    monkeypatch.setattr(streams, "hub", Hub())
    yield
    pool.submit(connections.close_all).result()
    pool.shutdown()


@pytest.fixture
def li() -> tuple[Member, str]:
    """A signed-in member and the key of his session."""
    member = Member.objects.create(username="li", name="李娜", joined_at=LONG_AGO)
    client = Client()
    client.force_login(member)
    assert client.session.session_key
    forget()
    return member, client.session.session_key


class Browser:
    """The browser's side of one request."""

    def __init__(self, key: str, topics: str, **headers: str) -> None:
        given = {"host": "127.0.0.1:8001", "cookie": f"{settings.SESSION_COOKIE_NAME}={key}", **headers}
        self.scope = {
            "type": "http",
            "method": "GET",
            "path": "/events",
            "query_string": topics.encode(),
            "headers": [(name.encode(), value.encode()) for name, value in given.items()],
        }
        self.status = 0
        self.headers: dict[bytes, bytes] = {}
        self.text = b""
        self.ended = False
        self._changed = asyncio.Event()

    async def receive(self) -> dict[str, Any]:
        await asyncio.sleep(3600)
        return {"type": "http.disconnect"}

    async def send(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            self.status, self.headers = message["status"], dict(message["headers"])
        else:
            self.text += message["body"]
            self.ended = not message.get("more_body", False)
        self._changed.set()

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(10):
            while not condition():
                self._changed.clear()
                await self._changed.wait()


def in_a_loop(work: Coroutine[Any, Any, T]) -> T:
    """Run it in a loop of its own thread: the test browser's loop may be running in this one."""
    with ThreadPoolExecutor(1) as threads:
        return threads.submit(asyncio.run, work).result()


def visit(key: str, topics: str, then: Callable[[Browser], Awaitable[None]], **headers: str) -> Browser:
    """Open /events, wait for the first answer, do something, and go away."""

    async def run() -> Browser:
        browser = Browser(key, topics, **headers)
        listening = asyncio.create_task(streams.hub.listen(streams._parameters))
        request = asyncio.create_task(streams.app(browser.scope, browser.receive, browser.send))
        await browser.until(lambda: bool(browser.text))
        while not streams.hub.listening:  # noqa: ASYNC110 - the hub has no event for it, and needs none
            await asyncio.sleep(0.01)
        await then(browser)
        for task in (request, listening):
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        return browser

    return in_a_loop(run())


async def nothing(_browser: Browser) -> None:
    """Only look at the answer."""


def notify(*topics: str, **content: object) -> None:
    payload = json.dumps({"topics": topics, "data": content})
    with connection.cursor() as cursor:
        cursor.execute("select pg_notify('banjie_live', %s)", [payload])
    connection.close()


def test_an_announcement_reaches_the_browser_that_asked_for_its_topic(li: tuple[Member, str]) -> None:
    member, key = li

    async def announce(browser: Browser) -> None:
        await asyncio.to_thread(notify, f"member:{member.pk}", unread=3)
        await browser.until(lambda: b"unread" in browser.text)

    browser = visit(key, f"topic=member:{member.pk}&topic=all", announce)

    assert browser.status == 200
    assert browser.headers[b"content-type"].startswith(b"text/event-stream")
    assert b'event: change\ndata: {"topic":"member:%d","data":{"unread":3}}\n\n' % member.pk in browser.text
    assert streams.hub.topics == {}


def test_nobody_hears_of_another_member(li: tuple[Member, str]) -> None:
    member, key = li

    async def announce(browser: Browser) -> None:
        await asyncio.to_thread(notify, f"member:{member.pk + 1}")
        await asyncio.to_thread(notify, "all")
        await browser.until(lambda: b"event: change" in browser.text)

    browser = visit(key, f"topics=member:{member.pk + 1},all", announce)

    assert browser.text.count(b"event: change") == 1
    assert b'"topic":"all"' in browser.text


def test_without_a_session_there_is_no_stream(li: tuple[Member, str]) -> None:
    assert visit("", "topic=all", nothing).status == 401
    assert visit("x" * 32, "topic=all", nothing).status == 401


@pytest.mark.parametrize(
    ("page", "status"), [("http://127.0.0.1:8000", 200), ("http://127.0.0.1:9999", 403), ("http://evil.example:8000", 403)]
)
def test_only_pages_of_the_same_host_may_listen(li: tuple[Member, str], page: str, status: int) -> None:
    browser = visit(li[1], "topic=all", nothing, origin=page)

    assert browser.status == status
    assert browser.headers.get(b"access-control-allow-origin", b"") == (page.encode() if status == 200 else b"")


def test_a_host_name_that_is_not_ours_is_refused(li: tuple[Member, str]) -> None:
    assert visit(li[1], "topic=all", nothing, host="rebound.example").status == 403


def test_too_many_topics_are_refused(li: tuple[Member, str]) -> None:
    browser = visit(li[1], "&".join(f"topic=t{n}" for n in range(streams.MOST_TOPICS + 1)), nothing)

    assert browser.status == 422


@pytest.mark.parametrize("how", ["deactivated", "signed out"])
def test_a_stream_ends_when_its_session_does(li: tuple[Member, str], how: str) -> None:
    member, key = li

    def end() -> None:
        with connection.cursor() as cursor:
            if how == "deactivated":
                cursor.execute("update people_member set is_active = false, left_at = now() where id = %s", [member.pk])
            else:
                cursor.execute("delete from people_session where session_key = %s", [key])
        connection.close()
        forget()

    async def end_and_look(browser: Browser) -> None:
        await asyncio.to_thread(end)
        await streams.recheck()
        await browser.until(lambda: browser.ended)

    browser = visit(key, "topic=all", end_and_look)

    assert browser.status == 200
    assert browser.ended
    assert streams._sessions == {}


def test_a_reader_too_slow_is_told_to_load_anew() -> None:
    async def overflow() -> bytes:
        hub, stream = Hub(), Stream(["all"])
        hub.open(stream)
        for _number in range(QUEUE_LENGTH + 1):
            hub.announce('{"topics": ["all"], "data": 1}')
        return await stream.take(1)

    assert in_a_loop(overflow()) == RESYNC


def test_a_reader_hears_of_each_of_his_topics_and_of_no_other() -> None:
    async def change_three() -> bytes:
        hub, stream = Hub(), Stream(["ticket:1", "queue:7"])
        hub.open(stream)
        hub.announce('{"topics": ["ticket:1", "queue:7", "queue:8"], "data": {"ticket": "GD-1"}}')
        return await stream.take(1)

    frames = in_a_loop(change_three())

    assert frames.count(b"event: change") == 2
    assert b'"topic":"ticket:1"' in frames
    assert b'"topic":"queue:7"' in frames
    assert b"queue:8" not in frames


def test_a_payload_that_is_no_announcement_is_passed_over() -> None:
    async def nonsense() -> bytes:
        hub, stream = Hub(), Stream(["all"])
        hub.open(stream)
        for payload in ("", "[]", "{}", '{"topics": 7}', '{"topic": "all"}', "\x00"):
            hub.announce(payload)
        return await stream.take(0.01)

    assert in_a_loop(nonsense()) == b""
