"""What `banjie serve` tells when the site is up."""

from __future__ import annotations

from typing import TypedDict


class SignIn(TypedDict):
    """A sign-in of the demonstration."""

    username: str
    password: str
    who: str


def sign_ins() -> list[SignIn]:
    """Return the sign-ins to print; empty when the database holds no demonstration."""
    return []
