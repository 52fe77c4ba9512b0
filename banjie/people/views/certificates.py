"""Doors of certificates: courses, the people of each, one person, and taking a certificate back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from banjie.kernel.errors import NotPermitted
from banjie.people.access import actor_of, signed_in
from banjie.people.certificates import courses_for, courses_with_figures, examines, lacking_of, may_see_certificates, needing, people_for
from banjie.people.forms import people_filter, seen
from banjie.people.held import WORDS as HELD_WORDS
from banjie.people.held import CertificateState, HeldFilter, certificates_for, end_of, of_member
from banjie.people.models import Course, Member, Role, Unit
from banjie.people.sheets_certificates import people_sheet
from banjie.people.standing import WORDS, examinee_of
from banjie.people.verbs.certificates import revoke_certificate
from banjie.people.views.page import download, page
from banjie.people.views.units import options

TAB = "people:certificates"
_PAGE = 50
_MOST_COURSES = 200
P = ParamSpec("P")


def certifying(view: Callable[Concatenate[HttpRequest, P], HttpResponse]) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """Let only those reach a view who examine, or manage members; includes `signed_in`."""

    @signed_in
    @wraps(view)
    def inner(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not may_see_certificates(actor_of(request)):
            raise NotPermitted
        return view(request, *args, **kwargs)

    return inner


@require_safe
@certifying
def certificates(request: HttpRequest) -> HttpResponse:
    """Show the courses, who needs them, and how many lack the certificate."""
    actor, now = actor_of(request), timezone.now()
    courses = list(courses_with_figures(actor, now)[:_MOST_COURSES])
    waiting = HeldFilter(state=CertificateState.WAITING, is_waiver=True).apply(certificates_for(actor, now), now).count()
    examiners = dict(Role.objects.filter(code__in=[c.examiner for c in courses]).values_list("code", "title"))
    return page(request, "people/certificates.html", TAB, courses=courses, needing=needing(courses), examiners=examiners, waiting=waiting)


@require_safe
@certifying
def course(request: HttpRequest, course_id: int) -> HttpResponse:
    """Show the people of a course and how they stand, fifty a page."""
    actor, now, asked = actor_of(request), timezone.now(), request.GET
    it = seen(courses_for(actor), course_id)
    people, after = people_filter(asked).apply(it, people_for(actor, [it.examiner], now), now), asked.get("after", "").replace("\x00", "")
    shown = [examinee_of(one, now) for one in (people.filter(username__gt=after) if after else people)[: _PAGE + 1]]
    following = asked.copy()
    following["after"] = shown[_PAGE - 1].username if len(shown) > _PAGE else ""
    return page(
        request,
        "people/course.html",
        TAB,
        course=it,
        people=shown[:_PAGE],
        asked=asked,
        next_url=f"?{following.urlencode()}" if following["after"] else "",
        units=options(Unit.objects.filter(is_active=True).order_by("path")),
        words=WORDS,
        **_facts(request, it),
    )


@require_safe
@certifying
def course_export(request: HttpRequest, course_id: int) -> HttpResponse:
    """Send the people of a course as they are filtered."""
    actor, now = actor_of(request), timezone.now()
    it = seen(courses_for(actor), course_id)
    return download(people_sheet(it, people_filter(request.GET).apply(it, people_for(actor, [it.examiner], now), now), now), "certificates")


@require_safe
@certifying
def examinee(request: HttpRequest, course_id: int, member_id: int) -> HttpResponse:
    """Show somebody's examinations and certificates of a course."""
    now = timezone.now()
    it, member = target(request, course_id, member_id, now)
    return page(
        request,
        "people/examinee.html",
        TAB,
        course=it,
        member=member,
        examinations=list(member.examinations.filter(course=it).select_related("course").order_by("-held_on", "-pk")[:100]),
        held=of_member(member, now, it),
        is_self=member.pk == actor_of(request).member_id,
        **_facts(request, it),
    )


@require_POST
@certifying
def certificate_revoke(request: HttpRequest, certificate_id: int) -> HttpResponse:
    """Take a certificate back."""
    now = timezone.now()
    row = seen(certificates_for(actor_of(request), now), certificate_id)
    revoke_certificate(row, reason=request.POST.get("reason", "").replace("\x00", ""), by=actor_of(request), at=now)
    messages.success(request, _("The certificate of %(name)s counts no more.") % {"name": row.member.name})
    return redirect("people:examinee", row.course_id, row.member_id)


def target(request: HttpRequest, course_id: int, member_id: int, now: datetime) -> tuple[Course, Member]:
    """Return the course and the member of an address, as the person may see them."""
    it = seen(courses_for(actor_of(request)), course_id)
    return it, seen(people_for(actor_of(request), [it.examiner], now), member_id)


def certificates_of(it: Member, now: datetime, *, is_linked: bool = False) -> dict[str, object]:
    """Return what the card of a member's certificates draws, and whether it leads to the pages where they are looked after."""
    examinations = it.examinations.select_related("course").order_by("-held_on", "-pk")[:20]
    lacking = lacking_of(it, now)
    return {
        "held": of_member(it, now),
        "examinations": list(examinations),
        "lacking": lacking,
        "held_words": HELD_WORDS,
        "is_linked": is_linked,
    }


def _facts(request: HttpRequest, it: Course) -> dict[str, object]:
    """Return what every page of a course says about it."""
    return {
        "may_examine": examines(actor_of(request), it),
        "examiner": Role.objects.filter(code=it.examiner).values_list("title", flat=True).first() or it.examiner,
        "needed_by": needing([it])[it.code],
        "held_words": HELD_WORDS,
        "end_of": end_of,
    }
