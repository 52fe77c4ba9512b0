"""Hours of a day as people write them: "09:00-12:00, 13:30-18:00"."""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise

from django.utils.translation import gettext as _

from banjie.worktime.workcalendar import Hours

MAX_INTERVALS = 12
_LONGEST = 200
_CLOSED = frozenset({"", "-", "closed", "休", "休息", "无"})
_INTERVAL = re.compile(r"(\d{1,2}):(\d{2})\s*[-–—~至到]\s*(\d{1,2}):(\d{2})\Z", re.ASCII)


def parse_hours(text: str) -> Hours:
    """Read intervals like "9:00-12:00, 13:30-18:00"; empty, "closed" or "休息" is no working time. 24:00 is midnight.

    Raises:
        ValueError: with a sentence of what is wrong; also when intervals overlap.
    """
    plain = unicodedata.normalize("NFKC", text).strip().lower()
    if plain in _CLOSED:
        return ()
    intervals = [_interval(part.strip()) for part in re.split(r"[,;、\n]", plain[:_LONGEST]) if part.strip()]
    hours = tuple(sorted(intervals))
    if wrong := wrong_hours(hours):
        raise ValueError(wrong)
    return hours


def _interval(part: str) -> tuple[int, int]:
    found = _INTERVAL.match(part)
    if not found:
        raise ValueError(_("“%(text)s” is no time span. Write 09:00-12:00, several separated by commas.") % {"text": part})
    opens_hour, opens_minute, closes_hour, closes_minute = map(int, found.groups())
    if opens_minute > 59 or closes_minute > 59:
        raise ValueError(_("“%(text)s”: an hour has 60 minutes.") % {"text": part})
    return opens_hour * 60 + opens_minute, closes_hour * 60 + closes_minute


def wrong_hours(hours: Hours) -> str:
    """Say what is wrong with the intervals of a day, or return ""."""
    if len(hours) > MAX_INTERVALS:
        return _("A day may have at most %(n)d time spans.") % {"n": MAX_INTERVALS}
    for opens, closes in hours:
        if not 0 <= opens < closes <= 1440:
            return _(
                "%(span)s must end after it begins, between 00:00 and 24:00. Work past midnight continues on the next day from 00:00."
            ) % {"span": format_hours(((opens, closes),))}
    for first, second in pairwise(hours):
        if second[0] < first[1]:
            return _("%(first)s and %(second)s overlap.") % {"first": format_hours((first,)), "second": format_hours((second,))}
    return ""


def format_hours(hours: Hours) -> str:
    """Write intervals as `parse_hours` reads them; no working time is an empty text."""
    return ", ".join(f"{clock_text(opens)}-{clock_text(closes)}" for opens, closes in hours)


def clock_text(minute: int) -> str:
    """Write minutes after midnight: 810 is 13:30, 1440 is 24:00."""
    return f"{minute // 60:02}:{minute % 60:02}"
