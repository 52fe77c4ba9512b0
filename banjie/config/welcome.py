"""What `banjie serve` tells when the site is up."""

from __future__ import annotations

from typing import TypedDict


class SignIn(TypedDict):
    """A sign-in of the demonstration; `of` is the regulation by which he works."""

    username: str
    password: str
    who: str
    of: str


# Of the first regulation these are shown, one of each kind of work; last come those who look after everything.
FIRST = ("li", "wang", "kf_gz", "xj_hn1")
OVER_ALL = ("audit", "admin")
THE_WHOLE = "全部管理办法"


def sign_ins() -> list[SignIn]:
    """Return the sign-ins to print, by regulation; empty when the database holds no demonstration."""
    from django.conf import settings

    from banjie.people.models import Post
    from banjie.rulebook.shipped import shipped_titles
    from banjie.simulation.demo import BOOK, password_file
    from banjie.simulation.showing import read_shown

    file = password_file(settings.ENV.home)
    if not file.exists():
        return []
    titles = shipped_titles()
    shown = {BOOK: FIRST, **read_shown(settings.ENV.home), "": OVER_ALL}
    wanted = [(slug, name) for slug, names in shown.items() for name in names]
    posts: dict[str, list[Post]] = {}
    for post in Post.objects.filter(member__username__in={name for _slug, name in wanted}, until=None).select_related(
        "member", "role", "unit"
    ):
        posts.setdefault(post.member.username, []).append(post)
    password = file.read_text()
    return [
        {
            "username": name,
            "password": password,
            "who": f"{posts[name][0].member.name} · {posts[name][0].role.title} · {posts[name][0].unit.name}",
            "of": titles.get(slug, slug) or THE_WHOLE,
        }
        for slug, name in wanted
        if name in posts
    ]
