"""The administration log: who changed which unit, member, role, calendar or rulebook (PLT-05)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from banjie.people.actor import Actor
from banjie.people.models import AdminEvent, Member, Post, Role, Token, Unit


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
