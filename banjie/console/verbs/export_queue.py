"""Export a list of tickets to Excel, and log who took it away."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from banjie.console.queries.words import priority_mark, state_mark, type_title
from banjie.kernel.errors import Refused
from banjie.kernel.excel import Column, Sheet, write_workbook
from banjie.kernel.phones import show_phone
from banjie.people.actor import Actor
from banjie.people.events import record
from banjie.people.permissions import Permission
from banjie.people.queries import units_for
from banjie.rulebook.queries import program_of
from banjie.tickets.queue import MAX_PAGE, Filters, Row, page

MOST_ROWS = 10_000


class TooManyRows(Refused):
    """The list is longer than a workbook may be."""

    status = 422
    code = "too-many-rows"


@transaction.atomic
def export_queue(filters: Filters, language: str, *, by: Actor, at: datetime) -> bytes:
    """Return a workbook of the list, at most 10,000 tickets; phones masked where `by` may not see them (PLT-11).

    Raises:
        NotPermitted: `by` may not export.
        TooManyRows: the list is longer.
    """
    by.must(Permission.TICKET_EXPORT)
    rows = list(_rows(by, filters))
    open_units = set(units_for(Permission.CUSTOMER_PHONE, by).values_list("id", flat=True))
    cells = (_cells(row, language, row.unit_id in open_units or row.assignee_id == by.member_id) for row in rows)
    workbook = write_workbook([Sheet(_("Tickets"), _columns(), cells)])
    narrowed = {"view": filters.view, "type": filters.type, "state": filters.state, "unit": filters.unit_path, "text": filters.text[:80]}
    record("ticket.exported", f"{len(rows)}", {"rows": len(rows)} | narrowed, by=by, at=at)
    return workbook


def _rows(by: Actor, filters: Filters) -> Iterator[Row]:
    cursor, count = "", 0
    while True:
        found = page(by, filters, cursor=cursor, limit=MAX_PAGE)
        count += len(found.rows)
        if count > MOST_ROWS:
            raise TooManyRows(
                _("The list holds more than %(n)d tickets. Narrow it by type, unit or state, then export.") % {"n": MOST_ROWS}
            )
        yield from found.rows
        if not found.next:
            return
        cursor = found.next


def _columns() -> tuple[Column, ...]:
    return (
        Column("number", _("Number"), width=18),
        Column("type", _("Type")),
        Column("state", _("State"), width=12),
        Column("priority", _("Priority"), width=10),
        Column("summary", _("Summary"), width=50),
        Column("contact", _("Contact")),
        Column("phone", _("Phone")),
        Column("address", _("Address"), width=40),
        Column("unit", _("Unit")),
        Column("assignee", _("Assigned to")),
        Column("opened_at", _("Opened"), width=18),
        Column("due_at", _("Due"), width=18),
        Column("ended_at", _("Ended"), width=18),
    )


def _cells(row: Row, language: str, may_see_phone: bool) -> tuple[object, ...]:
    program = program_of(row.rulebook_version_id)
    return (
        row.number,
        type_title(program, row.type, language),
        state_mark(program.types[row.type], row.state, language)[0],
        priority_mark(program, row.priority, language)[0],
        row.summary,
        row.contact,
        show_phone(row.phone, may_see_phone) if row.phone else "",
        row.address,
        row.unit,
        row.assignee or "",
        row.opened_at,
        row.due_at,
        row.ended_at,
    )
