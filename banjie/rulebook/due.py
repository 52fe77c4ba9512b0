"""How limits are written: durations, times of day, and dates taken from a field."""

from __future__ import annotations

import re
from datetime import timedelta
from functools import lru_cache

from django.utils.translation import gettext as _

from banjie.worktime.durations import Duration, DurationKind
from banjie.worktime.spelling import parse_duration

_TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)\Z")
_OFFSET = re.compile(r"(?P<field>[a-z][a-z0-9_]*)(?:\s*(?P<sign>[+-])\s*(?P<span>.+))?\Z")
END_OF_DAY = 1440
TO_THE_END = ", end of day"


@lru_cache(maxsize=1024)
def duration(text: str) -> Duration:
    """Return the duration that `text` says, without the ", end of day" that it may end with.

    Raises:
        ValueError: the text is none; the message says what is allowed.
    """
    length = parse_duration(text.removesuffix(TO_THE_END))
    if text.endswith(TO_THE_END) and not _is_whole_days(length):
        raise ValueError(_("Only whole days or working days run to the end of a day."))
    return length


def _is_whole_days(length: Duration) -> bool:
    if length.kind is DurationKind.WORKING_DAYS:
        return length.days.denominator == 1
    return length.kind is DurationKind.CLOCK and length.timedelta % timedelta(days=1) == timedelta(0)


def runs_to_the_end_of_day(text: str) -> bool:
    """Tell whether a limit such as "3 working days, end of day" counts whole days after the first and runs to midnight (CHC-09)."""
    return text.endswith(TO_THE_END)


def time_of_day(text: str) -> int:
    """Return the minutes after midnight that "14:00" or "end of day" says.

    Raises:
        ValueError: it is neither.
    """
    if text == "end of day":
        return END_OF_DAY
    found = _TIME.match(text)
    if not found:
        raise ValueError(_("Write a time such as 14:00, or “end of day”."))
    return int(found[1]) * 60 + int(found[2])


def field_offset(text: str) -> tuple[str, tuple[int, Duration] | None]:
    """Return the field and the signed offset of "visit_at - 30m".

    Raises:
        ValueError: the text has another form.
    """
    found = _OFFSET.match(text.strip())
    if not found:
        raise ValueError(_("Write a date field with an offset, e.g. visit_at - 30m."))
    if not found["span"]:
        return found["field"], None
    return found["field"], (1 if found["sign"] == "+" else -1, duration(found["span"]))
