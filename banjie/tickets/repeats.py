"""The same problem reported again: earlier tickets that the new one may repeat are proposed, and the agent decides (HOT-10, HOT-14)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from banjie.kernel.errors import FieldError, Refused
from banjie.kernel.phones import normalise_phone
from banjie.people.actor import Actor
from banjie.rulebook import due
from banjie.rulebook.program import Program, TypeProgram
from banjie.tickets.access import may_see
from banjie.tickets.identify import Where
from banjie.worktime.durations import DurationKind

AT_MOST = 10
_SQL = """
select t.number, t.type, t.state, t.is_open, t.summary, t.opened_at, u.path, t.assignee_id, t.responsible_id, t.opened_by_id, t.rulebook_version_id
from tickets_ticket t join people_unit u on u.id = t.unit_id
where {key} and t.type = any(%(types)s) and t.opened_at >= %(since)s and t.rulebook_version_id in (
    select v.id from rulebook_rulebookversion v join rulebook_rulebook b on b.id = v.rulebook_id where b.slug = %(book)s)
order by t.id desc limit 50
"""
# By the key's own index; a phone is found among the identifiers, whoever it belongs to.
_KEYS = {
    "customer": "t.customer_id = %(customer)s",
    "asset": "t.asset_id = %(asset)s",
    "phone": "t.id in (select ticket_id from tickets_identifier where value = %(phone)s)",
}


class RepeatSuspected(Refused):
    """Earlier tickets say the same; the agent adds to one of them, or says that it is another problem."""

    code = "repeat-suspected"


@dataclass(slots=True)
class Earlier:
    """A ticket that a new one may repeat."""

    number: str
    type: str
    state: str
    is_open: bool
    summary: str
    opened_at: datetime
    unit_path: str
    assignee_id: int | None
    responsible_id: int | None
    opened_by_id: int | None
    version_id: int


def earlier_ones(program: Program, kind: TypeProgram, where: Where, phone: str, *, by: Actor, at: datetime) -> list[Earlier]:
    """Return the tickets of the same customer, asset or phone and type within the time that the rulebook names, the newest first.

    The time counts whole days from the day on which they were opened, ended ones included (requirements 5, no. 22).
    """
    rule = kind.spec.repeat
    values = {"customer": where.customer_id, "asset": where.asset_id, "phone": phone}
    if rule is None or not values[rule.key]:
        return []
    length = due.duration(rule.within)
    since = at - length.timedelta if length.kind is DurationKind.CLOCK else at
    zone = ZoneInfo(settings.TIME_ZONE)
    begin = datetime.combine(since.astimezone(zone).date(), time(), zone)
    with connection.cursor() as cursor:
        cursor.execute(
            _SQL.format(key=_KEYS[rule.key]),
            {**values, "types": [kind.name, *rule.types], "since": begin, "book": program.slug},
        )
        found = [Earlier(*row) for row in cursor.fetchall()]
    return [one for one in found if may_see(by, one)][:AT_MOST]


def phone_of(program: Program, values: Mapping[str, Any]) -> str:
    """Return the form's phone as it is stored, "" when there is none."""
    try:
        return normalise_phone(str(values.get(program.columns.get("phone", ""), "") or ""))
    except ValueError:
        return ""


def suspected(program: Program, kind: TypeProgram, found: list[Earlier]) -> RepeatSuspected:
    """Return the refusal that names the earlier tickets."""
    titles = kind.process.states
    named = _("%(number)s (%(state)s)")
    listed = "、".join(
        named % {"number": one.number, "state": titles[one.state].title if one.state in titles else one.state} for one in found
    )
    message = _("This may be the same problem as %(listed)s. Add to that ticket and urge, or confirm that it is another problem.")
    text = message % {"listed": listed}
    clause = kind.spec.repeat.clause[0] if kind.spec.repeat and kind.spec.repeat.clause else ""
    return RepeatSuspected(text, clause=program.reference(clause), errors=[FieldError("is_new", text)])
