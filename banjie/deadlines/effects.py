"""Collect the effects of a batch of clocks and write them in a handful of statements."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Protocol

import orjson
from django.conf import settings
from django.db import connection

from banjie.deadlines.models import Finding
from banjie.people.actor import Actor
from banjie.tickets import timeline
from banjie.tickets.step import EventDraft
from banjie.tickets.write import LIVE_CHANNEL

_HOLDERS = """
select r.code, u.path, p.member_id from people_post p
join people_role r on r.id = p.role_id join people_unit u on u.id = p.unit_id join people_member m on m.id = p.member_id
where p.until is null and m.is_active and r.code = any(%s)
"""
_FINDING_COLUMNS = (
    "book clause rule kind outcome rulebook_version_id calendar_version_id ticket_id type unit_id owner_id started_at due_at ended_at at evidence "
    "corrects_id actor_name reason"
).split()
_MAX_TOPICS = 150


class Subject(Protocol):
    """The ticket of an effect."""

    @property
    def ticket_id(self) -> int: ...
    @property
    def number(self) -> str: ...
    @property
    def unit_path(self) -> str: ...
    @property
    def chain_length(self) -> int: ...
    @property
    def chain_head(self) -> bytes: ...
    @property
    def summary(self) -> str: ...


class Batch:
    """Effects of one sweep transaction."""

    def __init__(self, by: Actor, at: datetime) -> None:
        self.by, self.at = by, at
        self._chains: dict[int, tuple[Subject, list[EventDraft]]] = {}
        self._clocks: list[tuple[int, bool, bool, int, datetime | None]] = []
        self._timers: list[int] = []
        self._findings: list[Finding] = []
        self._messages: list[tuple[Subject, str, str, Sequence[int], Sequence[str]]] = []

    def event(self, subject: Subject, draft: EventDraft) -> None:
        """Append an event to the ticket's chain."""
        self._chains.setdefault(subject.ticket_id, (subject, []))[1].append(draft)

    def clock(self, pk: int, *, warned: bool, breached: bool, rung: int, next_at: datetime | None) -> None:
        """Move a clock on."""
        self._clocks.append((pk, warned, breached, rung, next_at))

    def finish_timer(self, pk: int) -> None:
        """End a timer that fires now."""
        self._timers.append(pk)

    def finding(self, finding: Finding) -> None:
        """Add a finding."""
        self._findings.append(finding)

    def message(self, subject: Subject, kind: str, clause: str, members: Sequence[int], roles: Sequence[str]) -> None:
        """Tell members, and holders of roles over the ticket's unit."""
        if members or roles:
            self._messages.append((subject, kind, clause, members, roles))

    def write(self) -> None:
        """Write everything."""
        with connection.cursor() as cursor:
            self._write_chains(cursor)
            self._write_clocks(cursor)
            self._write_findings(cursor)
            reached = self._write_messages(cursor)
            self._announce(cursor, reached)

    def _write_chains(self, cursor: Any) -> None:
        rows: list[tuple[Any, ...]] = []
        heads: list[tuple[int, int, bytes]] = []
        for pk, (subject, drafts) in self._chains.items():
            added, length, head = timeline.extend(
                (pk, subject.number, subject.chain_length, bytes(subject.chain_head)), drafts, by=self.by, at=self.at
            )
            rows += added
            heads.append((pk, length, head))
        if not rows:
            return
        _copy(cursor, "tickets_event", timeline.COLUMNS, rows)
        ids, lengths, links = zip(*heads, strict=True)
        cursor.execute(
            "update tickets_ticket t set chain_length = n.length, chain_head = n.head, updated_at = %s "
            "from unnest(%s::bigint[], %s::int[], %s::bytea[]) n(id, length, head) where t.id = n.id",
            [self.at, list(ids), list(lengths), list(links)],
        )

    def _write_clocks(self, cursor: Any) -> None:
        if self._timers:
            cursor.execute(
                "update deadlines_clock set state = 'done', stopped_at = %s, next_at = null where id = any(%s)", [self.at, self._timers]
            )
        if not self._clocks:
            return
        ids, warned, breached, rungs, nexts = zip(*self._clocks, strict=True)
        cursor.execute(
            "update deadlines_clock c set warned_at = case when n.warned then coalesce(c.warned_at, %s) end, "
            "breached_at = case when n.breached then coalesce(c.breached_at, %s) end, rung = n.rung, next_at = n.next_at "
            "from unnest(%s::bigint[], %s::bool[], %s::bool[], %s::smallint[], %s::timestamptz[]) n(id, warned, breached, rung, next_at) where c.id = n.id",
            [self.at, self.at, list(ids), list(warned), list(breached), list(rungs), list(nexts)],
        )

    def _write_findings(self, cursor: Any) -> None:
        rows = [
            tuple(orjson.dumps(f.evidence).decode() if column == "evidence" else getattr(f, column) for column in _FINDING_COLUMNS)
            for f in self._findings
        ]
        _copy(cursor, "deadlines_finding", _FINDING_COLUMNS, rows)

    def _write_messages(self, cursor: Any) -> set[int]:
        holders = self._holders(cursor)
        told = {m for *_rest, members, _roles in self._messages for m in members} | {m for held in holders.values() for _path, m in held}
        mail = self._mail_of(cursor, told)
        rows: list[tuple[Any, ...]] = []
        for subject, kind, clause, members, roles in self._messages:
            people = {*members, *(m for role in roles for path, m in holders.get(role, ()) if subject.unit_path.startswith(path))}
            rows += [
                (m, subject.number, kind, subject.summary[:200], clause[:200], self.by.name, self.at, mail[m], "")
                for m in sorted(people)
                if m in mail
            ]
        columns = ("member_id", "ticket_number", "kind", "title", "clause", "actor_name", "at", "email_state", "email_error")
        _copy(cursor, "channels_notification", columns, rows)
        return {row[0] for row in rows}

    def _mail_of(self, cursor: Any, members: set[int]) -> dict[int, str]:
        """Return the state in which each member's e-mail begins; nobody who has left is told."""
        if not members:
            return {}
        queued = "queued" if settings.ENV.email_url else ""
        cursor.execute(
            "select id, case when email <> '' then %s else '' end from people_member where id = any(%s) and is_active",
            [queued, list(members)],
        )
        return dict(cursor.fetchall())

    def _holders(self, cursor: Any) -> dict[str, list[tuple[str, int]]]:
        roles = sorted({role for *_rest, names in self._messages for role in names})
        if not roles:
            return {}
        cursor.execute(_HOLDERS, [roles])
        result: dict[str, list[tuple[str, int]]] = {}
        for role, path, member in cursor.fetchall():
            result.setdefault(role, []).append((path, member))
        return result

    def _announce(self, cursor: Any, reached: Iterable[int]) -> None:
        """Signal for the whole batch: NOTIFY takes a lock at commit, and a payload must stay below 8000 bytes."""
        units = {u for subject, _drafts in self._chains.values() for u in subject.unit_path.strip("/").split("/")}
        topics = [f"unit:{u}" for u in sorted(units)] + [f"member:{m}" for m in sorted(reached)]
        topics += [f"ticket:{subject.number}" for subject, _drafts in self._chains.values()]
        for at in range(0, len(topics), _MAX_TOPICS):
            signal = orjson.dumps({"topics": topics[at : at + _MAX_TOPICS], "data": {}}).decode()
            cursor.execute("select pg_notify(%s, %s)", [LIVE_CHANNEL, signal])


def _copy(cursor: Any, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    if not rows:
        return
    with cursor.copy(f"copy {table} ({', '.join(columns)}) from stdin") as copy:
        for row in rows:
            copy.write_row(row)
