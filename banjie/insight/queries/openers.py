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

JOIN = """left join unnest(%(members)s::bigint[], %(since)s::timestamptz[], %(until)s::timestamptz[], %(levels)s::text[])
    as o(member, since, until, level) on o.member = t.opened_by_id and t.opened_at >= o.since and t.opened_at < o.until"""

Span = tuple[int, datetime, datetime, str]


def opener_levels(program: Program) -> dict[str, list[Any]]:
    """Return the parameters of JOIN: who held a post that opens tickets of this rulebook, when, in which kind of unit."""
    roles = {role for kind in program.types.values() for role in kind.open_action.roles}
    posts = Post.objects.filter(role__code__in=roles).order_by("member_id", "since", "unit__path")
    spans = _without_overlap(
        (m, since, until or NEVER, kind) for m, since, until, kind in posts.values_list("member_id", "since", "until", "unit__kind")
    )
    columns = list(zip(*spans, strict=True)) or [(), (), (), ()]
    return dict(zip(("members", "since", "until", "levels"), map(list, columns), strict=True))


def _without_overlap(spans: Iterable[Span]) -> list[Span]:
    """Keep one post for each moment, or a ticket would count twice: the one held longer stands."""
    kept: list[Span] = []
    for member, since, until, kind in spans:
        begin = max(since, kept[-1][2]) if kept and kept[-1][0] == member else since
        if begin < until:
            kept.append((member, begin, until, kind))
    return kept
