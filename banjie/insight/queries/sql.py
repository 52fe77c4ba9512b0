"""What the reports' statements share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import connection

from banjie.insight.access import Scope
from banjie.insight.period import Period, midnight
from banjie.rulebook.models import RulebookVersion

# A corrected finding no longer counts; its correction does, at the same time as the original.
STANDING = "f.id not in (select c.corrects_id from deadlines_finding c where c.corrects_id is not null)"
IN_SCOPE = "(%(units)s::bigint[] is null or {0}.unit_id = any(%(units)s)) and (%(types)s::text[] = '{{}}' or {0}.type = any(%(types)s))"
FINDINGS = (
    "from deadlines_finding f where f.book = %(book)s and f.at >= %(begin)s and f.at < %(end)s and "
    + IN_SCOPE.format("f")
    + f" and {STANDING}"
)


def of_findings(sql: str) -> str:
    """Put the findings that count, as `f`, where a statement says {findings}."""
    return sql.replace("{findings}", FINDINGS)


def rows(sql: str, params: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """Run a statement and return its rows."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())


def asked(book: str, period: Period, scope: Scope) -> dict[str, Any]:
    """Return the parameters that all statements take."""
    return {
        "book": book,
        "begin": period.begin,
        "end": period.end,
        "first": period.first,
        "last": period.last,
        "units": None if scope.units is None else list(scope.units),
        "types": list(scope.types),
        "steps": [midnight(day) for day in period.steps()],
    }


def versions_of(book: str) -> list[int]:
    """Return the ids of all versions of a rulebook."""
    return list(RulebookVersion.objects.filter(rulebook__slug=book).values_list("id", flat=True))
