"""Journeys through the REST door, at times that they say."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

import pytest
from django.utils import timezone

from tests.pos import Pos, moment
from tests.rest.client import Rest


@dataclass
class Doors:
    """REST clients of the cast by name, and the clock that the doors read."""

    pos: Pos
    _clients: dict[str, Rest] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Rest:
        if name not in self._clients:
            self._clients[name] = Rest(getattr(self.pos.cast, name))
        return self._clients[name]

    def at(self, text: str) -> datetime:
        """Set the time: `doors.at("2024-06-03 10:01")`."""
        self.pos.now = moment(text)
        return self.pos.now


@pytest.fixture
def doors(pos: Pos, monkeypatch: pytest.MonkeyPatch) -> Doors:
    """Return the doors. Only the clock that they read is replaced; nothing of ours is."""
    monkeypatch.setattr(timezone, "now", lambda: pos.now)
    return Doors(pos)
