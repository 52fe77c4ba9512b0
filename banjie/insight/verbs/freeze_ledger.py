"""Freeze a ledger of a period that is over."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from banjie.channels.outbox import Message, insert_sql
from banjie.insight.access import Scope
from banjie.insight.frozen import FORMAT, Cells, frozen_cells, link_of, sha256_of
from banjie.insight.ledger_columns import columns_of
from banjie.insight.ledgers import cells_of, counted
from banjie.insight.models import FrozenCopy, FrozenLine
from banjie.insight.period import Period, whole_period, whole_title
from banjie.insight.queries.copies import may_read_copies, roles_over_all
from banjie.insight.queries.ledger import Row, rows_in
from banjie.insight.queries.statistics import Asked, program_for
from banjie.kernel.chain import GENESIS
from banjie.kernel.errors import FieldError, InvalidInput, NotPermitted, Refused, Unseen
from banjie.people.actor import Actor
from banjie.people.events import record
from banjie.people.models import Unit
from banjie.rulebook.keeping import Freeze, Ledger
from banjie.rulebook.program import Program

MOST_LINES = 20_000
_EARLIEST = 2000
_LOCK = 0x66726F7A  # "froz": copies are numbered and chained one after the other


class TooManyLines(Refused):
    """The ledger of the period is longer than a copy may be."""

    code = "too-many-lines"
    default_message = gettext_lazy("This period has more tickets than one copy holds.")


@transaction.atomic
def freeze_ledger(book: str, name: str, first: date, *, by: Actor, at: datetime) -> FrozenCopy:
    """Keep what a ledger of a closed period says now as a numbered copy that never changes, and ask for its signatures (CHC-07, RPT-10).

    It holds the tickets of the whole organisation in the language of the site, phones masked. What changes afterwards
    changes no copy; the next one has the next number.

    Args:
        first: the first day of the period, a month, quarter, half year or year as the rulebook says.

    Raises:
        Unseen: there is no such ledger, or it is not frozen.
        NotPermitted: the actor holds none of the roles that freeze it, over the whole organisation.
        InvalidInput: no period begins on this day, or it is not over.
        TooManyLines: it has more tickets than a copy holds.
    """
    by.must_write()
    program = program_for(book)
    ledger = program.book.ledgers.get(name)
    if ledger is None or ledger.freeze is None:
        raise Unseen
    if by.member_id is None or not roles_over_all(by, ledger.freeze.by) or not may_read_copies(by):
        raise NotPermitted
    period = _closed(ledger.freeze, first, at)
    with connection.cursor() as cursor, override(settings.LANGUAGE_CODE):
        cursor.execute("select pg_advisory_xact_lock(%s)", [_LOCK])
        found = rows_in(Scope(None), Asked(book, period), ledger, limit=MOST_LINES)
        if len(found) > MOST_LINES:
            raise TooManyLines(
                _("A copy holds at most %(n)d tickets. Freeze shorter periods: change “every” in the rulebook.") % {"n": MOST_LINES}
            )
        cursor.execute("select nextval(pg_get_serial_sequence('insight_frozencopy', 'id'))")
        copy = _copy(cursor.fetchone()[0], program, (name, ledger), period, found)
        _write(copy, [frozen_cells(line) for line in cells_of(program, ledger, found, ())], by=by, at=at)
        _ask(copy, program, ledger.freeze, by=by, at=at)
    return copy


def _closed(freeze: Freeze, first: date, at: datetime) -> Period:
    """Return the period that begins on a day and is over."""
    period = whole_period(freeze.every, first)
    if period.first != first or first.year < _EARLIEST:
        raise InvalidInput(errors=[FieldError("first", _("Choose one of the periods of the list."))])
    if period.last >= at.astimezone(ZoneInfo(settings.TIME_ZONE)).date():
        raise InvalidInput(
            errors=[FieldError("first", _("This period is not over yet. Freeze it from %(day)s on.") % {"day": period.end.date()})]
        )
    return period


def _copy(pk: int, program: Program, named: tuple[str, Ledger], period: Period, found: Sequence[Row]) -> FrozenCopy:
    """Return the copy with its head, still without who froze it."""
    name, ledger = named
    number = FrozenCopy.objects.filter(book=program.slug, ledger=name, first=period.first).count() + 1
    counts = {column: _counts(found, column) for column in ledger.count_by}
    head: dict[str, Any] = {
        "format": FORMAT,
        "organisation": Unit.objects.get(parent=None).name,
        "regulation": program.book.title,
        "rulebook": program.slug,
        "version": program.number,
        "ledger": name,
        "title": ledger.title,
        "clause": ledger.freeze.clause or ledger.clause if ledger.freeze else [],
        "first": period.first.isoformat(),
        "last": period.last.isoformat(),
        "number": number,
        "columns": [{"name": c.name, "title": c.title, "kind": c.kind} for c in columns_of(program, ledger)],
        "counts": [{"by": c.column, "title": c.title, "lines": [list(line) for line in c.lines]} for c in counted(program, counts)],
        "rows": len(found),
    }
    return FrozenCopy(
        pk=pk, rulebook_version_id=program.version_id, book=program.slug, ledger=name, first=period.first, last=period.last,
        number=number, rows=len(found), head=head,
    )  # fmt: skip


def _counts(found: Sequence[Row], column: str) -> dict[str, int]:
    """Count the rows by a column, the most frequent value first, as the page does."""
    values = Counter(_value(row, column) for row in found)
    return dict(sorted(values.items(), key=lambda line: (-line[1], line[0])))


def _value(row: Row, column: str) -> str:
    match column:
        case "ticket.type":
            return row.type
        case "ticket.state":
            return row.state
        case "ticket.unit":
            return str(row.unit_id)
        case "ticket.assignee":
            return str(row.assignee_id or "")
    value = row.values.get(column)
    return str(value).lower() if isinstance(value, bool) else "" if value is None else str(value)


def _write(copy: FrozenCopy, lines: list[Cells], *, by: Actor, at: datetime) -> None:
    """Write the lines, then the copy with its digests: once it stands, triggers refuse everything else."""
    copy.by_id, copy.by_name, copy.at = by.member_id or 0, by.name[:80], at
    copy.head |= {"frozen_at": at.isoformat(), "frozen_by": copy.by_name}
    copy.sha256 = sha256_of(copy.head, lines)
    previous = FrozenCopy.objects.order_by("-pk").values_list("digest", flat=True).first()
    copy.digest = link_of(copy, bytes(previous) if previous is not None else GENESIS)
    FrozenLine.objects.bulk_create(
        (FrozenLine(copy=copy, seq=seq, cells=cells) for seq, cells in enumerate(lines, start=1)), batch_size=2000
    )
    copy.save(force_insert=True)
    record("ledger.frozen", _subject(copy), {"copy": copy.pk, "rows": copy.rows, "sha256": copy.sha256}, by=by, at=at)


def _ask(copy: FrozenCopy, program: Program, freeze: Freeze, *, by: Actor, at: datetime) -> None:
    """Ask everybody who may sign the copy for his signature."""
    title = f"{copy.head['title']} {whole_title(Period(copy.first, copy.last))}"
    clause = program.reference(next(iter(copy.head["clause"]), ""))
    root = Unit.objects.get(parent=None)
    sql, params = insert_sql(Message("", "copy_to_sign", title, clause, by.name, at, (), freeze.signed_by, root.path, by.member_id))
    with connection.cursor() as cursor:
        cursor.execute(sql, params)


def _subject(copy: FrozenCopy) -> str:
    return f"{copy.book} {copy.ledger} {copy.first} #{copy.number}"
