"""What the calendars' pages show, formatted."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from banjie.worktime.drafts import CalendarDraft, DayEntry, Kind
from banjie.worktime.hours import format_hours
from banjie.worktime.models import CalendarVersion
from banjie.worktime.months import DayCell, Month, estimated_years, lacks_holidays, month_of
from banjie.worktime.queries import calendar_lines, current_version, draft_of, version_row, versions_of

WEEKDAYS = (
    gettext_lazy("Monday"),
    gettext_lazy("Tuesday"),
    gettext_lazy("Wednesday"),
    gettext_lazy("Thursday"),
    gettext_lazy("Friday"),
    gettext_lazy("Saturday"),
    gettext_lazy("Sunday"),
)
_TONES = {"work": "work", "rest": "rest", "holiday": "holiday", "make_up_workday": "extra", "half_day": "half", "other": "half"}
_MARKS = {
    "holiday": pgettext_lazy("mark of a day", "off"),
    "make_up_workday": pgettext_lazy("mark of a day", "make-up"),
    "half_day": pgettext_lazy("mark of a day", "half"),
    "other": pgettext_lazy("mark of a day", "other"),
}
_VERSIONS_SHOWN = 20
ZONES = (
    "Asia/Shanghai",
    "Asia/Hong_Kong",
    "Asia/Taipei",
    "Asia/Singapore",
    "Asia/Tokyo",
    "Europe/Berlin",
    "Europe/London",
    "America/New_York",
    "UTC",
)


def list_page(now: datetime) -> dict[str, Any]:
    """Return the context of the list."""
    return {"lines": calendar_lines(), "now": now}


def week_page(draft: CalendarDraft, version: CalendarVersion | None) -> dict[str, Any]:
    """Return the context of the form for title, zone and week; without a version it is a new calendar."""
    zones = list(dict.fromkeys([draft.tz, *ZONES]))
    return {
        "code": version.calendar.code if version else "",
        "number": version.number if version else 0,
        "title": draft.title,
        "tz": draft.tz,
        "zones": [(zone, zone) for zone in zones],
        "weekly": [(f"weekly.{n}", WEEKDAYS[n], format_hours(hours)) for n, hours in enumerate(draft.weekly)],
        "action": reverse("worktime:week", args=[version.calendar.code]) if version else reverse("worktime:new"),
        "back": reverse("worktime:calendar", args=[version.calendar.code]) if version else reverse("worktime:calendars"),
    }


def calendar_page(code: str, number: int | None, first: date, chosen: date | None, now: datetime) -> dict[str, Any]:
    """Return the context of a calendar's month, with the forms when it is the current version.

    Raises:
        UnknownCalendar: there is no such calendar or version.
    """
    current = current_version(code)
    shown = version_row(code, number) if number else current
    draft = draft_of(shown)
    month = month_of(draft, first)
    today = now.astimezone(ZoneInfo(draft.tz)).date()
    entry = next((day for day in draft.days if day.date == chosen), None)
    return {
        "code": code,
        "title": draft.title,
        "version": shown,
        "current": current.number,
        "is_current": shown.pk == current.pk,
        "facts": _facts(draft, shown, month),
        "previous_url": _month_url(code, month.previous, number),
        "next_url": _month_url(code, month.following, number),
        "month_title": month.first.strftime("%Y-%m"),
        "weekdays": WEEKDAYS,
        "weeks": [[_cell(day, code, today, chosen) for day in week] for week in month.weeks],
        "warnings": _warnings(draft, first.year),
        "day": _day_form(entry, chosen, draft),
        "kinds": [("week", _("As its weekday")), *Kind.choices],
        "years": (today.year, today.year + 1),
        "versions": list(versions_of(code)[:_VERSIONS_SHOWN]),
        "now": now,
    }


def _month_url(code: str, first: date, number: int | None) -> str:
    query = {"month": first.strftime("%Y-%m")} | ({"version": str(number)} if number else {})
    return reverse("worktime:calendar", args=[code], query=query)


def _facts(draft: CalendarDraft, version: CalendarVersion, month: Month) -> list[tuple[str, str]]:
    hours = month.working_minutes / 60
    return [
        (_("Code"), version.calendar.code),
        (_("Version"), str(version.number)),
        (_("Time zone"), draft.tz),
        (_("This month"), _("%(days)d working days, %(hours)s hours") % {"days": month.working_days, "hours": f"{hours:g}"}),
    ]


def _cell(day: DayCell, code: str, today: date, chosen: date | None) -> dict[str, Any]:
    """Return a date of the grid: its number, tone, mark, hours and where a click leads."""
    query = {"month": day.date.strftime("%Y-%m"), "date": day.date.isoformat()}
    return {
        "number": day.date.day,
        "date": day.date,
        "tone": _TONES[day.kind],
        "mark": _MARKS.get(day.kind, ""),
        "hours": [format_hours((interval,)) for interval in day.hours],
        "name": day.name,
        "estimated": day.estimated,
        "outside": not day.in_month,
        "today": day.date == today,
        "chosen": day.date == chosen,
        "url": reverse("worktime:calendar", args=[code], query=query, fragment="day"),
    }


def _day_form(entry: DayEntry | None, chosen: date | None, draft: CalendarDraft) -> dict[str, Any]:
    hours = draft.hours_of(entry) if entry else draft.weekly[chosen.weekday()] if chosen else ()
    return {
        "date": chosen,
        "kind": entry.kind.value if entry else "",
        "hours": format_hours(hours),
        "name": entry.name if entry else "",
    }


def _warnings(draft: CalendarDraft, year: int) -> list[str]:
    warnings = []
    if year in estimated_years(draft):
        warnings.append(
            _(
                "The official holidays of %(year)d are not published yet. Its holidays are estimated and its make-up workdays unknown: import the year again"
                " when they are."
            )
            % {"year": year}
        )
    if lacks_holidays(draft, year):
        warnings.append(
            _("No public holidays are entered for %(year)d. Import them, or deadlines of that year ignore them.") % {"year": year}
        )
    return warnings
