"""Import customers with their phones and assets from Excel: all rows or none (CUS-07)."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from banjie.customers.importing.checking import Checking
from banjie.customers.importing.known import look_up
from banjie.customers.importing.reading import read_entries
from banjie.customers.importing.table import MAX_BYTES, MAX_ROWS, MOST_ERRORS, columns
from banjie.customers.importing.writing import Imported, write
from banjie.kernel.errors import Refused
from banjie.kernel.excel import read_table, refuse_rows
from banjie.kernel.excel_opening import Upload
from banjie.people.actor import Actor
from banjie.people.events import record
from banjie.people.permissions import Permission

_ONE_AT_A_TIME = 0x637573746F6D


def import_table(file: Upload, name: str, *, by: Actor, at: datetime) -> Imported:
    """Read the workbook called `name` and write it all; a known customer number or terminal number is corrected.

    At most 50,000 rows and 20 MB. Empty cells change nothing. A customer is served by the lowest unit above all its assets.

    Raises:
        NotPermitted: `by` may not import customers anywhere.
        InvalidInput: names every wrong row and column, the first 200 of them; nothing was changed.
        Refused: another import or edit touched the same numbers meanwhile.
    """
    by.must(Permission.CUSTOMER_IMPORT)
    entries, errors = read_entries(read_table(file, columns(), MAX_ROWS, MAX_BYTES))
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_ONE_AT_A_TIME])
            checking = Checking(look_up(entries), by)
            checking.check(entries)
            refuse_rows(sorted([*errors, *checking.errors], key=lambda error: int(error.field.partition(".")[0])), most=MOST_ERRORS)
            done = write(checking.parties, entries, at=at)
            record(
                "customer.imported", name, {"rows": done.rows, "customers": done.customers_added, "assets": done.assets_added}, by=by, at=at
            )
    except IntegrityError as taken:
        raise Refused(
            _("Somebody has entered one of these numbers while the file was read. Nothing was imported; upload it again.")
        ) from taken
    return done
