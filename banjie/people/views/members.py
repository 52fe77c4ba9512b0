"""Doors of the members: list, page, and what may be done to them."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from banjie.people.access import actor_of, needs
from banjie.people.forms import member_draft, picked, seen
from banjie.people.models import Member, Role, Unit
from banjie.people.permissions import Permission
from banjie.people.queries import MemberFilter, members_for, posts_of, units_for
from banjie.people.verbs.members import change_member, create_member, deactivate_member, reactivate_member
from banjie.people.verbs.passwords import remove_second_factor, reset_password
from banjie.people.views.certificates import certificates_of
from banjie.people.views.deputies import of_member
from banjie.people.views.page import page, secret, shown_once
from banjie.people.views.units import options

_TAB = "people:members"
_PAGE = 50
_STATES = {"active": True, "left": False, "all": None}


@require_safe
@needs(Permission.MEMBER_MANAGE)
def members(request: HttpRequest) -> HttpResponse:
    """List members, fifty a page, by sign-in name."""
    actor, now, asked = actor_of(request), timezone.now(), request.GET
    narrowed = narrowing(asked)
    after = asked.get("after", "")
    found = narrowed.apply(members_for(actor, now), now)
    shown = list((found.filter(username__gt=after) if after else found)[: _PAGE + 1])
    next_url = ""
    if len(shown) > _PAGE:
        following = asked.copy()
        following["after"] = shown[_PAGE - 1].username
        next_url = f"?{following.urlencode()}"
    return page(
        request,
        "people/members.html",
        _TAB,
        members=shown[:_PAGE],
        asked=asked,
        next_url=next_url,
        units=options(units_for(Permission.MEMBER_MANAGE, actor)),
        roles=list(Role.objects.order_by("title").values_list("pk", "title")),
    )


@require_http_methods(["GET", "POST"])
@needs(Permission.MEMBER_MANAGE)
def member_new(request: HttpRequest) -> HttpResponse:
    """Create a member and show the one-time password."""
    if request.method == "GET":
        return page(request, "people/member_new.html", _TAB)
    made = create_member(member_draft(request.POST), by=actor_of(request), at=timezone.now())
    return _password(request, made.member, made.password)


@require_http_methods(["GET", "POST"])
@needs(Permission.MEMBER_MANAGE)
def member(request: HttpRequest, member_id: int) -> HttpResponse:
    """Show a member, or correct his data."""
    actor, now = actor_of(request), timezone.now()
    it = seen(members_for(actor, now), member_id)
    if request.method == "POST":
        change_member(it, member_draft(request.POST), by=actor, at=now)
        messages.success(request, _("Saved."))
        return redirect("people:member", it.pk)
    units = units_for(Permission.MEMBER_MANAGE, actor).filter(is_active=True)
    return page(
        request,
        "people/member.html",
        _TAB,
        member=it,
        posts=list(posts_of(it)[:100]),
        units=options(units),
        roles=list(Role.objects.order_by("title").values_list("pk", "title")),
        is_self=it.pk == actor.member_id,
        **certificates_of(it, now, is_linked=True),
        **of_member(it, now),
    )


@require_POST
@needs(Permission.MEMBER_MANAGE)
def member_deactivate(request: HttpRequest, member_id: int) -> HttpResponse:
    """Let a member go."""
    left = deactivate_member(_target(request, member_id), by=actor_of(request), at=timezone.now())
    messages.success(request, _("%(name)s was deactivated.") % {"name": left.name})
    return redirect(_TAB)


@require_POST
@needs(Permission.MEMBER_MANAGE)
def member_reactivate(request: HttpRequest, member_id: int) -> HttpResponse:
    """Take a member back and show the one-time password."""
    back = reactivate_member(_target(request, member_id), by=actor_of(request), at=timezone.now())
    return _password(request, back.member, back.password)


@require_POST
@needs(Permission.MEMBER_MANAGE)
def member_reset(request: HttpRequest, member_id: int) -> HttpResponse:
    """Issue a new one-time password and show it."""
    made = reset_password(_target(request, member_id), by=actor_of(request), at=timezone.now())
    return _password(request, made.member, made.password)


@require_POST
@needs(Permission.MEMBER_MANAGE)
def member_second_factor(request: HttpRequest, member_id: int) -> HttpResponse:
    """Remove a lost second factor."""
    removed = remove_second_factor(_target(request, member_id), by=actor_of(request), at=timezone.now())
    messages.success(request, _("The second factor was removed.") if removed else _("There was no second factor."))
    return redirect("people:member", member_id)


def narrowing(asked: QueryDict) -> MemberFilter:
    """Read the filters of the list."""
    return MemberFilter(
        text=asked.get("text", "").strip().replace("\x00", "")[:60],
        unit=picked(Unit.objects.all(), asked, "unit"),
        role=picked(Role.objects.all(), asked, "role"),
        is_active=_STATES.get(asked.get("state", ""), True),
    )


def _target(request: HttpRequest, member_id: int) -> Member:
    return seen(members_for(actor_of(request), timezone.now()), member_id)


def _password(request: HttpRequest, member: Member, password: str) -> HttpResponse:
    title = _("One-time password of %(name)s (%(username)s)") % {"name": member.name, "username": member.username}
    back = reverse("people:member", args=[member.pk])
    then = _("At the first sign-in a new password must be chosen.")
    return secret(request, title, password, note=f"{shown_once()} {then}", back=back)
