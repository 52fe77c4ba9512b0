"""Set up the calendars that every installation begins with."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from banjie.people.actor import Actor
from banjie.worktime.models import Calendar, CalendarVersion
from banjie.worktime.shipped import shipped
from banjie.worktime.verbs.save_calendar import save_calendar


@transaction.atomic
def install_shipped_calendars(*, by: Actor, at: datetime) -> list[CalendarVersion]:
    """Save the shipped calendars that are not there yet, and return them; existing ones are left as they are (PLT-03).

    The office calendar gets the public holidays from two years before `at` to the year after.

    Raises:
        NotPermitted: without `calendar:manage`.
    """
    known = set(Calendar.objects.values_list("code", flat=True))
    drafts = shipped(range(at.year - 2, at.year + 2))
    return [
        save_calendar(code, replace(draft, note=_("Shipped with Banjie")), by=by, at=at)
        for code, draft in drafts.items()
        if code not in known
    ]
