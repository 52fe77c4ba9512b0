"""The statements behind the facts that a ledger may show of each ticket `t`, and behind one value of its columns.

Each reads a few rows of one ticket by an index, so that it costs what the shown or counted tickets cost and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable

_DISPATCH = "from dispatch_assignment a where a.ticket_id = t.id and a.kind in ('direct', 'chosen', 'relay') order by a.id desc limit 1"
_CALLBACK = "(select c.result from verification_callback c where c.ticket_id = t.id order by c.id{} limit 1)"

# The names are those of `rulebook.keeping.FACTS`.
FACTS = {
    "ticket.opened_by": "(select m.name from people_member m where m.id = t.opened_by_id)",
    "ticket.responsible": "(select m.name from people_member m where m.id = t.responsible_id)",
    "ticket.dispatched_by": f"(select a.by_name {_DISPATCH})",
    "ticket.dispatched_at": f"(select a.at {_DISPATCH})",
    "ticket.taken_at": (
        "greatest((select max(r.at) from dispatch_receipt r where r.ticket_id = t.id and r.signed), "
        "(select max(k.at) from handling_acknowledgement k where k.ticket_id = t.id))"
    ),
    "ticket.completed_at": "(select max(d.at) from handling_completion d where d.ticket_id = t.id)",
    "ticket.first_callback": _CALLBACK.format(""),
    "ticket.last_callback": _CALLBACK.format(" desc"),
    "ticket.callbacks": "(select count(*) from verification_callback c where c.ticket_id = t.id)",
    "ticket.urges": "(select count(*) from handling_urge g where g.ticket_id = t.id)",
    "ticket.rounds": "t.round",
}
# What every ledger shows and may be counted by.
STANDING = {"ticket.type": "t.type", "ticket.state": "t.state", "ticket.unit": "t.unit_id::text", "ticket.assignee": "t.assignee_id::text"}

# What stands in the ticket's own record counts; else what an action asked last.
_SAID = """coalesce(t.fields->>%({name})s, (select e.payload->>%({name})s from tickets_event e
    where e.ticket_id = t.id and e.kind in ('opened', 'action') and e.payload ? %({name})s order by e.seq desc limit 1), '')"""


def facts_of(columns: Iterable[str]) -> str:
    """Return the JSON object of the facts that are among the columns."""
    pairs = ", ".join(f"'{name}', {FACTS[name]}" for name in columns if name in FACTS)
    return f"jsonb_build_object({pairs})"


def value_of(column: str, parameter: str) -> str:
    """Return one column's value as text, "" where there is none; `parameter` names the one that holds a field's name."""
    fact = (FACTS | STANDING).get(column)
    return f"coalesce({fact}, '')" if fact else _SAID.format(name=parameter)
