"""What allauth asks us: nobody signs up, and sign-in sets the member's language."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest, HttpResponse

from banjie.people.models import Member


class ClosedSignup(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """Refuse sign-up: members are created by an administrator."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # allauth's signature
        return False

    def add_message(self, request: HttpRequest, level: int, message_template: str | None = None, *rest: Any, **more: Any) -> None:
        """Say nothing about signing in and out: one sees it."""
        if message_template not in {"account/messages/logged_in.txt", "account/messages/logged_out.txt"}:
            super().add_message(request, level, message_template, *rest, **more)

    def is_safe_url(self, url: str | None) -> bool:
        """Accept only paths of this site as the page after sign-in."""
        return bool(url) and str(url).startswith("/") and bool(super().is_safe_url(url))

    def post_login(self, request: HttpRequest, user: AbstractBaseUser, **kwargs: Any) -> HttpResponse:
        """Greet in the language that the member chose in his profile, whatever the browser prefers."""
        response: HttpResponse = super().post_login(request, user, **kwargs)
        if isinstance(user, Member):
            response.set_cookie(settings.LANGUAGE_COOKIE_NAME, user.language, samesite="Lax", max_age=365 * 24 * 3600)
        return response
