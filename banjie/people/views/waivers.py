"""Doors of exceptions: ask for one, decide, and the list of all."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from banjie.kernel.errors import FieldError, InvalidInput
from banjie.people.access import actor_of
from banjie.people.certificates import courses_for
from banjie.people.forms import end_of_day, seen, waiver_filter
from banjie.people.held import WORDS, certificates_for, held_of
from banjie.people.models import Certificate
from banjie.people.permissions import Permission
from banjie.people.sheets_certificates import waivers_sheet
from banjie.people.verbs.waivers import LONGEST_WAIVER, approve_waiver, ask_for_waiver, refuse_waiver
from banjie.people.views.certificates import TAB, certifying, target
from banjie.people.views.page import download, page

_PAGE = 50
_MOST_COURSES = 200


@require_safe
@certifying
def waivers(request: HttpRequest) -> HttpResponse:
    """List the exceptions, the latest first, fifty a page."""
    actor, now, asked = actor_of(request), timezone.now(), request.GET
    found, before = waiver_filter(asked).apply(certificates_for(actor, now), now), asked.get("before", "")
    if before.isascii() and before.isdigit() and len(before) < 19:
        found = found.filter(pk__lt=int(before))
    shown = [held_of(row, now) for row in found[: _PAGE + 1]]
    following = asked.copy()
    following["before"] = str(shown[_PAGE - 1].id) if len(shown) > _PAGE else ""
    return page(
        request,
        "people/waivers.html",
        TAB,
        waivers=shown[:_PAGE],
        asked=asked,
        next_url=f"?{following.urlencode()}" if following["before"] else "",
        courses=list(courses_for(actor).values_list("code", "title")[:_MOST_COURSES]),
        words=WORDS,
    )


@require_safe
@certifying
def waivers_export(request: HttpRequest) -> HttpResponse:
    """Send the list of exceptions as it is filtered: the report."""
    now = timezone.now()
    return download(waivers_sheet(waiver_filter(request.GET).apply(certificates_for(actor_of(request), now), now), now), "exceptions")


@require_safe
@certifying
def waiver(request: HttpRequest, certificate_id: int) -> HttpResponse:
    """Show an exception, with what the person may do about it."""
    now = timezone.now()
    it = held_of(_target(request, certificate_id), now)
    may_decide = actor_of(request).may(Permission.MEMBER_MANAGE)
    return page(request, "people/waiver.html", TAB, it=it, words=WORDS, may_decide=may_decide)


@require_http_methods(["GET", "POST"])
@certifying
def waiver_new(request: HttpRequest, course_id: int, member_id: int) -> HttpResponse:
    """Ask that somebody may act without the certificate for a time."""
    now = timezone.now()
    it, member = target(request, course_id, member_id, now)
    if request.method == "GET":
        latest = timezone.localdate(now + LONGEST_WAIVER) - timedelta(days=1)
        return page(request, "people/waiver_new.html", TAB, course=it, member=member, latest=latest, today=timezone.localdate(now))
    until = end_of_day(request.POST, "until")
    if until is None:
        raise InvalidInput(errors=[FieldError("until", _("Enter the last day."))])
    made = ask_for_waiver(member, it, until=until, reason=_reason(request), by=actor_of(request), at=now)
    messages.success(request, _("Asked for. A colleague who manages members must approve it before it counts."))
    return redirect("people:waiver", made.pk)


@require_POST
@certifying
def waiver_approve(request: HttpRequest, certificate_id: int) -> HttpResponse:
    """Approve an exception."""
    row = approve_waiver(_target(request, certificate_id), by=actor_of(request), at=timezone.now())
    messages.success(request, _("Approved. %(name)s may act from now on.") % {"name": row.member.name})
    return redirect("people:waiver", row.pk)


@require_POST
@certifying
def waiver_refuse(request: HttpRequest, certificate_id: int) -> HttpResponse:
    """Refuse an exception."""
    row = refuse_waiver(_target(request, certificate_id), reason=_reason(request), by=actor_of(request), at=timezone.now())
    messages.success(request, _("Refused."))
    return redirect("people:waiver", row.pk)


def _target(request: HttpRequest, certificate_id: int) -> Certificate:
    return seen(certificates_for(actor_of(request), timezone.now()).exclude(waiver_reason=""), certificate_id)


def _reason(request: HttpRequest) -> str:
    return request.POST.get("reason", "").replace("\x00", "")
