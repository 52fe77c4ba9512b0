"""While the database is away: short answers that say so, and a log that can be read."""

from __future__ import annotations

import json
import logging
import shutil
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest

from banjie.kernel.outage import OneLine, is_outage
from banjie.server import postgres, processes
from tests.server.conftest import FAST, open_folder
from tests.server.test_serve import Serving


def caused(error: Exception, cause: Exception) -> Exception:
    error.__cause__ = cause
    return error


def test_only_a_database_that_is_away_is_an_outage() -> None:
    assert is_outage(psycopg.OperationalError("connection refused"))
    assert is_outage(caused(RuntimeError("as Django wraps it"), psycopg.errors.AdminShutdown()))
    assert is_outage(psycopg.errors.CannotConnectNow())
    assert is_outage(psycopg.errors.TooManyConnections())
    assert not is_outage(psycopg.errors.DeadlockDetected())
    assert not is_outage(psycopg.errors.QueryCanceled())
    assert not is_outage(psycopg.errors.UniqueViolation())
    assert not is_outage(ValueError("ours"))
    assert not is_outage(None)


@pytest.mark.parametrize(
    ("error", "logged"),
    [
        (psycopg.OperationalError("refused:\n\tis it up?"), "sweep duties failed: the database does not answer: refused: is it up?"),
        (ValueError("ours"), "sweep duties failed\nValueError: ours"),
    ],
)
def test_an_outage_is_logged_in_one_line_and_a_mistake_as_ever(error: Exception, logged: str) -> None:
    record = logging.LogRecord("x", logging.ERROR, "f", 1, "sweep %s failed", ("duties",), (type(error), error, None))

    assert OneLine().filter(record)

    assert logging.Formatter("%(message)s").format(record) == logged


@pytest.fixture
def home() -> Iterator[Path]:
    folder = open_folder()
    yield folder / "home"
    postgres.discard(folder / "home")
    shutil.rmtree(folder)


def asked(url: str, **headers: str) -> tuple[int, str, str]:
    """Return status, media type and content of an answer."""
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=20) as answer:  # noqa: S310 - our own address
            return answer.status, answer.headers.get_content_type(), answer.read().decode()
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, refused.headers.get_content_type(), refused.read().decode()


@pytest.mark.slow
@pytest.mark.timeout(120)
@pytest.mark.req("PLT-12")
def test_while_the_database_is_away_every_door_says_so_and_afterwards_all_is_well(home: Path) -> None:
    base = home.parent / "database"
    address = postgres.start(base, options=FAST | {"max_connections": "40"})
    url = f"postgresql://{address.user}@{quote(address.host, safe='')}:{address.port}/{address.name}"
    serving = Serving(home, DATABASE_URL=url)
    try:
        serving.await_ready()
        postgres.stop(base)

        page = asked(serving.url + "accounts/login/")
        rest = asked(serving.url + "api/v1/tickets", Authorization="Bearer nobody's")
        health = asked(serving.url + "healthz")
        processes.wait_until(lambda: "sweep" in serving.said, 20)
        said = serving.said
        postgres.start(base, options=FAST | {"max_connections": "40"})
        recovered = processes.wait_until(lambda: asked(serving.url + "accounts/login/")[0] == 200, 20, 0.2)
    finally:
        serving.interrupt()
        postgres.discard(base)

    assert page[:2] == (503, "text/html")
    assert "系统暂时不可用" in page[2]
    assert rest[:2] == (503, "application/problem+json")
    assert json.loads(rest[2])["code"] == "unavailable"
    assert health[0] == 503
    assert "Traceback" not in said
    assert "sweep" in said
    assert recovered, serving.said
