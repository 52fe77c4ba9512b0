"""Doors of results: a table of marks to fill in, and a workbook."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from banjie.kernel.errors import FieldError, InvalidInput
from banjie.people.access import actor_of
from banjie.people.certificates import courses_for, must_examine, people_for
from banjie.people.forms import results_of, seen
from banjie.people.models import Course, Examination
from banjie.people.sheets_certificates import results_template
from banjie.people.verbs.examinations import enter_results
from banjie.people.verbs.import_results import MOST_BYTES, MOST_ROWS, import_results
from banjie.people.views.certificates import TAB, certifying
from banjie.people.views.page import download, page

ROWS = 8
_MOST_OFFERED = 2000


@require_http_methods(["GET", "POST"])
@certifying
def results(request: HttpRequest, course_id: int) -> HttpResponse:
    """Enter the marks of some people."""
    actor, now = actor_of(request), timezone.now()
    it = seen(courses_for(actor), course_id)
    must_examine(it, actor)
    if request.method == "POST":
        return _told(request, it, enter_results(it, results_of(request.POST, ROWS), by=actor, at=now))
    people = people_for(actor, [it.examiner], now).filter(is_active=True).exclude(pk=actor.member_id or 0).order_by("name", "username")
    return page(
        request,
        "people/results.html",
        TAB,
        course=it,
        first=request.GET.get("member", "")[:60],
        offered=list(people.values_list("username", "name")[:_MOST_OFFERED]),
        lines=range(1, ROWS + 1),
        today=timezone.localdate(now),
        rows=MOST_ROWS,
        size=MOST_BYTES,
    )


@require_POST
@certifying
def results_upload(request: HttpRequest, course_id: int) -> HttpResponse:
    """Enter the marks of a workbook."""
    actor = actor_of(request)
    it = seen(courses_for(actor), course_id)
    must_examine(it, actor)
    file = request.FILES.get("file")
    if file is None:
        raise InvalidInput(errors=[FieldError("file", _("Choose a file."))])
    return _told(request, it, import_results(file, it, by=actor, at=timezone.now()))


@require_safe
@certifying
def results_template_file(request: HttpRequest, course_id: int) -> HttpResponse:
    """Send the workbook to fill in, with the people who may be examined."""
    actor, now = actor_of(request), timezone.now()
    it = seen(courses_for(actor), course_id)
    must_examine(it, actor)
    return download(results_template(people_for(actor, [it.examiner], now).filter(is_active=True)), "results")


def _told(request: HttpRequest, it: Course, made: Sequence[Examination]) -> HttpResponse:
    passed = sum(row.passed for row in made)
    words = _("Entered: %(passed)d passed and have the certificate, %(failed)d did not pass.")
    messages.success(request, words % {"passed": passed, "failed": len(made) - passed})
    return redirect("people:course", it.pk)
