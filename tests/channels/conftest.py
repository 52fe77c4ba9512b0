"""The hotline at work, and a gateway for its text messages."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.channels.faults import PEOPLE
from tests.channels.gateway_server import Server, serving, set_up
from tests.regulation import Regulation, install


@pytest.fixture
def sms() -> Iterator[Server]:
    with serving() as server, set_up(server.url):
        yield server


@pytest.fixture
def law(db: None) -> Regulation:
    return install("hotline-service", PEOPLE, {"NORTH": ("城北工区", "城北")})
