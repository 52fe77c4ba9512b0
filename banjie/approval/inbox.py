"""What waits for somebody's signature, and where what he applied for stands. A page costs the same few queries however long it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.db import connection

from banjie.approval import standing
from banjie.approval.cursors import after, cursor_of
from banjie.approval.holding import Holding, holding
from banjie.approval.shown import Asked, asked_now, rules_asked, step_title
from banjie.approval.standing import Standing
from banjie.kernel.errors import Refused
from banjie.people.actor import Actor
from banjie.rulebook.program import ActionRule, Program
from banjie.rulebook.queries import program_of
from banjie.tickets.access import may_see
from banjie.tickets.possible import titled
from banjie.tickets.snapshot import several
from banjie.tickets.step import Snapshot

# Of so many tickets in approval, those that came first, one page finds out whether they wait for the person: so many times so many.
MOST_EXAMINED = 500
MOST_TIMES = 10
MOST_SHOWN = 100
AT_MOST = 99
_READS = {"approval": standing.READ}
_COLUMNS = f"""t.summary, u.name, t.due_at, t.due_warn_at, t.due_clock, (select m.name from people_member m where m.id = t.opened_by_id),
{standing.SUBMITTER_NAME}"""  # noqa: S608  constants of this room
_KINDS = f"select distinct t.rulebook_version_id, t.type, t.state from tickets_ticket t where t.is_open and {standing.SIGNED_NOW}"  # noqa: S608
# Where one of his roles, or of a member's whose deputy he is, may sign; or handed to him in this round.
_FOR_ME = f"""
where t.is_open and {standing.SIGNED_NOW} and (
    exists (select from unnest(%(versions)s::bigint[], %(types)s::text[], %(states)s::text[], %(paths)s::text[]) c (version, type, state, path)
        where c.version = t.rulebook_version_id and c.type = t.type and c.state = t.state and starts_with(u.path, c.path))
    or exists (select from approval_handover h where h.ticket_id = t.id and h.entered_at = t.entered_at and h.to_member_id = %(me)s))
