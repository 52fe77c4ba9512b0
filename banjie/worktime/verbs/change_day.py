"""Change what a calendar says about a single date."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from django.db import transaction

from banjie.people.actor import Actor
from banjie.people.permissions import Permission
from banjie.worktime.drafts import DayEntry, with_days, wrong_in_day
from banjie.worktime.models import CalendarVersion
from banjie.worktime.queries import current_version, draft_of
from banjie.worktime.verbs.save_calendar import UnusableCalendar, save_calendar


@transaction.atomic
def set_day(code: str, day: DayEntry, *, expect: int, by: Actor, at: datetime) -> CalendarVersion:
    """Save a version of the calendar that says `day` about its date (PLT-03).

    Raises:
        NotPermitted: without `calendar:manage`.
        UnusableCalendar: the entry contradicts itself; fields are date, hours and name.
        UnknownCalendar: there is no calendar `code`.
        StaleVersion: somebody else saved the calendar since version `expect`.
    """
    by.must(Permission.CALENDAR_MANAGE)
    if errors := list(wrong_in_day(day)):
        raise UnusableCalendar(errors=errors)
    draft = replace(with_days(draft_of(current_version(code)), [day]), note=f"{day.date.isoformat()} {day.name}".strip())
    return save_calendar(code, draft, expect=expect, by=by, at=at)


@transaction.atomic
def clear_day(code: str, on: date, *, expect: int, by: Actor, at: datetime) -> CalendarVersion:
    """Save a version of the calendar in which `on` is a day like its weekday again.

    Raises:
        NotPermitted: without `calendar:manage`.
        UnknownCalendar: there is no calendar `code`.
        StaleVersion: somebody else saved the calendar since version `expect`.
    """
    by.must(Permission.CALENDAR_MANAGE)
    before = draft_of(current_version(code))
    draft = replace(before, days=tuple(day for day in before.days if day.date != on), note=on.isoformat())
    return save_calendar(code, draft, expect=expect, by=by, at=at)
