"""What `banjie serve` tells when the site is up."""

from __future__ import annotations

from typing import TypedDict


class SignIn(TypedDict):
    """A sign-in of the demonstration."""

    username: str
    password: str
    who: str


# Whom to show: one of each kind of work. The rest is in the member list.
SHOWN = ("li", "wang", "kf_gz", "xj_hn1", "audit", "admin")


def sign_ins() -> list[SignIn]:
    """Return the sign-ins to print; empty when the database holds no demonstration."""
    from django.conf import settings

    from banjie.people.models import Post
    from banjie.simulation.demo import password_file

    file = password_file(settings.ENV.home)
    if not file.exists():
        return []
    posts = {
        p.member.username: p for p in Post.objects.filter(member__username__in=SHOWN, until=None).select_related("member", "role", "unit")
    }
    return [
        {
            "username": name,
            "password": file.read_text(),
            "who": f"{posts[name].member.name} · {posts[name].role.title} · {posts[name].unit.name}",
        }
        for name in SHOWN
        if name in posts
    ]
