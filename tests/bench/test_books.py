"""Eleven more regulations at work cost an action of the twelfth nothing: neither a statement nor a call."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from banjie.rulebook.queries import active_programs
from banjie.rulebook.shipped import FOLDER, install_shipped
from tests.cast import BUILDER, LONG_AGO
from tests.pos import Pos

pytestmark = pytest.mark.usefixtures("pos")


def cost(work: Callable[[], object]) -> tuple[int, int]:
    """Return how many statements and how many calls of functions some work takes."""
    calls = 0

    def count(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event in {"call", "c_call"}

    with CaptureQueriesContext(connection) as asked:
        sys.setprofile(count)
        try:
            work()
        finally:
            sys.setprofile(None)
    return len(asked), calls


def worked(pos: Pos) -> tuple[int, int]:
    """Return what an urge costs on a ticket of its own, once everything is warm."""
    first, second, third = (pos.dispatched() for _ in range(3))
    for number in (first, second):
        pos.do(number, "urge", by=pos.cast.li.actor)
    return cost(lambda: pos.do(third, "urge", by=pos.cast.li.actor))


def test_twelve_rulebooks_at_work_add_nothing_to_an_action(pos: Pos) -> None:
    statements, calls = worked(pos)

    for file in sorted(FOLDER.glob("*.yaml")):
        install_shipped(file.stem, by=BUILDER, at=LONG_AGO)
    assert len(active_programs()) == 12
    more_statements, more_calls = worked(pos)

    assert more_statements == statements
    assert more_calls <= calls * 1.01
