"""Doors of the beginning: first run, sign-in, own password."""

from __future__ import annotations

from allauth.account.views import login as allauth_login
from allauth.core import ratelimit
from django.contrib import messages
from django.contrib.auth import HASH_SESSION_KEY, login
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from banjie.kernel.errors import Refused, Unseen
from banjie.people.access import actor_of, person_of, signed_in_even_with_old_password
from banjie.people.actor import Actor
from banjie.people.forms import member_draft
from banjie.people.queries import is_untouched
from banjie.people.verbs.first_administrator import Beginning, first_administrator
from banjie.people.verbs.passwords import change_own_password

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


class TooManyTries(Refused):
    """Guessing is slowed down."""

    status = 429
    code = "too-many-tries"


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def first_run(request: HttpRequest) -> HttpResponse:
    """Create the organisation and its administrator, once."""
    if not is_untouched():
        raise Unseen
    if request.method == "GET":
        return render(request, "people/first_run.html")
    beginning = Beginning(request.POST.get("organisation", ""), member_draft(request.POST), request.POST.get("password", ""))
    member = first_administrator(beginning, by=Actor.system("first-run"), at=timezone.now())
    login(request, member, backend=BACKEND)
    return redirect("people:units")


def sign_in(request: HttpRequest) -> HttpResponseBase:
    """Sign in through allauth; a new installation begins with its first run instead."""
    if request.method == "GET" and is_untouched():
        return redirect("people:first_run")
    answer: HttpResponseBase = allauth_login(request)
    return answer


@never_cache
@sensitive_post_parameters("old", "new")
@require_http_methods(["GET", "POST"])
@signed_in_even_with_old_password
def password(request: HttpRequest) -> HttpResponse:
    """Choose a new password; whoever still has a one-time password sees only this page."""
    if request.method == "GET":
        person = person_of(request)
        return render(request, "people/password.html", {"is_forced": person is not None and person.must_change_password})
    if not ratelimit.consume(request, action="change_password", user=request.user):
        raise TooManyTries(_("Too many tries. Wait a minute and try again."))
    sent = request.POST
    member = change_own_password(old=sent.get("old", ""), new=sent.get("new", ""), by=actor_of(request), at=timezone.now())
    request.session.cycle_key()
    request.session[HASH_SESSION_KEY] = member.get_session_auth_hash()
    messages.success(request, _("Your password was changed. Other devices were signed out."))
    return redirect("people:profile")
