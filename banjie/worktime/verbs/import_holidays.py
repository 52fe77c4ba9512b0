"""Take over the Chinese public holidays of some years into a calendar."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from banjie.kernel.errors import FieldError, InvalidInput
from banjie.people.actor import Actor
from banjie.people.permissions import Permission
from banjie.worktime.models import CalendarVersion
from banjie.worktime.publicholidays import LAST_ESTIMATED_YEAR, PUBLISHED_YEARS, with_public_holidays
from banjie.worktime.queries import current_version, draft_of
from banjie.worktime.verbs.save_calendar import save_calendar

MAX_YEARS = 30


@transaction.atomic
def import_holidays(code: str, years: Collection[int], *, by: Actor, at: datetime) -> CalendarVersion:
    """Save a version of the calendar with the public holidays and make-up workdays of `years` (PLT-03).

    Earlier imports of those years are replaced, so an estimated year becomes exact once it is published. Days that
    people entered or uploaded stay as they are. When nothing changes, the current version is returned.

    Raises:
        NotPermitted: without `calendar:manage`.
        InvalidInput: a year is out of range.
        UnknownCalendar: there is no calendar `code`.
        UnusableCalendar: nobody would work for too long.
    """
    by.must(Permission.CALENDAR_MANAGE)
    first = min(PUBLISHED_YEARS)
    if not years or len(years) > MAX_YEARS or min(years) < first or max(years) > LAST_ESTIMATED_YEAR:
        text = _("Choose at most %(n)d years between %(first)d and %(last)d.")
        raise InvalidInput(errors=[FieldError("years", text % {"n": MAX_YEARS, "first": first, "last": LAST_ESTIMATED_YEAR})])
    version = current_version(code)
    draft = with_public_holidays(draft_of(version), years)
    note = _("Public holidays of %(years)s") % {"years": ", ".join(map(str, sorted(set(years))))}
    return save_calendar(code, replace(draft, note=note), expect=version.number, by=by, at=at)
