"""Append events to a ticket's chain. Nothing else in the code writes events."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from django.conf import settings

from banjie.kernel.chain import link
from banjie.people.actor import Actor
from banjie.tickets.step import EventDraft
from banjie.tickets.writer import jsonb

COLUMNS = (
    "ticket_id",
    "seq",
    "at",
    "kind",
    "action",
    "outcome",
    "actor_name",
    "member_id",
    "door",
    "from_state",
    "to_state",
    "payload",
    "digest",
)


def record(number: str, seq: int, at: datetime, draft: EventDraft, by: tuple[str, int | None, str]) -> list[Any]:
    """Return what an event's link signs. `by` is name, member id and door."""
    when = at.astimezone(UTC).isoformat(timespec="microseconds")
    return [number, seq, when, draft.kind, draft.action, draft.outcome, *by, draft.from_state, draft.to_state, draft.payload]


def extend(
    ticket: tuple[int, str, int, bytes], drafts: Sequence[EventDraft], *, by: Actor, at: datetime
) -> tuple[list[tuple[Any, ...]], int, bytes]:
    """Chain `drafts` to a ticket given as (id, number, chain length, chain head).

    Returns the rows for COLUMNS, the new length and the new head.
    """
    ticket_id, number, length, head = ticket
    rows = []
    who = (by.name, by.member_id, str(by.door))
    for draft in drafts:
        length += 1
        head = link(settings.CHAIN_KEY, head, record(number, length, at, draft, who))
        rows.append(
            (
                ticket_id,
                length,
                at,
                draft.kind,
                draft.action,
                draft.outcome,
                *who,
                draft.from_state,
                draft.to_state,
                jsonb(draft.payload),
                head,
            )
        )
    return rows, length, head
