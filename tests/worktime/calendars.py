"""Calendars that several tests reckon with."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from banjie.worktime.arithmetic import Hours, WorkCalendar
from banjie.worktime.drafts import CalendarDraft, compile_draft
from banjie.worktime.shipped import OFFICE, ROUND_THE_CLOCK, shipped

SHANGHAI = ZoneInfo("Asia/Shanghai")
#: Eight hours: 9:00-12:00 and 13:30-18:30.
EIGHT: Hours = ((540, 720), (810, 1110))
WEEKDAYS = WorkCalendar("weekdays", SHANGHAI, (EIGHT,) * 5 + ((), ()))
_SHIPPED = shipped(range(2024, 2028))
CN_OFFICE = compile_draft(OFFICE, _SHIPPED[OFFICE])
CN_24H = compile_draft(ROUND_THE_CLOCK, _SHIPPED[ROUND_THE_CLOCK])


def weekday_draft(**changes: object) -> CalendarDraft:
    """Return a plain draft of a working week, with changes."""
    return CalendarDraft(**({"title": "行政班", "tz": "Asia/Shanghai", "weekly": WEEKDAYS.weekly} | changes))  # type: ignore[arg-type]


def cn(text: str) -> datetime:
    """Read a time of Shanghai: "2026-10-10 09:00"."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)
