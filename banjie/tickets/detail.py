"""One ticket with names and clocks, as pages and REST show it. Two queries, whatever its history."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from banjie.kernel.errors import Unseen
from banjie.people.actor import Actor
from banjie.tickets import access
from banjie.tickets.snapshot import load
from banjie.tickets.step import Snapshot

_NAMES = """
select u.name, a.name, r.name, o.name, c.id, c.name, t.updated_at, t.summary, t.contact, t.phone, t.address, t.priority, t.level, t.source, t.due_at,
       t.due_warn_at, t.due_clock
from tickets_ticket t join people_unit u on u.id = t.unit_id
left join people_member a on a.id = t.assignee_id left join people_member r on r.id = t.responsible_id
left join people_member o on o.id = t.opened_by_id left join customers_customer c on c.id = t.customer_id
where t.id = %s
"""


@dataclass(frozen=True, slots=True)
class Names:
    """What a ticket's ids are called, and its columns for lists."""

    unit: str
    assignee: str | None
    responsible: str | None
    opened_by: str | None
    customer_id: int | None
    customer: str | None
    updated_at: datetime
    summary: str
    contact: str
    phone: str
    address: str
    priority: str
    level: str
    source: str
    due_at: datetime | None
    due_warn_at: datetime | None
    due_clock: str


@dataclass(frozen=True, slots=True)
class Detail:
    """A ticket that the actor may see."""

    ticket: Snapshot
    names: Names


def detail(actor: Actor, number: str) -> Detail:
    """Return a ticket with its names.

    Raises:
        Unseen: missing or hidden.
    """
    ticket = load(number, lock=False)
    if not access.may_see(actor, ticket):
        raise Unseen
    with connection.cursor() as cursor:
        cursor.execute(_NAMES, [ticket.id])
        names = Names(*cursor.fetchone())
    return Detail(ticket, names)
