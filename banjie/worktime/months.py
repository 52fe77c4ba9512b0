"""A month of a calendar as a page shows it."""

from __future__ import annotations

import calendar as weeks
from dataclasses import dataclass
from datetime import date, timedelta

from banjie.worktime.drafts import CalendarDraft, Source
from banjie.worktime.workcalendar import Hours


@dataclass(frozen=True, slots=True)
class DayCell:
    """A date in the grid. `kind` is work or rest as the week says, else the kind of its entry."""

    date: date
    in_month: bool
    kind: str
    hours: Hours
    name: str = ""
    estimated: bool = False


@dataclass(frozen=True, slots=True)
class Month:
    """A month in whole weeks from Monday, and what it adds up to."""

    first: date
    weeks: tuple[tuple[DayCell, ...], ...]
    working_days: int
    working_minutes: int

    @property
    def previous(self) -> date:
        """The first of the month before."""
        return (self.first - timedelta(days=1)).replace(day=1)

    @property
    def following(self) -> date:
        """The first of the month after."""
        return (self.first + timedelta(days=31)).replace(day=1)


def month_of(draft: CalendarDraft, first: date) -> Month:
    """Return the month that begins on `first`."""
    entries = {day.date: day for day in draft.days}

    def cell(on: date) -> DayCell:
        entry = entries.get(on)
        if entry is None:
            hours = draft.weekly[on.weekday()]
            return DayCell(on, on.month == first.month, "work" if hours else "rest", hours)
        return DayCell(on, on.month == first.month, entry.kind.value, draft.hours_of(entry), entry.name, entry.estimated)

    rows = tuple(tuple(cell(on) for on in week) for week in weeks.Calendar(0).monthdatescalendar(first.year, first.month))
    worked = [day for row in rows for day in row if day.in_month and day.hours]
    return Month(first, rows, len(worked), sum(closes - opens for day in worked for opens, closes in day.hours))


def estimated_years(draft: CalendarDraft) -> list[int]:
    """Return the years whose public holidays are estimates."""
    return sorted({day.date.year for day in draft.days if day.estimated})


def lacks_holidays(draft: CalendarDraft, year: int) -> bool:
    """Tell whether the calendar keeps public holidays but has none of `year`."""
    official = {day.date.year for day in draft.days if day.source in (Source.PUBLISHED, Source.ESTIMATED)}
    return bool(official) and year not in official
