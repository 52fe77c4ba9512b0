"""Begin: an organisation, its shipped roles and the first administrator."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.utils.translation import gettext as _

from banjie.kernel.errors import Unseen
from banjie.people.actor import Actor
from banjie.people.checks import Checklist, MemberDraft, UnitDraft
from banjie.people.events import facts_of, record
from banjie.people.guards import lock_organisation
from banjie.people.models import Member, Post, Unit
from banjie.people.passwords import weaknesses
from banjie.people.roles import ADMIN, install_shipped_roles
from banjie.people.verbs.units import create_unit

# Any number will do, as long as nobody else takes it.
_LOCK = 0x62616E6A6965


@dataclass(frozen=True, slots=True)
class Beginning:
    """What the first-run page asks for."""

    organisation: str
    member: MemberDraft
    password: str


@transaction.atomic
def first_administrator(beginning: Beginning, *, by: Actor, at: datetime) -> Member:
    """Create the organisation and the administrator of a new installation; only while there is no member at all.

    Raises:
        Unseen: somebody was here before; the page then does not exist.
        InvalidInput: an entry is missing or wrong, or the password is too easy.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    if not by.is_system or Member.objects.exists():
        raise Unseen
    draft = beginning.member.cleaned()
    found = Checklist()
    draft.check(found)
    found.demand(0 < len(beginning.organisation.strip()) <= 80, "organisation", _("Write the organisation's name, at most 80 characters."))
    member = Member(username=draft.username, name=draft.name, phone=draft.phone, email=draft.email, joined_at=at)
    found.errors += weaknesses(beginning.password, member, "password")
    found.settle()
    member.set_password(beginning.password)
    member.save()
    record("member.created", member.username, {"after": facts_of(member)}, by=by, at=at)
    root = lock_organisation() or create_unit(
        UnitDraft(code="HQ", name=beginning.organisation, kind=Unit.Kind.HEADQUARTERS), parent=None, by=by, at=at
    )
    role = install_shipped_roles(by=by, at=at)[ADMIN]
    post = Post.objects.create(member=member, role=role, unit=root, since=at)
    record("post.assigned", member.username, {"after": facts_of(post)}, by=by, at=at)
    return member
