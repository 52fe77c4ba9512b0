"""Chinese public holidays: the official lists as far as they are published, statutory days after that."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from functools import cache

import holidays
from chinese_calendar import constants

from banjie.worktime.drafts import CalendarDraft, DayEntry, Kind, Source

_NAMES = {festival.value: festival.chinese for festival in constants.Holiday}
PUBLISHED_YEARS = frozenset(day.year for day in constants.holidays)
LAST_ESTIMATED_YEAR = 2099
_IMPORTED = frozenset({Source.PUBLISHED, Source.ESTIMATED})


@cache
def public_holidays(year: int) -> tuple[DayEntry, ...]:
    """Return the days on which China rests or works otherwise than its week says, by date.

    For a published year these are the State Council's holidays and make-up workdays (调休). For a later year only the
    statutory holidays are known, and each is marked as estimated: which weekends are worked instead nobody can know.
    """
    if year in PUBLISHED_YEARS:
        rest = [
            DayEntry(day, Kind.HOLIDAY, (), _name(name), Source.PUBLISHED) for day, name in constants.holidays.items() if day.year == year
        ]
        work = [
            DayEntry(day, Kind.MAKE_UP_WORKDAY, (), _name(name), Source.PUBLISHED)
            for day, name in constants.workdays.items()
            if day.year == year
        ]
        return tuple(sorted(rest + work, key=lambda entry: entry.date))
    statutory = holidays.country_holidays("CN", years=[year], language="zh_CN")
    return tuple(
        DayEntry(day, Kind.HOLIDAY, (), name[:60], Source.ESTIMATED, estimated=True)
        for day, name in sorted(statutory.items())
        if day.year == year
    )


def with_public_holidays(draft: CalendarDraft, years: Collection[int]) -> CalendarDraft:
    """Return the draft with the public holidays of `years` in place of earlier imports of the same years."""
    kept = {day.date: day for day in draft.days if day.source not in _IMPORTED or day.date.year not in years}
    imported = {day.date: day for year in sorted(set(years)) for day in public_holidays(year)}
    return replace(draft, days=tuple(sorted((imported | kept).values(), key=lambda day: day.date)))


def _name(name: str) -> str:
    return str(_NAMES.get(name, name))[:60]
