"""One ticket with names and clocks, as pages and REST show it. One query, whatever its history."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from banjie.kernel.errors import Unseen
from banjie.people.actor import Actor
from banjie.tickets import access
from banjie.tickets.snapshot import load_with
from banjie.tickets.step import Snapshot

_NAMES = """u.name, a.name, r.name, o.name, c.id, c.name, t.updated_at, t.summary, t.contact, t.phone, t.address, t.priority, t.level, t.source, t.due_at,
    t.due_warn_at, t.due_clock,
    exists (select from tickets_link l where l.source_id = t.id and l.ended_at is null)
        or exists (select from tickets_link l where l.target_id = t.id and l.ended_at is null)"""
_JOINS = """left join people_member a on a.id = t.assignee_id left join people_member r on r.id = t.responsible_id
left join people_member o on o.id = t.opened_by_id left join customers_customer c on c.id = t.customer_id"""


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
    has_links: bool


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
    ticket, names = load_with(number, _NAMES, _JOINS)
    if not access.may_see(actor, ticket):
        raise Unseen
    return Detail(ticket, Names(*names))
