"""Indexes that only reports read: tickets by when they opened and ended, findings by time, and the broken ones by clause.

The first two carry what a report groups by, so that a month of a million tickets is counted without reading a ticket.
A finding has at most one correction: two people who correct at once cannot both win.
"""

from typing import ClassVar

from django.db import migrations

_COUNTED = "include (unit_id, type, state, opened_by_id, rulebook_version_id)"


def _index(name: str, on: str, kind: str = "index") -> migrations.RunSQL:
    return migrations.RunSQL(f"create {kind} {name} on {on}", f"drop index {name}")


class Migration(migrations.Migration):
    dependencies: ClassVar = [("tickets", "0001_initial"), ("deadlines", "0001_initial")]

    operations: ClassVar = [
        _index("insight_ticket_opened", f"tickets_ticket (opened_at) {_COUNTED}"),
        _index("insight_ticket_ended", f"tickets_ticket (ended_at) {_COUNTED} where ended_at is not null"),
        _index("insight_finding_when", "deadlines_finding (book, at)"),
        _index("insight_finding_broken", "deadlines_finding (book, clause, at desc, id desc) where outcome = 'breached'"),
        _index("finding_corrected_once", "deadlines_finding (corrects_id) where corrects_id is not null", "unique index"),
    ]
