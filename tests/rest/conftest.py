"""The API called through WSGI, as a server calls it, inside a test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.utils import timezone

from tests.pos import Pos


@pytest.fixture
def kept_connection() -> Iterator[None]:
    """Keep the connection of the test over requests, as Django's own test client does."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def answering(pos: Pos, kept_connection: None, monkeypatch: pytest.MonkeyPatch) -> Pos:
    """Let the API read the clock of the test."""
    monkeypatch.setattr(timezone, "now", lambda: pos.now)
    return pos
