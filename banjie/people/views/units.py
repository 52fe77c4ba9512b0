"""Doors of the organisation's tree."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from banjie.people.access import actor_of, needs
from banjie.people.forms import chosen, picked, seen, unit_draft
from banjie.people.guards import current_posts
from banjie.people.models import Unit
from banjie.people.permissions import Permission
from banjie.people.queries import units_for
from banjie.people.verbs.units import change_unit, close_unit, create_unit, move_unit, reopen_unit
from banjie.people.views.page import page

_TAB = "people:units"
_MOST = 2000
_ICONS = {"headquarters": "building", "branch": "building-community", "department": "users-group", "team": "users", "district": "map-pin"}


@require_safe
@needs(Permission.UNIT_MANAGE)
def units(request: HttpRequest) -> HttpResponse:
    """Show the tree of units."""
    shown = list(units_for(Permission.UNIT_MANAGE, actor_of(request))[:_MOST])
    return page(request, "people/units.html", _TAB, tree=tree_of(shown), count=len(shown), is_cut=len(shown) == _MOST)


@require_http_methods(["GET", "POST"])
@needs(Permission.UNIT_MANAGE)
def unit_new(request: HttpRequest) -> HttpResponse:
    """Found a unit."""
    actor = actor_of(request)
    parents = units_for(Permission.UNIT_MANAGE, actor).filter(is_active=True)
    if request.method == "POST":
        parent = chosen(parents, request.POST, "parent")
        unit = create_unit(unit_draft(request.POST), parent=parent, by=actor, at=timezone.now())
        messages.success(request, _("%(unit)s was created.") % {"unit": unit.name})
        return redirect(_TAB)
    parent_now = picked(parents, request.GET, "parent")
    return page(
        request, "people/unit_new.html", _TAB, parents=options(parents), parent=parent_now and parent_now.pk, kinds=Unit.Kind.choices
    )


@require_http_methods(["GET", "POST"])
@needs(Permission.UNIT_MANAGE)
def unit(request: HttpRequest, unit_id: int) -> HttpResponse:
    """Show a unit, or change its name, code, kind and region."""
    actor, now = actor_of(request), timezone.now()
    mine = units_for(Permission.UNIT_MANAGE, actor)
    it = seen(mine.select_related("parent"), unit_id)
    if request.method == "POST":
        change_unit(it, unit_draft(request.POST), by=actor, at=now)
        messages.success(request, _("Saved."))
        return redirect(_TAB)
    holders = current_posts(now).filter(unit=it).select_related("member", "role").order_by("role__title", "member__name")[:200]
    places = options(mine.filter(is_active=True).exclude(path__startswith=it.path))
    try:
        registration_url = reverse("deadlines:unit", args=[it.pk])
    except NoReverseMatch:  # this room does not know the one where units register
        registration_url = ""
    context = {"unit": it, "kinds": Unit.Kind.choices, "holders": list(holders), "places": places, "registration_url": registration_url}
    return page(request, "people/unit.html", _TAB, **context)


@require_POST
@needs(Permission.UNIT_MANAGE)
def unit_move(request: HttpRequest, unit_id: int) -> HttpResponse:
    """Put a unit under another one."""
    actor = actor_of(request)
    mine = units_for(Permission.UNIT_MANAGE, actor)
    moved = move_unit(seen(mine, unit_id), to=chosen(mine, request.POST, "to"), by=actor, at=timezone.now())
    messages.success(request, _("%(unit)s was moved.") % {"unit": moved.name})
    return redirect(_TAB)


@require_POST
@needs(Permission.UNIT_MANAGE)
def unit_close(request: HttpRequest, unit_id: int) -> HttpResponse:
    """Close a unit."""
    actor = actor_of(request)
    closed = close_unit(seen(units_for(Permission.UNIT_MANAGE, actor), unit_id), by=actor, at=timezone.now())
    messages.success(request, _("%(unit)s was closed.") % {"unit": closed.name})
    return redirect(_TAB)


@require_POST
@needs(Permission.UNIT_MANAGE)
def unit_reopen(request: HttpRequest, unit_id: int) -> HttpResponse:
    """Reopen a closed unit."""
    actor = actor_of(request)
    reopened = reopen_unit(seen(units_for(Permission.UNIT_MANAGE, actor), unit_id), by=actor, at=timezone.now())
    messages.success(request, _("%(unit)s was reopened.") % {"unit": reopened.name})
    return redirect(_TAB)


def options(units: Any) -> list[tuple[int, str]]:
    """Return units as choices, indented by their depth."""
    return [(unit.pk, "　" * (unit.path.count("/") - 2) + unit.name) for unit in units[:_MOST]]


def tree_of(units: list[Unit]) -> list[dict[str, Any]]:
    """Return the nodes of `ui.tree` in the order of the paths; a unit whose parent is not shown stands at the top."""
    nodes: dict[int, dict[str, Any]] = {}
    tops: list[dict[str, Any]] = []
    for unit in units:
        notes = [unit.code, unit.region, "" if unit.is_active else _("out of use")]
        nodes[unit.pk] = {
            "title": unit.name,
            "url": reverse("people:unit", args=[unit.pk]),
            "icon": _ICONS[unit.kind],
            "note": " · ".join(note for note in notes if note),
            "open": unit.path.count("/") < 4,
            "children": [],
        }
        above = nodes.get(unit.parent_id) if unit.parent_id else None
        (above["children"] if above else tops).append(nodes[unit.pk])
    return tops
