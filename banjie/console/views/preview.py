"""The door of a form that is only looked at: nothing that is typed into it is kept."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_POST

from banjie.console.forms import states_of, typed_of
from banjie.console.queries.drawing import Form, redrawn
from banjie.console.queries.preview import rule_of
from banjie.people.access import actor_of, needs
from banjie.people.permissions import Permission
from banjie.rulebook.program import compile_book
from banjie.rulebook.records import checked


@require_POST
@needs(Permission.RULEBOOK_EDIT)
def conditions(request: HttpRequest) -> HttpResponse:
    """Draw those fields of a previewed form again whose condition has changed by what was typed into it."""
    _report, book = checked(request.POST.get("rulebook-text", "").replace("\r\n", "\n"))
    program = compile_book(book, version_id=0, number=0)
    form = Form(program, rule_of(program, request.POST.get("rulebook-form", "")), None, actor_of(request), get_language() or "")
    fields = redrawn(form, typed_of(program, form.rule, request.POST), states_of(request.POST))
    return render(request, "console/_conditions.html", {"fields": fields})
