"""Duties that are owed apart from any ticket: one ticket is opened in each period and must be worked off in time (CHC-07, PLT-12)."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from banjie.people.actor import Actor, Door, Grant
from banjie.rulebook.language import Duty
from banjie.rulebook.program import Program
from banjie.tickets.opening import open_ticket

# Units in which one of the roles is held, the highest first.
_UNITS = """
select u.id, u.path from people_unit u where u.is_active and exists (
    select from people_post p join people_role r on r.id = p.role_id join people_member m on m.id = p.member_id
    where p.unit_id = u.id and p.until is null and m.is_active and r.code = any(%s))
order by length(u.path), u.id limit 500
"""


def open_owed(program: Program, name: str, duty: Duty, at: datetime) -> list[tuple[int, str]]:
    """Open what a duty owes in a period that has begun, and return ids and numbers; nothing where nobody holds its roles.

    Each unit in which one of the roles is held owes one with `each: unit`; else the highest of them owes one for all.
    """
    assert duty.opens is not None
    with connection.cursor() as cursor:
        cursor.execute(_UNITS, [duty.by])
        units = cursor.fetchall()
    opened = []
    for unit_id, path in units if duty.each == "unit" else units[:1]:
        role = program.types[duty.opens].open_action.spec.by[0]
        grant = Grant(role, unit_id, path, own_only=False, permissions=frozenset())
        done = open_ticket(program, duty.opens, {}, by=Actor(f"duty:{name}", Door.SYSTEM, None, (grant,)), at=at)
        opened.append((done.ticket_id, done.number))
    return opened
