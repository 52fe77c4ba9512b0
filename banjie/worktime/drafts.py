"""What a calendar is to say, before it is stored: checked here, compiled to a `WorkCalendar` here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import TypeAlias
from zoneinfo import ZoneInfo, available_timezones

from django.utils.translation import gettext as _

from banjie.kernel.errors import FieldError
from banjie.worktime.hours import wrong_hours
from banjie.worktime.models import CalendarDay
from banjie.worktime.workcalendar import Hours, WorkCalendar

MAX_DAYS = 5000
MAX_CLOSED_DAYS = 366
FIRST_YEAR, LAST_YEAR = 1990, 2100
Kind: TypeAlias = CalendarDay.Kind
Source: TypeAlias = CalendarDay.Source


@dataclass(frozen=True, slots=True)
class DayEntry:
    """A date that differs from the week, as `CalendarDay` stores it."""

    date: date
    kind: Kind
    hours: Hours = ()
    name: str = ""
    source: Source = Source.MANUAL
    estimated: bool = False


@dataclass(frozen=True, slots=True)
class CalendarDraft:
    """Everything that a new version of a calendar says. `weekly` is Monday to Sunday."""

    title: str
    tz: str
    weekly: tuple[Hours, ...]
    days: tuple[DayEntry, ...] = field(default=())
    note: str = ""

    @property
    def ordinary_hours(self) -> Hours:
        """Hours of an ordinary workday: those of the first weekday that has any. Make-up workdays take them."""
        return next((hours for hours in self.weekly if hours), ())

    def hours_of(self, day: DayEntry) -> Hours:
        """Return the working intervals that an entry means."""
        return self.ordinary_hours if day.kind == Kind.MAKE_UP_WORKDAY and not day.hours else day.hours


def compile_draft(code: str, draft: CalendarDraft, version: int | None = None) -> WorkCalendar:
    """Return the calendar to reckon with."""
    days = {day.date: draft.hours_of(day) for day in draft.days}
    return WorkCalendar(name=code, tz=ZoneInfo(draft.tz), weekly=draft.weekly, days=days, version=version)


def with_days(draft: CalendarDraft, days: Iterable[DayEntry]) -> CalendarDraft:
    """Return the draft with `days` in place of what it said about their dates."""
    merged = {day.date: day for day in draft.days} | {day.date: day for day in days}
    return replace(draft, days=tuple(sorted(merged.values(), key=lambda day: day.date)))


def wrong_in(draft: CalendarDraft) -> list[FieldError]:
    """Return everything that keeps a draft from being saved; fields are title, tz, note, weekly, weekly.0, days.2026-10-01."""
    errors = [*_wrong_words(draft), *_wrong_week(draft), *_wrong_days(draft)]
    if not errors and (since := _closed_too_long(draft)):
        text = _("Nobody works for more than %(n)d days from %(date)s on, so no deadline would ever end.")
        errors.append(FieldError("days", text % {"n": MAX_CLOSED_DAYS, "date": since.isoformat()}))
    return errors


def _wrong_words(draft: CalendarDraft) -> Iterator[FieldError]:
    if not 1 <= len(draft.title.strip()) <= 80:
        yield FieldError("title", _("Give the calendar a title of at most 80 characters."))
    if draft.tz not in available_timezones():
        yield FieldError("tz", _("“%(tz)s” is no time zone. Write for example Asia/Shanghai.") % {"tz": draft.tz[:60]})
    if len(draft.note) > 200:
        yield FieldError("note", _("Keep the note within 200 characters."))


def _wrong_week(draft: CalendarDraft) -> Iterator[FieldError]:
    if len(draft.weekly) != 7:
        yield FieldError("weekly", _("A week has seven days, Monday to Sunday."))
    for weekday, hours in enumerate(draft.weekly):
        if wrong := wrong_hours(hours):
            yield FieldError(f"weekly.{weekday}", wrong)
    if not any(draft.weekly):
        yield FieldError(
            "weekly", _("The week has no working time, so no deadline would ever end. Enter the hours of at least one weekday.")
        )


def _wrong_days(draft: CalendarDraft) -> Iterator[FieldError]:
    if len(draft.days) > MAX_DAYS:
        yield FieldError("days", _("A calendar holds at most %(n)d single days.") % {"n": MAX_DAYS})
    seen: set[date] = set()
    for day in draft.days:
        for wrong in wrong_in_day(day):
            yield FieldError(f"days.{day.date.isoformat()}", f"{day.date.isoformat()}: {wrong.message}")
        if day.date in seen:
            yield FieldError(f"days.{day.date.isoformat()}", _("%(date)s stands twice.") % {"date": day.date.isoformat()})
        seen.add(day.date)


def wrong_in_day(day: DayEntry) -> Iterator[FieldError]:
    """Yield what is wrong with one entry; fields are date, name and hours."""
    if not FIRST_YEAR <= day.date.year <= LAST_YEAR:
        yield FieldError("date", _("The year must lie between %(first)d and %(last)d.") % {"first": FIRST_YEAR, "last": LAST_YEAR})
    if len(day.name) > 60:
        yield FieldError("name", _("Keep the name within 60 characters."))
    if day.kind == Kind.HOLIDAY and day.hours:
        yield FieldError("hours", _("A holiday has no hours. Choose half day or other hours, or leave the hours empty."))
    if day.kind in (Kind.HALF_DAY, Kind.OTHER) and not day.hours:
        yield FieldError("hours", _("Enter the hours, for example 09:00-12:00; for a day without work choose holiday."))
    if wrong := wrong_hours(day.hours):
        yield FieldError("hours", wrong)


def _closed_too_long(draft: CalendarDraft) -> date | None:
    """Return the first day of a closed stretch that is too long, or None."""
    if not draft.days:
        return None
    calendar = compile_draft("draft", draft)
    day, last = min(calendar.days), max(calendar.days) + timedelta(days=1)
    since = None
    while day <= last:
        since = None if calendar.is_working_day(day) else since or day
        if since and (day - since).days >= MAX_CLOSED_DAYS:
            return since
        day += timedelta(days=1)
    return None
