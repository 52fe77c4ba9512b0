"""Bounded counts for the tabs of a list: "more than 200" costs no more than 200."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import connection

from banjie.people.actor import Actor
from banjie.tickets.queue import Filters, some_ids
from banjie.tickets.reach import reach_of

AT_MOST = 200


def counts(actor: Actor, views: Mapping[str, Filters]) -> dict[str, int]:
    """Return how many tickets each list holds for the actor, `AT_MOST` + 1 for more. One statement; no word search."""
    reach = reach_of(actor)
    if reach.nothing or not views:
        return dict.fromkeys(views, 0)
    parts: list[str] = []
    params: list[Any] = []
    for filters in views.values():
        assert not filters.text, "a count by words is not bounded"
        sql, values = some_ids(reach, filters, AT_MOST + 1)
        parts.append(f"(select count(*) from (select 1 from ({sql}) i limit {AT_MOST + 1}) x)")
        params += values
    with connection.cursor() as cursor:
        cursor.execute("select " + ", ".join(parts), params)
        return dict(zip(views, cursor.fetchone(), strict=True))
