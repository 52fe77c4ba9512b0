"""Doors of appointments."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from banjie.people.access import actor_of, needs
from banjie.people.forms import chosen, seen
from banjie.people.models import Post, Role
from banjie.people.permissions import Permission
from banjie.people.queries import members_for, units_for
from banjie.people.verbs.posts import assign_post, end_post


@require_POST
@needs(Permission.MEMBER_MANAGE)
def post_new(request: HttpRequest, member_id: int) -> HttpResponse:
    """Appoint a member."""
    actor, now = actor_of(request), timezone.now()
    member = seen(members_for(actor, now), member_id)
    unit = chosen(units_for(Permission.MEMBER_MANAGE, actor), request.POST, "unit")
    post = assign_post(member, role=chosen(Role.objects.all(), request.POST, "role"), unit=unit, by=actor, at=now)
    messages.success(
        request, _("%(name)s is now %(role)s of %(unit)s.") % {"name": member.name, "role": post.role.title, "unit": unit.name}
    )
    return redirect("people:member", member_id)


@require_POST
@needs(Permission.MEMBER_MANAGE)
def post_end(request: HttpRequest, post_id: int) -> HttpResponse:
    """End a post."""
    actor, now = actor_of(request), timezone.now()
    post = seen(Post.objects.filter(member__in=members_for(actor, now)), post_id)
    end_post(post, by=actor, at=now)
    messages.success(request, _("The post has ended."))
    return redirect("people:member", post.member_id)
