"""The administration log: who changed which unit, member, role, calendar or rulebook (PLT-05)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from banjie.people.actor import Actor
from banjie.people.models import AdminEvent, Member, Post, Role, Token, Unit

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

# Names of values, as facts_of() and the other rooms' details write them.
_FIELDS: dict[str, StrOrPromise] = {
    "authenticators": _("second factors"),
    "code": _("code"),
    "course": _("course"),
    "passed": _("passed"),
    "score": _("score"),
    "email": _("e-mail"),
    "is_active": _("in use"),
    "kind": _("kind"),
    "language": _("language"),
    "member": _("member"),
    "members": _("members"),
    "name": _("name"),
    "path": _("path"),
    "permissions": _("permissions"),
    "deputy": _("deputy"),
    "phone": _("phone"),
    "posts": _("posts"),
    "reason": _("reason"),
    "region": _("region"),
    "role": _("role"),
    "scope": _("scope"),
    "title": _("title"),
    "tokens": _("tokens"),
    "unit": _("unit"),
    "username": _("sign-in name"),
}

_KINDS: dict[str, StrOrPromise] = {
    "certificate.examined": _("Examination result entered"),
    "certificate.revoked": _("Certificate taken back"),
    "certificate.waived": _("Acting without certificate approved"),
    "certificate.waiver_asked": _("Acting without certificate asked for"),
    "certificate.waiver_refused": _("Acting without certificate refused"),
    "deputy.ended": _("Deputy's time ended"),
    "deputy.named": _("Deputy named"),
    "text.retried": _("Text message sent again"),
    "member.changed": _("Member changed"),
    "member.created": _("Member created"),
    "member.deactivated": _("Member deactivated"),
    "member.imported": _("Members imported"),
    "member.password_changed": _("Password changed"),
    "member.password_reset": _("Password reset"),
    "member.reactivated": _("Member reactivated"),
    "member.second_factor_removed": _("Second factor removed"),
    "post.assigned": _("Post assigned"),
    "post.ended": _("Post ended"),
    "role.changed": _("Role changed"),
    "role.created": _("Role created"),
    "token.created": _("Token created"),
    "token.revoked": _("Token revoked"),
    "unit.changed": _("Unit changed"),
    "unit.closed": _("Unit closed"),
    "unit.created": _("Unit created"),
    "unit.moved": _("Unit moved"),
    "unit.reopened": _("Unit reopened"),
}


def record(kind: str, subject: str, detail: Mapping[str, Any] | None = None, *, by: Actor, at: datetime) -> AdminEvent:
    """Append an entry, e.g. `record("unit.renamed", "HN 湖南分公司", changed(before, after), by=by, at=at)`.

    `detail` holds JSON values; never a password or a token.
    """
    return AdminEvent.objects.create(
        at=at,
        actor_name=by.name[:80],
        member_id=by.member_id,
        kind=kind,
        subject=subject[:160],
        detail=dict(detail or {}),
    )


def changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values that differ, as `{"before": {...}, "after": {...}}`."""
    names = [name for name in before.keys() | after.keys() if before.get(name) != after.get(name)]
    return {
        "before": {name: before[name] for name in sorted(names) if name in before},
        "after": {name: after[name] for name in sorted(names) if name in after},
    }


def facts_of(thing: Unit | Member | Role | Post | Token) -> dict[str, Any]:
    """Return what the log tells about a record, in JSON values and without secrets."""
    match thing:
        case Unit():
            return {
                "code": thing.code,
                "name": thing.name,
                "kind": thing.kind,
                "path": thing.path,
                "region": thing.region,
                "is_active": thing.is_active,
            }
        case Member():
            return {
                "username": thing.username,
                "name": thing.name,
                "phone": thing.phone,
                "email": thing.email,
                "language": thing.language,
                "is_active": thing.is_active,
            }
        case Role():
            return {"code": thing.code, "title": thing.title, "scope": thing.scope, "permissions": sorted(thing.permissions)}
        case Post():
            return {"member": thing.member.username, "role": thing.role.code, "unit": thing.unit.code}
        case Token():
            return {"member": thing.member.username, "name": thing.name, "scope": thing.scope}


def name_kinds(kinds: Mapping[str, StrOrPromise], fields: Mapping[str, StrOrPromise] | None = None) -> None:
    """Give kinds of entries, and the values that they tell, their words; a room's `events` calls it once, when Django is ready."""
    _KINDS.update(kinds)
    _FIELDS.update(fields or {})


def titles() -> list[tuple[str, str]]:
    """Return the known kinds as choices, alphabetically."""
    return [(kind, str(title)) for kind, title in sorted(_KINDS.items())]


def title_of(kind: str) -> str:
    """Return the words of a kind, or the kind itself when nobody named it."""
    return str(_KINDS.get(kind, kind))


def in_words(detail: Mapping[str, Any]) -> str:
    """Return a change in one line, e.g. "name: 李娜 → 李娜娜; phone: 139 → —"."""
    before, after = detail.get("before") or {}, detail.get("after") or {}
    if not isinstance(before, dict) or not isinstance(after, dict):
        return _one(detail)
    names = list(dict.fromkeys([*before, *after]))
    if before and after:
        return "; ".join(f"{_field(name)}: {_one(before.get(name))} → {_one(after.get(name))}" for name in names)
    rest = {name: value for name, value in detail.items() if name not in {"before", "after"}}
    return "; ".join(f"{_field(name)}: {_one(value)}" for name, value in {**before, **after, **rest}.items())


def _field(name: str) -> str:
    return str(_FIELDS.get(name, name))


def _one(value: object) -> str:
    match value:
        case None | "" | [] | {}:
            return "—"
        case bool():
            return str(_("yes") if value else _("no"))
        case list():
            return "、".join(map(str, value))
        case dict():
            return "; ".join(f"{_field(name)}: {_one(part)}" for name, part in value.items())
        case _:
            return str(value)
