"""Doors of the duties: callbacks and checks of the day, and what came of earlier days."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from banjie.console.forms import name_of
from banjie.console.queries.laws import chosen_programs, laws_offered
from banjie.console.queries.owed import one_run, past_runs, runs_of_the_day, title_of_duties
from banjie.console.shell import does_duties, programs_of
from banjie.kernel.errors import NotPermitted
from banjie.people.access import actor_of, signed_in
from banjie.people.actor import Actor
from banjie.tickets.reach import live_topics


@require_safe
@signed_in
def duties(request: HttpRequest) -> HttpResponse:
    """Show what is owed today, and whether earlier days were kept."""
    actor, now, language = _reader(request), timezone.now(), get_language() or ""
    today, law, programs = timezone.localdate(now), name_of(request.GET.get("book", "")), programs_of(request)
    books = {program.slug for program in chosen_programs(actor, programs, law)}
    context = {
        "title": title_of_duties(programs),
        "laws": laws_offered(actor, programs, language),
        "law": law,
        "several": len(books) > 1,
        "runs": runs_of_the_day(actor, books, today, language, now),
        "past": past_runs(books, today, language, now),
        "today": today,
        "now": now,
        "topics": live_topics(actor),
        "back": request.get_full_path(),
    }
    return render(request, "console/duties.html", context)


@require_safe
@signed_in
def run(request: HttpRequest, run_id: int) -> HttpResponse:
    """Show one period of a duty: frame, rule, seed, and what was drawn."""
    actor, now = _reader(request), timezone.now()
    programs = programs_of(request)
    title = title_of_duties(programs)
    context = {
        "title": title,
        "several": len(programs) > 1,
        "run": one_run(actor, run_id, get_language() or "", now),
        "now": now,
        "back": request.path,
    }
    return render(request, "console/duty.html", context)


def _reader(request: HttpRequest) -> Actor:
    actor = actor_of(request)
    if not does_duties(actor):
        raise NotPermitted
    return actor
