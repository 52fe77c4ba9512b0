"""The door's side of sign-in: who sends this request, and may he come in.

`grants` holds the queries and reads no clock; this module is for views, which stand at a door and do.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from banjie.kernel.errors import Refused
from banjie.people.actor import Actor
from banjie.people.grants import actor_of_member, actor_of_session, actor_of_token, digest_of, forget, person_of_session
from banjie.people.known import SignedIn
from banjie.people.permissions import Permission

__all__ = [
    "SignedOut",
    "actor_of",
    "actor_of_member",
    "actor_of_session",
    "actor_of_token",
    "digest_of",
    "forget",
    "needs",
    "person_of",
    "person_of_session",
    "signed_in",
    "signed_in_even_with_old_password",
]

P = ParamSpec("P")
_KEPT = "banjie_person"
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


class SignedOut(Refused):
    """Nobody is signed in."""

    status = 401
    code = "signed-out"
    default_message = _("You are signed out. Sign in again.")


def person_of(request: HttpRequest) -> SignedIn | None:
    """Return who is signed in, or None; asks the database at most once in a request and every five seconds."""
    known: SignedIn | None = getattr(request, _KEPT, None)
    if known is None and (key := request.session.session_key):
        known = person_of_session(key, timezone.now())
        setattr(request, _KEPT, known)
    return known


def actor_of(request: HttpRequest) -> Actor:
    """Return the actor of a page request.

    Raises:
        SignedOut: nobody is signed in; a view under `signed_in` never meets it.
    """
    person = person_of(request)
    if person is None:
        raise SignedOut
    return person.actor


def signed_in(view: View[P]) -> View[P]:
    """Let only signed-in people reach a view; others sign in first, and one-time passwords are replaced first."""

    @wraps(view)
    def inner(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        person = person_of(request)
        if person is None:
            return _to_sign_in(request)
        if person.must_change_password:
            return redirect("people:password")
        return view(request, *args, **kwargs)

    return inner


def signed_in_even_with_old_password(view: View[P]) -> View[P]:
    """Let signed-in people reach a view although they still have a one-time password (the page that replaces it)."""

    @wraps(view)
    def inner(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if person_of(request) is None:
            return _to_sign_in(request)
        return view(request, *args, **kwargs)

    return inner


def needs(permission: Permission) -> Callable[[View[P]], View[P]]:
    """Let only people with `permission` in some unit reach a view: `@needs(Permission.AUDIT_READ)`, includes `signed_in`.

    It keeps pages from being drawn for nothing; the verb behind the page asks again, for the unit concerned.
    """

    def decorate(view: View[P]) -> View[P]:
        @signed_in
        @wraps(view)
        def inner(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            actor_of(request).must(permission)
            return view(request, *args, **kwargs)

        return inner

    return decorate


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    """Send to the sign-in page, and from there back to where the reader was; a form's address cannot be opened again."""
    back = request.get_full_path() if request.method == "GET" else "/"
    return redirect_to_login(back, resolve_url(settings.LOGIN_URL))
