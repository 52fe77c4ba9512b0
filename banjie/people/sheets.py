"""Lists of this room as workbooks."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from banjie.kernel.excel import Column, Sheet, write_workbook
from banjie.people.events import in_words, title_of
from banjie.people.models import AdminEvent, Member, Role, Unit
from banjie.people.verbs.import_members import COLUMNS, Imported

MOST_ROWS = 20_000


def members_sheet(members: QuerySet[Member]) -> bytes:
    """Return members with their current posts (prefetched as `current`), at most 20,000."""
    columns = (
        Column("name", _("Full name")),
        Column("username", _("Sign-in name")),
        Column("phone", _("Phone")),
        Column("email", _("E-mail"), width=26),
        Column("posts", _("Posts"), width=50),
        Column("state", _("State")),
        Column("joined_at", _("Joined"), width=20),
    )
    rows = (
        (
            member.name,
            member.username,
            member.phone,
            member.email,
            "；".join(f"{post.unit.name} {post.role.title}" for post in member.current),  # type: ignore[attr-defined]
            _("working here") if member.is_active else _("has left"),
            member.joined_at,
        )
        for member in members[:MOST_ROWS].iterator(chunk_size=1000)
    )
    return write_workbook([Sheet(_("Members"), columns, rows)])


def log_sheet(entries: QuerySet[AdminEvent]) -> bytes:
    """Return entries of the administration log, at most 20,000."""
    columns = (
        Column("at", _("Time"), width=20),
        Column("actor", _("Who")),
        Column("kind", _("What"), width=24),
        Column("subject", _("Concerning"), width=24),
        Column("detail", _("Change"), width=70),
    )
    rows = (
        (entry.at, entry.actor_name, title_of(entry.kind), entry.subject, in_words(entry.detail))
        for entry in entries[:MOST_ROWS].iterator(chunk_size=1000)
    )
    return write_workbook([Sheet(_("Administration log"), columns, rows)])


def import_template() -> bytes:
    """Return the workbook to fill in, with a second sheet that lists the unit codes and roles."""
    units = Unit.objects.filter(is_active=True).order_by("path").values_list("code", "name")[:MOST_ROWS]
    roles = Role.objects.order_by("code").values_list("code", "title")[:MOST_ROWS]
    return write_workbook(
        [
            Sheet("成员", COLUMNS, []),
            Sheet("单位编码", (Column("code", "单位编码"), Column("name", "单位名称", width=30)), units),
            Sheet("岗位", (Column("code", "岗位代码"), Column("title", "岗位名称", width=30)), roles),
        ]
    )


def password_sheet(imported: Sequence[Imported]) -> bytes:
    """Return the workbook of one-time passwords: made once, kept nowhere."""
    columns = (Column("name", "姓名"), Column("username", "登录名"), Column("password", "一次性密码", width=24))
    return write_workbook([Sheet("一次性密码", columns, ([one.member.name, one.member.username, one.password] for one in imported))])
