"""Take over an uploaded table of days into a calendar, all of it or nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from banjie.people.actor import Actor
from banjie.people.permissions import Permission
from banjie.worktime.daysheet import read_days
from banjie.worktime.drafts import with_days
from banjie.worktime.models import CalendarVersion
from banjie.worktime.queries import current_version, draft_of
from banjie.worktime.verbs.save_calendar import save_calendar


@transaction.atomic
def import_days(code: str, upload: bytes, *, by: Actor, at: datetime) -> CalendarVersion:
    """Save a version of the calendar in which the dates of the table say what the table says; other dates stay.

    Raises:
        NotPermitted: without `calendar:manage`.
        UnreadableDays: rows are wrong, each named by its number; nothing is changed.
        UnknownCalendar: there is no calendar `code`.
        UnusableCalendar: nobody would work for too long.
    """
    by.must(Permission.CALENDAR_MANAGE)
    version = current_version(code)
    days = read_days(upload)
    draft = replace(with_days(draft_of(version), days), note=_("%(n)d days from a file") % {"n": len(days)})
    return save_calendar(code, draft, expect=version.number, by=by, at=at)
