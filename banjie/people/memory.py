"""A small memory of who is who, in this process, for seconds. Time comes in as an argument."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, TypeVar

LAG = timedelta(seconds=5)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Entry(Generic[T]):
    since: datetime
    until: datetime
    value: T


class Memory(Generic[T]):
    """Values by key, each for at most `LAG`; never more than `most` of them. Safe between threads: each step is one dict operation."""

    def __init__(self, most: int = 10_000) -> None:
        self.most = most
        self._entries: dict[str, _Entry[T]] = {}

    def __len__(self) -> int:
        return len(self._entries)

    def recall(self, key: str, at: datetime) -> T | None:
        """Return what is known under `key` at `at`."""
        entry = self._entries.get(key)
        return entry.value if entry and entry.since <= at < entry.until else None

    def remember(self, key: str, value: T, at: datetime, ends_at: datetime | None = None) -> T:
        """Keep a value from `at` on, but not beyond `ends_at`."""
        if len(self._entries) >= self.most:
            self._entries.clear()
        until = at + LAG if ends_at is None else min(at + LAG, ends_at)
        self._entries[key] = _Entry(at, until, value)
        return value

    def forget(self, key: str) -> None:
        """Drop one value."""
        self._entries.pop(key, None)

    def forget_all(self) -> None:
        """Drop everything."""
        self._entries.clear()
