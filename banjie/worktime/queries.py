"""Loading calendars. A version never changes, so it is read once per process and kept."""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache
from typing import NamedTuple

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from banjie.kernel.errors import Unseen
from banjie.worktime.drafts import CalendarDraft, DayEntry, Kind, Source, compile_draft
from banjie.worktime.models import Calendar, CalendarDay, CalendarVersion
from banjie.worktime.workcalendar import Hours, WorkCalendar


class UnknownCalendar(Unseen):
    """No calendar, or no version of it, has this name."""

    code = "unknown-calendar"


def load_calendar(code: str, number: int | None = None) -> WorkCalendar:
    """Return the calendar `code`: its current version, or version `number`.

    The current version is asked from the database each time (one indexed row), because a clock that starts just after
    a change in another process must not use the old one. Everything else comes from memory.

    Raises:
        UnknownCalendar: there is none.
    """
    return load_version(version_of(code, number))


def version_of(code: str, number: int | None = None) -> int:
    """Return the id of the current version of a calendar, or of version `number`.

    Raises:
        UnknownCalendar: there is none.
    """
    versions = CalendarVersion.objects.filter(calendar__code=code)
    if number is not None:
        versions = versions.filter(number=number)
    found = versions.order_by("-number").values_list("id", flat=True).first()
    if found is None:
        raise UnknownCalendar(_("There is no calendar “%(code)s”.") % {"code": code})
    return found


@lru_cache(maxsize=512)
def load_version(version_id: int) -> WorkCalendar:
    """Return the calendar as a version says it, current or not.

    Raises:
        UnknownCalendar: there is no such version.
    """
    version = CalendarVersion.objects.select_related("calendar").filter(pk=version_id).first()
    if version is None:
        raise UnknownCalendar
    return compile_draft(version.calendar.code, draft_of(version), version_id)


def draft_of(version: CalendarVersion) -> CalendarDraft:
    """Return what a version says, as the beginning of the next one; its note is left out."""
    days = version.days.order_by("date").values_list("date", "kind", "hours", "name", "source", "estimated")
    return CalendarDraft(
        title=version.calendar.title,
        tz=version.tz,
        weekly=tuple(_hours(day) for day in version.weekly),
        days=tuple(
            DayEntry(on, Kind(kind), _hours(hours), name, Source(source), estimated) for on, kind, hours, name, source, estimated in days
        ),
    )


def _hours(stored: list[list[int]]) -> Hours:
    return tuple((opens, closes) for opens, closes in stored)


def current_version_ids() -> frozenset[int]:
    """Return the current version of every calendar: a running clock that names another one is to be planned again."""
    return frozenset(CalendarVersion.objects.order_by("calendar_id", "-number").distinct("calendar_id").values_list("id", flat=True))


def current_version(code: str) -> CalendarVersion:
    """Return the current version's row.

    Raises:
        UnknownCalendar: there is no such calendar.
    """
    return CalendarVersion.objects.select_related("calendar", "created_by").get(pk=version_of(code))


def version_row(code: str, number: int) -> CalendarVersion:
    """Return the row of version `number`.

    Raises:
        UnknownCalendar: there is no such calendar or version.
    """
    return CalendarVersion.objects.select_related("calendar", "created_by").get(pk=version_of(code, number))


def versions_of(code: str) -> QuerySet[CalendarVersion]:
    """Return all versions of a calendar, newest first."""
    return CalendarVersion.objects.filter(calendar__code=code).select_related("calendar", "created_by").order_by("-number")


class CalendarLine(NamedTuple):
    """A calendar in the list. `estimated` counts its days whose official list is not yet published."""

    code: str
    title: str
    number: int
    tz: str
    changed_at: datetime
    last_day: date | None
    estimated: int


def calendar_lines() -> list[CalendarLine]:
    """Return all calendars by code; at most 200."""
    newest = CalendarVersion.objects.filter(calendar=OuterRef("pk")).order_by("-number").values("id")[:1]
    current = list(
        Calendar.objects.annotate(current=Subquery(newest))
        .filter(current__isnull=False)
        .order_by("code")
        .values_list("current", flat=True)[:200]
    )
    lines = (
        CalendarVersion.objects.filter(pk__in=current)
        .annotate(estimated=Count("days", filter=Q(days__estimated=True)), last_day=_last_day())
        .order_by("calendar__code")
        .values_list("calendar__code", "calendar__title", "number", "tz", "created_at", "last_day", "estimated")
    )
    return [CalendarLine(*line) for line in lines]


def _last_day() -> Subquery:
    return Subquery(CalendarDay.objects.filter(version=OuterRef("pk")).order_by("-date").values("date")[:1])
