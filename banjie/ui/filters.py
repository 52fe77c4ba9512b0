"""How values read on a page. Pure functions: relative times take `now` from the view."""

from __future__ import annotations

from datetime import date as Date
from datetime import datetime as DateTime
from datetime import time as Time
from datetime import timedelta
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _

MINUTE, HOUR, DAY = 60, 3600, 86400
NOTHING = "—"


def local(value: DateTime) -> DateTime:
    """Move an aware datetime into the active time zone."""
    return timezone.localtime(value)


def format_datetime(value: DateTime | None) -> str:
    """Write date and time to the minute: 2025-03-04 14:05."""
    return NOTHING if value is None else local(value).strftime("%Y-%m-%d %H:%M")


def format_date(value: Date | DateTime | None) -> str:
    """Write a date: 2025-03-04."""
    if value is None:
        return NOTHING
    return (local(value) if isinstance(value, DateTime) else value).strftime("%Y-%m-%d")


def format_time(value: Time | DateTime | None) -> str:
    """Write a time of day to the minute: 14:05."""
    if value is None:
        return NOTHING
    return (local(value) if isinstance(value, DateTime) else value).strftime("%H:%M")


def when(value: DateTime | None, now: DateTime) -> str:
    """Write a moment as short as `now` allows: 14:05 today, else 03-04 14:05, else with its year."""
    if value is None:
        return NOTHING
    there, here = local(value), local(now)
    if there.date() == here.date():
        return there.strftime("%H:%M")
    if there.date() == here.date() - timedelta(days=1):
        return _("yesterday %(time)s") % {"time": there.strftime("%H:%M")}
    if there.date() == here.date() + timedelta(days=1):
        return _("tomorrow %(time)s") % {"time": there.strftime("%H:%M")}
    return there.strftime("%m-%d %H:%M" if there.year == here.year else "%Y-%m-%d %H:%M")


def ago(value: DateTime | None, now: DateTime) -> str:
    """Write how long ago, or in how long, in its largest unit: 3 minutes ago."""
    if value is None:
        return NOTHING
    seconds = (now - value).total_seconds()
    if abs(seconds) < MINUTE:
        return _("just now") if seconds >= 0 else _("in a moment")
    span = _largest(abs(seconds))
    return (_("%(span)s ago") if seconds > 0 else _("in %(span)s")) % {"span": span}


def _largest(seconds: float) -> str:
    if seconds < HOUR:
        return _("%(n)d min") % {"n": seconds // MINUTE}
    if seconds < DAY:
        return _("%(n)d h") % {"n": seconds // HOUR}
    return _("%(n)d d") % {"n": seconds // DAY}


def duration(value: timedelta | float | None) -> str:
    """Write a length of time in its two largest units: 2 h 5 min. Numbers are seconds."""
    if value is None:
        return NOTHING
    seconds = int(value.total_seconds() if isinstance(value, timedelta) else value)
    sign, seconds = ("-", -seconds) if seconds < 0 else ("", seconds)
    days, hours, minutes = seconds // DAY, seconds % DAY // HOUR, seconds % HOUR // MINUTE
    if days:
        text = _("%(d)d d %(h)d h") % {"d": days, "h": hours} if hours else _("%(n)d d") % {"n": days}
    elif hours:
        text = _("%(h)d h %(m)d min") % {"h": hours, "m": minutes} if minutes else _("%(n)d h") % {"n": hours}
    elif minutes:
        text = _("%(n)d min") % {"n": minutes}
    else:
        text = _("%(n)d s") % {"n": seconds}
    return sign + text


def remaining(seconds: float) -> str:
    """Write what a countdown shows; `frontend/js/clocks.js` writes the same."""
    total = abs(int(seconds))
    if total >= HOUR:
        return duration(total)
    return f"{total // MINUTE}:{total % MINUTE:02}"


def seconds_until(value: DateTime, now: DateTime) -> int:
    """Return the whole seconds from `now` to `value`, negative when it is past."""
    return int((value - now).total_seconds())


def number(value: float | Decimal | None, places: int | None = None) -> str:
    """Write a number with grouped thousands and, if given, fixed decimal places: 12,345.60."""
    if value is None:
        return NOTHING
    return f"{value:,}" if places is None else f"{value:,.{places}f}"


def percent(value: float | Decimal | None, places: int = 1) -> str:
    """Write a share of one as percent: 0.982 is 98.2%."""
    return NOTHING if value is None else f"{float(value) * 100:.{places}f}%"


def file_size(value: int | None) -> str:
    """Write bytes in the unit people read: 1.4 MB."""
    if value is None:
        return NOTHING
    size, unit = float(value), "B"
    for larger in ("kB", "MB", "GB", "TB"):
        if size < 1000:
            break
        size, unit = size / 1000, larger
    return f"{size:.0f} {unit}" if unit == "B" or size >= 100 else f"{size:.1f} {unit}"


def iso(value: Date | DateTime | None) -> str:
    """Write a value for machines, as `datetime` attributes want it."""
    return "" if value is None else value.isoformat()


def input_value(value: object, kind: str) -> str:
    """Write a value as an HTML input of this kind wants it; datetimes become local wall time."""
    if value is None:
        return ""
    if isinstance(value, DateTime):
        return local(value).strftime({"date": "%Y-%m-%d", "time": "%H:%M"}.get(kind, "%Y-%m-%dT%H:%M"))
    if isinstance(value, Time):
        return value.strftime("%H:%M")
    return value.isoformat() if isinstance(value, Date) else str(value)


def initials(name: str) -> str:
    """Return what stands in an avatar: the last two Han characters, or the first letters of two words."""
    name = name.strip()
    if any(letter >= "\u3400" for letter in name):
        return name[-2:]
    return "".join(word[0] for word in name.split()[:2]).upper()


def sparkline(values: list[float], width: int = 96, height: int = 24) -> str:
    """Return the points of an SVG polyline through the values, scaled into the box with a margin of two."""
    if len(values) < 2:
        return ""
    low, high = min(values), max(values)
    span, step = (high - low) or 1, (width - 4) / (len(values) - 1)
    return " ".join(f"{2 + i * step:.1f},{height - 2 - (v - low) / span * (height - 4):.1f}" for i, v in enumerate(values))


FILTERS = {
    "ago": ago,
    "date": format_date,
    "datetime": format_datetime,
    "duration": duration,
    "file_size": file_size,
    "initials": initials,
    "input_value": input_value,
    "iso": iso,
    "number": number,
    "percent": percent,
    "remaining": remaining,
    "seconds_until": seconds_until,
    "sparkline": sparkline,
    "time": format_time,
    "when": when,
}
