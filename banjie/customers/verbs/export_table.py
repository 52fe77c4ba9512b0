"""Export the filtered list of customers to Excel, and log who took it away."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from banjie.customers.importing.table import columns
from banjie.customers.queries.exporting import export_rows
from banjie.customers.queries.scope import Only
from banjie.kernel.excel import Sheet, write_workbook
from banjie.people.actor import Actor
from banjie.people.events import record
from banjie.people.permissions import Permission


@transaction.atomic
def export_table(only: Only, text: str = "", *, by: Actor, at: datetime) -> bytes:
    """Return a workbook (.xlsx) of the list, or of the search for `text`; at most 50,000 rows, phones masked without CUSTOMER_PHONE.

    Raises:
        NotPermitted: `by` may not read customers anywhere.
        Refused: there are more rows.
    """
    by.must(Permission.CUSTOMER_READ)
    rows = export_rows(by, only, text)
    workbook = write_workbook([Sheet(_("Customers"), columns(), rows)])
    narrowed = {"kind": only.kind, "grade": only.grade, "unit": only.unit_id, "text": text[:80]}
    record("customer.exported", f"{len(rows)}", {"rows": len(rows)} | narrowed, by=by, at=at)
    return workbook
