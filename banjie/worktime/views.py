"""Pages of the calendars: thin doors, one call each."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from banjie.kernel.excel import MIME
from banjie.people.access import actor_of, needs
from banjie.people.permissions import Permission
from banjie.worktime import forms
from banjie.worktime.daysheet import template
from banjie.worktime.drafts import CalendarDraft
from banjie.worktime.models import CalendarVersion
from banjie.worktime.pages import calendar_page, list_page, week_page
from banjie.worktime.queries import current_version, draft_of
from banjie.worktime.verbs.change_day import clear_day, set_day
from banjie.worktime.verbs.import_days import import_days
from banjie.worktime.verbs.import_holidays import import_holidays
from banjie.worktime.verbs.save_calendar import save_calendar

EMPTY = CalendarDraft(title="", tz="Asia/Shanghai", weekly=(((540, 720), (810, 1080)),) * 5 + ((), ()))


@require_safe
@needs(Permission.CALENDAR_MANAGE)
def calendars(request: HttpRequest) -> HttpResponse:
    """List the calendars."""
    return render(request, "worktime/calendars.html", list_page(timezone.now()))


@require_http_methods(["GET", "POST"])
@needs(Permission.CALENDAR_MANAGE)
def new(request: HttpRequest) -> HttpResponse:
    """Make a calendar."""
    if request.method == "GET":
        return render(request, "worktime/week.html", week_page(EMPTY, None))
    code = request.POST.get("code", "").strip()
    save_calendar(code, forms.week_draft(request.POST, EMPTY), expect=0, by=actor_of(request), at=timezone.now())
    messages.success(request, _("The calendar was created. Add the public holidays next."))
    return redirect("worktime:calendar", code)


@require_safe
@needs(Permission.CALENDAR_MANAGE)
def calendar(request: HttpRequest, code: str) -> HttpResponse:
    """Show a month of a calendar, in its current version or in an earlier one."""
    now = timezone.now()
    first = forms.first_of_month(request.GET, timezone.localdate(now))
    number = forms.number(request.GET, "version") or None
    return render(request, "worktime/calendar.html", calendar_page(code, number, first, forms.chosen_date(request.GET), now))


@require_http_methods(["GET", "POST"])
@needs(Permission.CALENDAR_MANAGE)
def week(request: HttpRequest, code: str) -> HttpResponse:
    """Change title, zone and weekly hours."""
    version = current_version(code)
    if request.method == "GET":
        return render(request, "worktime/week.html", week_page(draft_of(version), version))
    draft = forms.week_draft(request.POST, draft_of(version))
    saved = save_calendar(code, draft, expect=forms.number(request.POST, "expect"), by=actor_of(request), at=timezone.now())
    return _saved(request, saved)


@require_POST
@needs(Permission.CALENDAR_MANAGE)
def day(request: HttpRequest, code: str) -> HttpResponse:
    """Change a single day, or make it like its weekday again."""
    expect, actor, now, on = forms.number(request.POST, "expect"), actor_of(request), timezone.now(), forms.chosen_date(request.POST)
    if on and request.POST.get("kind") == "week":
        saved = clear_day(code, on, expect=expect, by=actor, at=now)
    else:
        saved = set_day(code, forms.day_entry(request.POST), expect=expect, by=actor, at=now)
    return _saved(request, saved, on.strftime("%Y-%m") if on else "")


@require_POST
@needs(Permission.CALENDAR_MANAGE)
def holidays(request: HttpRequest, code: str) -> HttpResponse:
    """Take over the public holidays of some years."""
    return _saved(request, import_holidays(code, forms.years(request.POST), by=actor_of(request), at=timezone.now()))


@require_POST
@needs(Permission.CALENDAR_MANAGE)
def upload(request: HttpRequest, code: str) -> HttpResponse:
    """Take over an uploaded table of days."""
    return _saved(request, import_days(code, forms.upload(request), by=actor_of(request), at=timezone.now()))


@require_safe
@needs(Permission.CALENDAR_MANAGE)
def days_template(request: HttpRequest) -> HttpResponse:
    """Send the workbook to fill in."""
    response = HttpResponse(template(), content_type=MIME)
    response["Content-Disposition"] = "attachment; filename*=UTF-8''calendar-days.xlsx"
    return response


def _saved(request: HttpRequest, version: CalendarVersion, month: str = "") -> HttpResponse:
    messages.success(
        request, _("Version %(n)d is current. Running deadlines are planned again, finished ones stay.") % {"n": version.number}
    )
    return redirect(reverse("worktime:calendar", args=[version.calendar.code], query={"month": month} if month else None))
