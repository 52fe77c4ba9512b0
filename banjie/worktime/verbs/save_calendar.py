"""Save a calendar: check what it says, and store it as its next version."""

from __future__ import annotations

import re
from datetime import datetime

from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from banjie.kernel.errors import FieldError, InvalidInput, StaleVersion
from banjie.people import events as administration
from banjie.people.actor import Actor
from banjie.people.permissions import Permission
from banjie.worktime.drafts import CalendarDraft, wrong_in
from banjie.worktime.events import CalendarChanged, announce
from banjie.worktime.hours import format_hours
from banjie.worktime.models import Calendar, CalendarDay, CalendarVersion
from banjie.worktime.queries import UnknownCalendar, draft_of

_CODE = re.compile(r"[a-z][a-z0-9-]{0,39}\Z")


class UnusableCalendar(InvalidInput):
    """The calendar says something that cannot be reckoned with."""

    code = "unusable-calendar"
    default_message = gettext_lazy("The calendar was not saved. Correct the marked entries.")


@transaction.atomic
def save_calendar(code: str, draft: CalendarDraft, *, expect: int | None = None, by: Actor, at: datetime) -> CalendarVersion:
    """Store a draft as the next version of calendar `code`, and announce it (PLT-03).

    Past results keep the version they were made with. A draft that says what the current version says makes no new one.

    Args:
        code: short name, as rulebooks write it.
        draft: what the version is to say.
        expect: the version number that the editor began from; 0 for a new calendar; None to build on whatever is there.
        by: who; needs `calendar:manage`.
        at: when.

    Raises:
        NotPermitted: without `calendar:manage`.
        UnusableCalendar: hours overlap, nobody ever works, and the like; each with its field.
        UnknownCalendar: `expect` names a version of a calendar that does not exist.
        StaleVersion: somebody else saved it since `expect`.
    """
    by.must(Permission.CALENDAR_MANAGE)
    errors = wrong_in(draft)
    if not _CODE.match(code):
        errors.insert(0, FieldError("code", _("Use small letters, digits and hyphens, beginning with a letter; at most 40.")))
    if errors:
        raise UnusableCalendar(errors=errors)
    calendar, current = _locked(code, draft, expect, at)
    _retitle(calendar, draft.title.strip(), by=by, at=at)
    if current is not None and _says_the_same(current, draft):
        return current
    version = _store(calendar, draft, current.number + 1 if current else 1, by=by, at=at)
    administration.record("calendar.saved", f"{code} v{version.number}", _facts(draft), by=by, at=at)
    announce(CalendarChanged(code, version.pk, current.pk if current else None, at, by))
    return version


def _retitle(calendar: Calendar, title: str, *, by: Actor, at: datetime) -> None:
    """Change the title, which no result depends on, without a new version."""
    if calendar.title != title:
        administration.record(
            "calendar.retitled", calendar.code, administration.changed({"title": calendar.title}, {"title": title}), by=by, at=at
        )
        calendar.title = title
        calendar.save(update_fields=["title"])


def _locked(code: str, draft: CalendarDraft, expect: int | None, at: datetime) -> tuple[Calendar, CalendarVersion | None]:
    """Return the calendar, locked, and its current version; make the calendar when there is none."""
    if expect and not Calendar.objects.filter(code=code).exists():
        raise UnknownCalendar
    Calendar.objects.get_or_create(code=code, defaults={"title": draft.title.strip(), "created_at": at})
    calendar = Calendar.objects.select_for_update().get(code=code)
    current = calendar.versions.select_related("calendar").order_by("-number").first()
    number = current.number if current else 0
    if expect == 0 and number:
        raise UnusableCalendar(errors=[FieldError("code", _("There is already a calendar “%(code)s”.") % {"code": code})])
    if expect is not None and expect != number:
        raise StaleVersion(
            _("Somebody saved version %(n)d of this calendar meanwhile. Reload it and enter your change again.") % {"n": number}
        )
    return calendar, current


def _says_the_same(current: CalendarVersion, draft: CalendarDraft) -> bool:
    before = draft_of(current)
    return (before.tz, before.weekly, before.days) == (draft.tz, draft.weekly, tuple(sorted(draft.days, key=lambda day: day.date)))


def _store(calendar: Calendar, draft: CalendarDraft, number: int, *, by: Actor, at: datetime) -> CalendarVersion:
    """Write the days first: once the version's row stands, a trigger refuses more."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('worktime_calendarversion', 'id'))")
        version_id = cursor.fetchone()[0]
    CalendarDay.objects.bulk_create(
        CalendarDay(
            version_id=version_id, date=day.date, kind=day.kind, hours=day.hours, name=day.name, source=day.source, estimated=day.estimated
        )
        for day in draft.days
    )
    return CalendarVersion.objects.create(
        id=version_id,
        calendar=calendar,
        number=number,
        tz=draft.tz,
        weekly=draft.weekly,
        note=draft.note.strip(),
        created_at=at,
        created_by_id=by.member_id,
    )


def _facts(draft: CalendarDraft) -> dict[str, object]:
    weekly = [format_hours(hours) for hours in draft.weekly]
    return {"note": draft.note, "tz": draft.tz, "weekly": weekly, "days": len(draft.days)}
