"""Read a ticket under lock, with what the reactions need, in one query."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import orjson
from django.db import connection

from banjie.kernel.errors import Unseen
from banjie.tickets.registry import Reaction, reactions
from banjie.tickets.step import Snapshot

_COLUMNS = (
    "id number type state stage is_open version round rank rulebook_version_id unit_id assignee_id responsible_id "
    "opened_by_id customer_id asset_id fields opened_at entered_at ended_at chain_length chain_head"
).split()
_NUMBER = re.compile(r"[A-Z]{1,4}-\d{6}-\d{1,18}\Z")


def canonical_number(number: object) -> str:
    """Return a ticket number as stored.

    Raises:
        Unseen: no ticket can have such a number.
    """
    text = str(number).strip().upper()
    if not _NUMBER.match(text):
        raise Unseen
    return text


def _parsed(value: Any) -> Any:
    return orjson.loads(value) if isinstance(value, str | bytes) else value


def load(number: str, *, lock: bool) -> Snapshot:
    """Return the ticket as it stands; with `lock` no other change can come between.

    Raises:
        Unseen: there is no such ticket.
    """
    return _read(number, lock=lock)[0]


def load_with(number: str, columns: str, joins: str) -> tuple[Snapshot, tuple[Any, ...]]:
    """Return the ticket as it stands, and more `columns` of it and of what `joins` it, by the same query.

    Raises:
        Unseen: there is no such ticket.
    """
    return _read(number, columns=columns, joins=joins)


def _read(number: str, *, lock: bool = False, columns: str = "", joins: str = "") -> tuple[Snapshot, tuple[Any, ...]]:
    reads = [r for r in reactions() if r.read]
    wanted = ", ".join([*(f"t.{c}" for c in _COLUMNS), "u.path", *(f"({r.read})" for r in reads), *([columns] if columns else [])])
    sql = f"select {wanted} from tickets_ticket t join people_unit u on u.id = t.unit_id {joins} where t.number = %s"
    with connection.cursor() as cursor:
        cursor.execute(sql + (" for update of t" if lock else ""), [canonical_number(number)])
        row = cursor.fetchone()
    if row is None:
        raise Unseen
    return _ticket(row, [r.name for r in reads])


def several(reads: Mapping[str, str], rest: str, params: Mapping[str, Any], columns: str = "") -> list[tuple[Snapshot, tuple[Any, ...]]]:
    """Return several tickets as they stand, unlocked, each with more `columns`, by one query. The caller asks who may see them.

    Args:
        reads: scalar subselects over the ticket `t`, by the name under which `Snapshot.extra` holds each.
        rest: what follows "from tickets_ticket t join people_unit u on u.id = t.unit_id".
    """
    wanted = ", ".join([*(f"t.{c}" for c in _COLUMNS), "u.path", *(f"({sql})" for sql in reads.values()), *([columns] if columns else [])])
    with connection.cursor() as cursor:
        cursor.execute(f"select {wanted} from tickets_ticket t join people_unit u on u.id = t.unit_id {rest}", params)
        return [_ticket(row, list(reads)) for row in cursor.fetchall()]


def _ticket(row: tuple[Any, ...], reads: list[str]) -> tuple[Snapshot, tuple[Any, ...]]:
    """Return the ticket of a row, and what stands behind it."""
    values = dict(zip(_COLUMNS, row, strict=False))
    values["fields"] = _parsed(values["fields"])
    values["chain_head"] = bytes(values["chain_head"])
    first = len(_COLUMNS) + 1
    last = first + len(reads)
    extra = {name: _parsed(value) for name, value in zip(reads, row[first:last], strict=True)}
    return Snapshot(**values, unit_path=row[first - 1], extra=extra), row[last:]


def next_id() -> tuple[int, dict[str, Any]]:
    """Return the id of a new ticket and what reactions always need. A sequence: creation never waits for another."""
    reads = [r for r in reactions() if r.read and r.always]
    with connection.cursor() as cursor:
        cursor.execute("select " + ", ".join(["nextval('tickets_ticket_id_seq')", *(f"({r.read})" for r in reads)]))
        row = cursor.fetchone()
    return row[0], _extra(reads, row[1:])


def _extra(reads: list[Reaction], values: tuple[Any, ...]) -> dict[str, Any]:
    return {r.name: _parsed(v) for r, v in zip(reads, values, strict=True)}
