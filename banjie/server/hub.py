"""Fan out what PostgreSQL announces to open streams: one LISTEN connection for thousands of readers."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

import orjson
import psycopg

CHANNEL = "banjie_live"
RESYNC = b"event: resync\ndata: {}\n\n"
QUEUE_LENGTH = 64
_QUIET = 30.0  # seconds without an announcement after which the connection is tested
_PAUSE = 1.0

log = logging.getLogger(__name__)


class Stream:
    """One reader: the topics he asked for and the frames that wait for him."""

    __slots__ = ("_frames", "_woken", "closed", "topics")

    def __init__(self, topics: Iterable[str]) -> None:
        self.topics = set(topics)
        self.closed = False
        self._frames: deque[bytes] = deque()
        self._woken = asyncio.Event()

    def put(self, frame: bytes) -> None:
        """Queue a frame. A reader too slow for the full queue loses it and is told to load everything anew."""
        if len(self._frames) >= QUEUE_LENGTH:
            self._frames.clear()
            frame = RESYNC
        if not (frame is RESYNC and self._frames and self._frames[-1] is RESYNC):
            self._frames.append(frame)
        self._woken.set()

    def close(self) -> None:
        """End the stream as soon as its reader looks."""
        self.closed = True
        self._woken.set()

    async def take(self, patience: float) -> bytes:
        """Wait at most `patience` seconds and return all waiting frames; empty when there are none."""
        with suppress(TimeoutError):
            async with asyncio.timeout(patience):
                await self._woken.wait()
        self._woken.clear()
        frames = b"".join(self._frames)
        self._frames.clear()
        return frames


class Hub:
    """All open streams by topic, and the connection that feeds them."""

    def __init__(self) -> None:
        self.topics: dict[str, set[Stream]] = {}
        self.listening = False

    def open(self, stream: Stream) -> None:
        """Deliver to `stream` from now on."""
        for topic in stream.topics:
            self.topics.setdefault(topic, set()).add(stream)

    def drop(self, stream: Stream, topics: Iterable[str] | None = None) -> None:
        """Deliver no more to `stream`, or no more of these topics."""
        for topic in list(stream.topics if topics is None else topics):
            stream.topics.discard(topic)
            readers = self.topics.get(topic)
            if readers is not None:
                readers.discard(stream)
                if not readers:
                    del self.topics[topic]

    def announce(self, payload: str) -> None:
        """Hand a NOTIFY payload, `{"topics": [...], "data": ...}`, to the readers of its topics; other payloads are logged.

        A reader gets one frame for each of the topics that he asked for, because each may belong to another part of his page,
        and never learns of the others.
        """
        try:
            announced = orjson.loads(payload)
            topics = dict.fromkeys(str(topic) for topic in announced["topics"])
        except (ValueError, KeyError, TypeError):
            log.warning("not an announcement: %.100r", payload)
            return
        for topic in topics:
            readers = self.topics.get(topic)
            if readers:
                # dumped anew: a line break in the payload would end the frame
                frame = b"event: change\ndata: " + orjson.dumps({"topic": topic, "data": announced.get("data")}) + b"\n\n"
                for stream in readers:
                    stream.put(frame)

    def resync(self) -> None:
        """Tell every reader to load anew: something may have been missed."""
        for stream in {stream for readers in self.topics.values() for stream in readers}:
            stream.put(RESYNC)

    async def listen(self, parameters: Callable[[], dict[str, Any]]) -> None:
        """Feed the streams for ever; `parameters` are those of `psycopg.connect`. Reconnects when the server goes away."""
        missed = False
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(**parameters(), autocommit=True) as connection:
                    await connection.execute(f"listen {CHANNEL}")
                    self.listening = True
                    if missed:
                        self.resync()
                    while True:
                        async for notice in connection.notifies(timeout=_QUIET):
                            self.announce(notice.payload)
                        await connection.execute("select 1")
            except (psycopg.Error, OSError) as lost:
                if not missed or self.listening:
                    log.warning("live updates wait for the database: %s", str(lost).strip())
            self.listening = False
            missed = True
            await asyncio.sleep(_PAUSE)
