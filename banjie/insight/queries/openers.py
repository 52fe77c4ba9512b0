"""At which level of the organisation a ticket was opened: the kind of unit of the post that its opener held then.

Posts are kept with their dates and never deleted, so that the level of an old ticket stays what it was.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from banjie.people.models import Post
from banjie.rulebook.program import Program

NEVER = datetime(9999, 12, 31, tzinfo=UTC)

# The level of those who held posts at several levels depends on when they opened the ticket; it is looked up row by row.
MOVED = """case when t.opened_by_id = any(%(moved)s) then (
    select o.level from unnest(%(members)s::bigint[], %(since)s::timestamptz[], %(until)s::timestamptz[], %(levels)s::text[])
        as o(member, since, until, level)
    where o.member = t.opened_by_id and t.opened_at >= o.since and t.opened_at < o.until) end"""
# Everybody else's is looked up once for all his tickets.
SETTLED = "unnest(%(settled)s::bigint[], %(settled_levels)s::text[]) as s(member, level)"

Span = tuple[int, datetime, datetime, str]


def opener_levels(program: Program) -> dict[str, list[Any]]:
    """Return the parameters of MOVED and SETTLED: who held a post that opens tickets of this rulebook, when, in which kind of unit."""
    roles = {role for kind in program.types.values() for role in kind.open_action.roles}
    posts = Post.objects.filter(role__code__in=roles).order_by("member_id", "since", "unit__path")
    found = posts.values_list("member_id", "since", "until", "unit__kind")
    spans = _without_overlap((member, since, until or NEVER, kind) for member, since, until, kind in found)
    levels: dict[int, set[str]] = {}
    for member, _since, _until, kind in spans:
        levels.setdefault(member, set()).add(kind)
    settled = {member: next(iter(kinds)) for member, kinds in levels.items() if len(kinds) == 1}
    moved = [span for span in spans if span[0] not in settled]
    return {
        "settled": list(settled),
        "settled_levels": list(settled.values()),
        "moved": sorted({span[0] for span in moved}),
        "members": [span[0] for span in moved],
        "since": [span[1] for span in moved],
        "until": [span[2] for span in moved],
        "levels": [span[3] for span in moved],
    }


def _without_overlap(spans: Iterable[Span]) -> list[Span]:
    """Keep one post for each moment, or a ticket would count twice: the one held longer stands."""
    kept: list[Span] = []
    for member, since, until, kind in spans:
        begin = max(since, kept[-1][2]) if kept and kept[-1][0] == member else since
        if begin < until:
            kept.append((member, begin, until, kind))
    return kept
