"""Doors of deputies: one's own, and those of a member whom one manages."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from banjie.people.access import actor_of, needs, signed_in
from banjie.people.deputies import deputies_of, deputy_for, ending_for, offered, span_of
from banjie.people.forms import delegation_draft, seen
from banjie.people.models import Delegation, Member
from banjie.people.permissions import Permission
from banjie.people.queries import members_for
from banjie.people.verbs.delegations import end_delegation, name_deputy


@require_http_methods(["GET", "POST"])
@signed_in
def deputies(request: HttpRequest) -> HttpResponse:
    """Show who signs for the person, and for whom he signs; or name one."""
    actor, now = actor_of(request), timezone.now()
    me = Member.objects.get(pk=actor.member_id or 0)
    if request.method == "POST":
        _told(request, name_deputy(delegation_draft(request.POST, me, now), by=actor, at=now))
        return redirect("people:deputies")
    context = of_member(me, now) | {"represented": deputy_for(me.pk, now), "action": reverse("people:deputies")}
    return render(request, "people/deputies.html", context)


@require_POST
@needs(Permission.MEMBER_MANAGE)
def member_deputy(request: HttpRequest, member_id: int) -> HttpResponse:
    """Name a deputy for a member who cannot do it himself."""
    actor, now = actor_of(request), timezone.now()
    it = seen(members_for(actor, now), member_id)
    _told(request, name_deputy(delegation_draft(request.POST, it, now), by=actor, at=now))
    return redirect("people:member", it.pk)


@require_POST
@signed_in
def deputy_end(request: HttpRequest, delegation_id: int) -> HttpResponse:
    """End a delegation, one's own or that of a member whom one manages."""
    actor, now = actor_of(request), timezone.now()
    it = seen(ending_for(actor, now).select_related("deputy"), delegation_id)
    end_delegation(it, by=actor, at=now)
    messages.success(request, _("%(name)s is no longer the deputy.") % {"name": it.deputy.name})
    return redirect("people:deputies") if it.member_id == actor.member_id else redirect("people:member", it.member_id)


def of_member(it: Member, now: datetime) -> dict[str, Any]:
    """Return what the list of a member's deputies and the form of a new one draw."""
    context = {"deputies": deputies_of(it.pk, now), "offered": offered(it.pk) if it.is_active else [], "today": timezone.localdate(now)}
    return {"action": reverse("people:member_deputy", args=[it.pk])} | context


def _told(request: HttpRequest, made: Delegation) -> None:
    messages.success(request, _("%(name)s is the deputy: %(span)s.") % {"name": made.deputy.name, "span": span_of(made.since, made.until)})