and (t.entered_at, t.id) > (%(after)s, %(after_id)s) order by t.entered_at, t.id limit %(limit)s
"""  # noqa: S608  constants of this room
_OF_MINE = f"""
where t.is_open and {standing.SIGNED_NOW} and (t.opened_by_id = %(me)s or {standing.SUBMITTER} = %(me)s)
and (t.entered_at, t.id) > (%(after)s, %(after_id)s) order by t.entered_at, t.id limit %(limit)s
"""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A ticket that waits for signatures.

    `behalf` is for whom the person would sign, `handed_by` who handed it to him; both "" when he is asked by his own post.
    `asked` are those who may sign now, told to the applicant only.
    """

    number: str
    type: str
    summary: str
    applicant: str
    unit: str
    step: str
    waiting_since: datetime
    due_at: datetime | None
    due_warn_at: datetime | None
    due_title: str
    behalf: str = ""
    handed_by: str = ""
    missing: int = 0
    asked: tuple[Asked, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows, and the cursor of the next page, "" at the end."""

    rows: list[Waiting] = field(default_factory=list)
    next: str = ""


@dataclass(frozen=True, slots=True)
class _Read:
    """A ticket as read for a list, with its program."""

    ticket: Snapshot
    program: Program
    rules: list[ActionRule]
    columns: tuple[Any, ...]

    @property
    def place(self) -> tuple[datetime, int]:
        return self.ticket.entered_at, self.ticket.id


def waiting_for(actor: Actor, language: str, at: datetime, *, cursor: str = "", limit: int = 50) -> Page:
    """Return the tickets that wait for the actor's signature now, those that wait longest first.

    A page may hold fewer rows than `limit` and still have a next one, when thousands of tickets wait for others first.

    Raises:
        InvalidInput: the cursor is not one of this list.
    """
    reader = replace(actor, read_only=False)  # a token that only reads is told what waits, too
    rows: list[Waiting] = []
    for _time in range(MOST_TIMES):
        page = _examined(reader, language, at, cursor, limit - len(rows))
        rows, cursor = rows + page.rows, page.next
        if not cursor or len(rows) == limit:
            break
    return Page(rows, cursor)


def _examined(reader: Actor, language: str, at: datetime, cursor: str, limit: int) -> Page:
    reads = _candidates(reader, cursor)
    rows: list[Waiting] = []
    for n, (read, row) in enumerate(_mine(reader, reads[:MOST_EXAMINED], language, at)):
        if row is not None:
            rows.append(row)
        if len(rows) == limit and n + 1 < len(reads):
            return Page(rows, cursor_of(read.place))
    return Page(rows, cursor_of(reads[MOST_EXAMINED - 1].place) if len(reads) > MOST_EXAMINED else "")


def waiting_count(actor: Actor, at: datetime) -> str:
    """Return how many tickets wait for the actor's signature, "" for none, with a plus sign when there may be more than were found."""
    page = waiting_for(actor, "", at, limit=AT_MOST)
    return f"{len(page.rows)}{'+' if page.next else ''}" if page.rows or page.next else ""


def applied_by(actor: Actor, language: str, at: datetime, *, cursor: str = "", limit: int = 50) -> Page:
    """Return what the actor applied for and still waits for signatures, those that wait longest first, with whom each waits for.

    Raises:
        InvalidInput: the cursor is not one of this list.
    """
    if actor.member_id is None:
        return Page()
    found = _read(_OF_MINE, {"me": actor.member_id, "limit": limit + 1, **after(cursor)})
    reads = [one for one in found[:limit] if may_see(actor, one.ticket)]
    held = _names(reads, at)
    rows = [row for one in reads for row in [_applied(one, held, language)] if row is not None]
    return Page(rows, cursor_of(found[limit - 1].place) if len(found) > limit else "")


def _candidates(actor: Actor, cursor: str) -> list[_Read]:
    """Return tickets of which one of the actor's roles may sign some step, or that were handed to him."""
    beginning = after(cursor)
    if actor.member_id is None:
        return []
    with connection.cursor() as db:
        db.execute(_KINDS)
        kinds = db.fetchall()
    lanes = [(*kind, path) for kind in kinds for path in _paths(actor, *kind)]
    arrays = dict(zip(("versions", "types", "states", "paths"), map(list, zip(*lanes, strict=True)), strict=True)) if lanes else {}
    none: dict[str, list[Any]] = {"versions": [], "types": [], "states": [], "paths": []}
    return _read(_FOR_ME, {**none, **arrays, "me": actor.member_id, "limit": MOST_EXAMINED + 1, **beginning})


def _paths(actor: Actor, version: int, type_name: str, state: str) -> set[str]:
    """Return the units in which the actor, or one whose deputy he is, holds a role that signs this kind of ticket."""
    kind = program_of(version).types[type_name]
    names = {rule.spec.signoff for rule in kind.by_state[state] if rule.spec.verb == "approve"}
    roles = {role for name in names if name for step in kind.process.signoffs[name].steps for role in step.by}
    return {grant.unit_path for grant in actor.grants if (grant.role or grant.behalf_role) in roles}


def _mine(actor: Actor, reads: list[_Read], language: str, at: datetime) -> Iterator[tuple[_Read, Waiting | None]]:
    """Yield each ticket with its row, None when it does not wait for the actor now."""
    everyone = {role for one in reads for step in _steps(one) if step.need == "everyone" for role in step.by}
    held = holding(everyone, {one.ticket.unit_path for one in reads} if everyone else (), at)
    for one in reads:
        yield one, _row_of(actor, one, held, language) if may_see(actor, one.ticket) else None


def _steps(read: _Read) -> list[Any]:
    process = read.program.types[read.ticket.type].process
    return [step for rule in read.rules for step in process.signoffs[rule.spec.signoff or ""].steps]


def _row_of(actor: Actor, read: _Read, held: Holding, language: str) -> Waiting | None:
    for rule in read.rules:
        it = Standing.of(read.program, rule, read.ticket, held)
        try:
            capacity = it.capacity(actor)
        except Refused:
            continue
        now = it.progress()
        handed = [h["from_name"] for h in it.handovers if h["to"] == actor.member_id and h["role"] in capacity.roles & now.roles]
        by_hand = handed[-1] if handed and not capacity.behalf_of else ""
        step = next(step_title(read.program, step, language) for place, step in it.steps if place == now.step)
        return _waiting(read, language, step=step, behalf=capacity.behalf_name, handed_by=by_hand, missing=now.missing)
    return None


def _names(reads: list[_Read], at: datetime) -> Holding:
    roles = {role for one in reads for step in _steps(one) for role in step.by}
    return holding(roles, {one.ticket.unit_path for one in reads}, at)


def _applied(read: _Read, held: Holding, language: str) -> Waiting | None:
    for rule in read.rules:
        it = Standing.of(read.program, rule, read.ticket, held)
        now = it.progress()
        step = next((step_title(read.program, step, language) for place, step in it.steps if place == now.step), "")
        return _waiting(read, language, step=step, missing=now.missing, asked=asked_now(read.program, it, now, language))
    return None


def _waiting(read: _Read, language: str, **more: Any) -> Waiting:
    ticket, kind = read.ticket, read.program.types[read.ticket.type]
    summary, unit, due_at, due_warn_at, due_clock, opener, submitter = read.columns
    deadline = kind.process.deadlines.get(due_clock)
    return Waiting(
        number=ticket.number,
        type=titled(kind.spec, language),
        summary=summary,
        applicant=submitter or opener or "",
        unit=unit,
        waiting_since=ticket.entered_at,
        due_at=due_at,
        due_warn_at=due_warn_at,
        due_title=titled(deadline, language) if deadline else "",
        **more,
    )


def _read(rest: str, params: dict[str, Any]) -> list[_Read]:
    return [
        _Read(ticket, program, rules_asked(program, ticket), more)
        for ticket, more in several(_READS, rest, params, _COLUMNS)
        for program in [program_of(ticket.rulebook_version_id)]
    ]
