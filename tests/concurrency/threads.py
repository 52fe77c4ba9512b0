"""Real threads with connections of their own, let loose at the same moment."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

from django.db import connections

from banjie.kernel.errors import Refused

T = TypeVar("T")


def together(*works: Callable[[], T]) -> list[T | Refused]:
    """Run all works at once; return what each returned, or how it was refused. Any other exception is raised."""
    start = Barrier(len(works))

    def run(work: Callable[[], T]) -> T | Refused:
        try:
            start.wait(20)
            return work()
        except Refused as refused:
            return refused
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


def parts(found: Sequence[T | Refused]) -> tuple[list[T], list[Refused]]:
    """Return what came through, and what was refused."""
    return [f for f in found if not isinstance(f, Refused)], [f for f in found if isinstance(f, Refused)]
