"""How limits are written: durations, times of day, and dates taken from a field."""

from __future__ import annotations

import re
from functools import lru_cache

from django.utils.translation import gettext as _

from banjie.worktime.durations import Duration
from banjie.worktime.spelling import parse_duration

_TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)\Z")
_OFFSET = re.compile(r"(?P<field>[a-z][a-z0-9_]*)(?:\s*(?P<sign>[+-])\s*(?P<span>.+))?\Z")
END_OF_DAY = 1440


@lru_cache(maxsize=1024)
def duration(text: str) -> Duration:
    """Return the duration that `text` says.

    Raises:
        ValueError: the text is none; the message says what is allowed.
    """
    return parse_duration(text)


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
