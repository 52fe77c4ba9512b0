"""Create members, with their first post, from a workbook: all of it or nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from banjie.kernel.errors import FieldError, NotPermitted
from banjie.kernel.excel import Column, Row, read_table, refuse_rows
from banjie.kernel.excel_opening import Upload
from banjie.people.actor import Actor
from banjie.people.checks import Checklist, MemberDraft
from banjie.people.events import facts_of
from banjie.people.guards import lock_organisation, must_have_all
from banjie.people.models import AdminEvent, Member, Post, Role, Unit
from banjie.people.passwords import new_one_time_password, one_time_hash
from banjie.people.permissions import Permission

MOST_ROWS = 5000
MOST_BYTES = 5 * 1024 * 1024
_BATCH = 1000

# The titles are the organisation's words in its own files, so they are not translated; English ones are accepted.
COLUMNS = (
    Column("name", "姓名", required=True, max_length=60, width=14),
    Column("username", "登录名", required=True, max_length=60, width=18),
    Column("phone", "手机", max_length=30, width=18, other_titles=("手机号", "电话")),
    Column("email", "邮箱", max_length=254, width=26, other_titles=("电子邮箱",)),
    Column("unit", "单位编码", max_length=40, width=14, other_titles=("单位",)),
    Column("role", "岗位", max_length=60, width=16, other_titles=("角色",)),
)


@dataclass(frozen=True, slots=True)
class Imported:
    """A member just created and his one-time password, which is stored only as a hash."""

    member: Member
    password: str


@dataclass(frozen=True, slots=True)
class _Planned:
    draft: MemberDraft
    unit: Unit | None
    role: Role | None


class _Organisation:
    """Units by code and roles by code or title, read once for all rows."""

    def __init__(self) -> None:
        self.units = {unit.code.casefold(): unit for unit in Unit.objects.filter(is_active=True)}
        self.roles = {name.casefold(): role for role in Role.objects.all() for name in (role.title, role.code)}


@transaction.atomic
def import_members(file: Upload, *, by: Actor, at: datetime) -> list[Imported]:
    """Create every member of the workbook, at most 5,000 in 5 MB; one post each if unit and role are filled in.

    Raises:
        NotPermitted: `by` may not manage members.
        InvalidInput: naming each wrong row and column; nothing was created.
    """
    by.must(Permission.MEMBER_MANAGE)
    rows = read_table(file, COLUMNS, MOST_ROWS, MOST_BYTES)
    lock_organisation()
    planned = _checked(rows, by)
    passwords = [new_one_time_password() for _row in planned]
    members = Member.objects.bulk_create(
        [
            Member(
                username=plan.draft.username,
                name=plan.draft.name,
                phone=plan.draft.phone,
                email=plan.draft.email,
                password=one_time_hash(password),
                must_change_password=True,
                joined_at=at,
            )
            for plan, password in zip(planned, passwords, strict=True)
        ],
        batch_size=_BATCH,
    )
    posts = [
        Post(member=member, role=plan.role, unit=plan.unit, since=at)
        for member, plan in zip(members, planned, strict=True)
        if plan.role and plan.unit
    ]
    Post.objects.bulk_create(posts, batch_size=_BATCH)
    _record(members, posts, by=by, at=at)
    return [Imported(member, password) for member, password in zip(members, passwords, strict=True)]


def _checked(rows: Sequence[Row], by: Actor) -> list[_Planned]:
    organisation = _Organisation()
    drafts = [MemberDraft(username=row["username"], name=row["name"], phone=row["phone"], email=row["email"]).cleaned() for row in rows]
    taken = _taken(draft.username for draft in drafts)
    seen: dict[str, int] = {}
    planned: list[_Planned] = []
    errors: list[FieldError] = []
    for row, draft in zip(rows, drafts, strict=True):
        found = Checklist()
        draft.check(found)
        found.demand(draft.username not in taken, "username", _("Another account has this sign-in name."))
        first = seen.setdefault(draft.username, row.number)
        found.demand(first == row.number, "username", _("Row %(row)d has the same sign-in name.") % {"row": first})
        planned.append(_Planned(draft, *_post(row, organisation, by, found)))
        errors += [row.error(error.field, error.message) for error in found.errors]
    refuse_rows(errors)
    return planned


def _post(row: Row, organisation: _Organisation, by: Actor, found: Checklist) -> tuple[Unit | None, Role | None]:
    """Find the row's unit and role, and refuse what `by` may not hand out there."""
    unit, role = organisation.units.get(row["unit"].casefold()), organisation.roles.get(row["role"].casefold())
    found.demand(unit or not row["unit"], "unit", _("There is no active unit with the code %(code)s.") % {"code": row["unit"]})
    found.demand(role or not row["role"], "role", _("There is no role called %(role)s.") % {"role": row["role"]})
    found.demand(bool(row["unit"]) == bool(row["role"]), "role", _("Fill in both unit and role, or neither."))
    if unit and role:
        try:
            by.must(Permission.MEMBER_MANAGE, unit.path)
            must_have_all(role.permissions, unit.path, by)
        except NotPermitted as refused:
            found.demand(False, "role", refused.message)
    return unit, role


def _taken(usernames: Iterable[str]) -> set[str]:
    return set(Member.objects.filter(username__in=list(usernames)).values_list("username", flat=True))


def _record(members: Sequence[Member], posts: Sequence[Post], *, by: Actor, at: datetime) -> None:
    """Log each member and post, as if entered one by one, and the import itself."""
    entries = [("member.created", member.username, {"after": facts_of(member)}) for member in members]
    entries += [("post.assigned", post.member.username, {"after": facts_of(post)}) for post in posts]
    entries.append(("member.imported", str(len(members)), {"after": {"members": len(members), "posts": len(posts)}}))
    AdminEvent.objects.bulk_create(
        [
            AdminEvent(at=at, actor_name=by.name[:80], member_id=by.member_id, kind=kind, subject=subject, detail=detail)
            for kind, subject, detail in entries
        ],
        batch_size=_BATCH,
    )
