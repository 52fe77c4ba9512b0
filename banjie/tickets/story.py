"""A ticket's timeline as people read it: titles and values in words, names instead of ids."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import orjson
from django.db import connection
from django.utils.translation import gettext as _

from banjie.rulebook.program import Program
from banjie.tickets.possible import titled
from banjie.tickets.story_lines import Known, Reader, details_of, named, shown, visible_numbers

__all__ = ["Entry", "Reader", "shown", "story"]

MAX_EVENTS = 500
_SQL = """
select seq, at, kind, action, outcome, actor_name, door, from_state, to_state, payload::text, encode(digest, 'hex'),
       (select m.name from people_member m where m.id = case jsonb_typeof(payload -> 'assignee') when 'number' then (payload ->> 'assignee')::bigint end)
from tickets_event where ticket_id = %s and seq < %s order by seq desc limit %s
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the timeline, ready to show."""

    seq: int
    at: datetime
    kind: str
    action: str
    title: str
    outcome: str
    actor: str
    door: str
    from_state: str
    to_state: str
    moved: bool
    details: tuple[tuple[str, str], ...]
    digest: str


def story(ticket_id: int, type_name: str, program: Program, reader: Reader, *, before: int = 2**31 - 1, limit: int = 100) -> list[Entry]:
    """Return up to `limit` entries, newest first. One query, and one more where fields name people or units."""
    with connection.cursor() as cursor:
        cursor.execute(_SQL, [ticket_id, before, min(limit, MAX_EVENTS)])
        found = cursor.fetchall()
    rows = [(*row[:9], orjson.loads(row[9]), row[10]) for row in found]
    names = named(program, (row[9] for row in rows))
    names |= {("member", row[9]["assignee"]): whole[11] for row, whole in zip(rows, found, strict=True) if whole[11]}
    visible = visible_numbers((row[9] for row in rows), reader)
    kind = program.types[type_name]
    states = {key: titled(state, reader.language) for key, state in kind.process.states.items()}
    entries = []
    for seq, at, event_kind, action, outcome, actor, door, from_state, to_state, payload, digest in rows:
        rule = kind.actions.get(action)
        entries.append(
            Entry(
                seq=seq,
                at=at,
                kind=event_kind,
                action=action,
                title=titled(rule.spec, reader.language) if rule else event_title(event_kind),
                outcome=outcome,
                actor=actor,
                door=door,
                from_state=states.get(from_state, ""),
                to_state=states.get(to_state, ""),
                moved=from_state != to_state,
                details=details_of(program, kind, payload, Known(names, visible, reader)),
                digest=digest,
            )
        )
    return entries


def event_title(kind: str) -> str:
    """Return the words for an event that is no action of a person."""
    return {
        "warned": _("A limit runs out soon"),
        "breached": _("Limit exceeded"),
        "escalated": _("Escalated"),
        "paused": _("Clock paused"),
        "resumed": _("Clock goes on"),
        "replanned": _("Clock planned anew"),
        "extended": _("Extended"),
        "attached": _("File attached"),
        "linked": _("Linked"),
        "unlinked": _("Link removed"),
        "corrected": _("Result corrected"),
        "phone_shown": _("Phone number shown"),
        "signatures_void": _("Signatures void after a change"),
    }.get(kind, kind)
