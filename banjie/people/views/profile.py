"""Doors of one's own affairs: language and tokens."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from banjie.people.access import actor_of, signed_in
from banjie.people.forms import end_of_day, seen
from banjie.people.models import Member, Token
from banjie.people.queries import posts_at, tokens_in_use
from banjie.people.verbs.language import change_own_language
from banjie.people.verbs.tokens import create_token, revoke_token
from banjie.people.views.certificates import certificates_of
from banjie.people.views.page import secret, shown_once


@require_safe
@signed_in
def profile(request: HttpRequest) -> HttpResponse:
    """Show one's posts, language, second factor and tokens."""
    now = timezone.now()
    member = Member.objects.prefetch_related(posts_at(now)).get(pk=actor_of(request).member_id or 0)
    context = {
        "member": member,
        "posts": member.current,  # type: ignore[attr-defined]  # prefetched above
        "languages": settings.LANGUAGES,
        "scopes": Token.Scope.choices,
        "tokens": list(tokens_in_use(now).filter(member=member)),
        "now": now,
    }
    return render(request, "people/profile.html", context | certificates_of(member, now))


@require_POST
@signed_in
def language(request: HttpRequest) -> HttpResponse:
    """Change one's language, in this browser at once."""
    member = change_own_language(request.POST.get("language", ""), by=actor_of(request), at=timezone.now())
    response = redirect("people:profile")
    response.set_cookie(settings.LANGUAGE_COOKIE_NAME, member.language, samesite="Lax", max_age=365 * 24 * 3600)
    return response


@require_POST
@signed_in
def token_new(request: HttpRequest) -> HttpResponse:
    """Issue a token and show its secret."""
    sent, now = request.POST, timezone.now()
    expires_at = end_of_day(sent, "expires_at")
    made = create_token(name=sent.get("name", ""), scope=sent.get("scope", ""), expires_at=expires_at, by=actor_of(request), at=now)
    return secret(request, _("Token %(name)s") % {"name": made.token.name}, made.secret, note=shown_once(), back=reverse("people:profile"))


@require_POST
@signed_in
def token_revoke(request: HttpRequest, token_id: int) -> HttpResponse:
    """Withdraw a token, one's own or, with the permission, anybody's."""
    token = revoke_token(seen(Token.objects.all(), token_id), by=actor_of(request), at=timezone.now())
    messages.success(request, _("Token %(name)s was revoked.") % {"name": token.name})
    return redirect("people:profile" if token.member_id == actor_of(request).member_id else "people:tokens")
