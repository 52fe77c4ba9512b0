"""Periods of a report: whole days of the site's time zone, with the days before to compare and the steps of a trend."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext as _

from banjie.kernel.errors import FieldError, InvalidInput

NAMES = ("today", "yesterday", "week", "month", "quarter", "custom")
DEFAULT = "month"
LONGEST = 731  # days
_MOST_DAYS, _MOST_WEEKS = 62, 400


@dataclass(frozen=True, slots=True)
class Period:
    """The days from `first` to `last`, both included. `name` says how it was chosen."""

    first: date
    last: date
    name: str = "custom"

    @property
    def begin(self) -> datetime:
        """The first moment that belongs to it."""
        return midnight(self.first)

    @property
    def end(self) -> datetime:
        """The first moment after it."""
        return midnight(self.last + timedelta(days=1))

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def text(self) -> str:
        """Its days, as read: 2024-06-01 – 2024-06-30."""
        return str(self.first) if self.first == self.last else f"{self.first} – {self.last}"

    def before(self) -> Period:
        """Return the period of the same length that ends where this one begins."""
        return Period(self.first - timedelta(days=self.days), self.first - timedelta(days=1), self.name)

    def steps(self) -> list[date]:
        """Return the first day of each step of its trend: days, in long periods weeks from Monday, then months."""
        return list(self._steps())

    def _steps(self) -> Iterator[date]:
        day = self.first
        while day <= self.last:
            yield day
            if self.days <= _MOST_DAYS:
                day += timedelta(days=1)
            elif self.days <= _MOST_WEEKS:
                day += timedelta(days=7 - day.weekday())
            else:
                day = (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def midnight(day: date) -> datetime:
    """Return the beginning of a day where the site is."""
    return datetime.combine(day, time.min, ZoneInfo(settings.TIME_ZONE))


def period_named(name: str, today: date) -> Period:
    """Return a period by its name; one that still runs ends today. Unknown names mean the month."""
    match name:
        case "today":
            return Period(today, today, name)
        case "yesterday":
            return Period(today - timedelta(days=1), today - timedelta(days=1), name)
        case "week":
            return Period(today - timedelta(days=6), today, name)
        case "quarter":
            return Period(today.replace(month=(today.month - 1) // 3 * 3 + 1, day=1), today, name)
    return Period(today.replace(day=1), today, DEFAULT)


def custom(first: date, last: date) -> Period:
    """Return a period by its days.

    Raises:
        InvalidInput: they stand in the wrong order, or the period is longer than two years.
    """
    if last < first:
        raise _wrong("last", _("The last day lies before the first."))
    if first.year < 2000 or last.year > 2999:
        raise _wrong("first" if first.year < 2000 else "last", _("Enter a day of this century."))
    if (last - first).days >= LONGEST:
        raise _wrong("last", _("A period has at most %(days)d days.") % {"days": LONGEST})
    return Period(first, last)


def _wrong(field: str, message: str) -> InvalidInput:
    return InvalidInput(message, errors=[FieldError(field, message)])


_MONTHS = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}


def whole_period(every: str, day: date) -> Period:
    """Return the month, quarter, half year or year of the calendar in which a day lies."""
    months = _MONTHS[every]
    first = day.replace(month=(day.month - 1) // months * months + 1, day=1)
    after = first.month - 1 + months
    return Period(first, date(first.year + after // 12, after % 12 + 1, 1) - timedelta(days=1), every)


def closed_periods(every: str, today: date, count: int) -> list[Period]:
    """Return the last `count` periods that are over, the latest first."""
    found: list[Period] = []
    first = whole_period(every, today).first
    while len(found) < count:
        found.append(whole_period(every, first - timedelta(days=1)))
        first = found[-1].first
    return found


def whole_title(period: Period) -> str:
    """Return the name of a whole period: 2024 Q4; its days when it is none."""
    values = {
        "year": period.first.year,
        "month": period.first.month,
        "quarter": period.first.month // 3 + 1,
        "half": period.first.month // 6 + 1,
    }
    match next((every for every in _MONTHS if whole_period(every, period.first) == Period(period.first, period.last, every)), ""):
        case "month":
            return _("%(year)d-%(month)02d") % values
        case "quarter":
            return _("%(year)d Q%(quarter)d") % values
        case "half_year":
            return _("%(year)d, half %(half)d") % values
        case "year":
            return _("The year %(year)d") % values
    return period.text
