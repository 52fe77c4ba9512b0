"""Doors of roles and of everybody's tokens."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from banjie.people.access import actor_of, needs
from banjie.people.forms import role_draft, seen
from banjie.people.guards import current_posts
from banjie.people.models import Role
from banjie.people.permissions import Permission
from banjie.people.queries import roles_with_holders, tokens_in_use
from banjie.people.verbs.roles import change_role, create_role
from banjie.people.views.page import page
from banjie.people.words import PERMISSIONS

_TAB = "people:roles"


@require_safe
@needs(Permission.ROLE_MANAGE)
def roles(request: HttpRequest) -> HttpResponse:
    """Show which role allows what."""
    return page(request, "people/roles.html", _TAB, roles=list(roles_with_holders(timezone.now())), permissions=list(PERMISSIONS.items()))


@require_http_methods(["GET", "POST"])
@needs(Permission.ROLE_MANAGE)
def role_new(request: HttpRequest) -> HttpResponse:
    """Create a role."""
    if request.method == "POST":
        made = create_role(role_draft(request.POST), by=actor_of(request), at=timezone.now())
        messages.success(request, _("%(role)s was created.") % {"role": made.title})
        return redirect(_TAB)
    return page(request, "people/role.html", _TAB, role=None, holders=[], scopes=Role.Scope.choices, permissions=list(PERMISSIONS.items()))


@require_http_methods(["GET", "POST"])
@needs(Permission.ROLE_MANAGE)
def role(request: HttpRequest, role_id: int) -> HttpResponse:
    """Show a role with its holders, or change it."""
    it, now = seen(Role.objects.all(), role_id), timezone.now()
    if request.method == "POST":
        change_role(it, role_draft(request.POST), by=actor_of(request), at=now)
        messages.success(request, _("Saved. It counts for all holders within seconds."))
        return redirect(_TAB)
    holders = current_posts(now).filter(role=it).select_related("member", "unit").order_by("unit__path", "member__name")[:200]
    return page(
        request, "people/role.html", _TAB, role=it, holders=list(holders), scopes=Role.Scope.choices, permissions=list(PERMISSIONS.items())
    )


@require_safe
@needs(Permission.TOKEN_MANAGE)
def tokens(request: HttpRequest) -> HttpResponse:
    """List everybody's tokens in use."""
    return page(request, "people/tokens.html", "people:tokens", tokens=list(tokens_in_use(timezone.now())[:500]))
