"""The house in which the run takes place: the demonstration's organisation and regulation, with tokens and sessions."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

BOOK = "pos-terminal-service"


@dataclass(slots=True)
class House:
    """What the load needs to know. Tokens and cookies are by sign-in name, engineers' tokens also by member id."""

    tokens: dict[str, str] = field(default_factory=dict)
    cookies: dict[str, str] = field(default_factory=dict)
    engineers: dict[int, str] = field(default_factory=dict)
    terminals: list[tuple[str, int]] = field(default_factory=list)
    members: dict[str, int] = field(default_factory=dict)


def found(now: datetime, *, all_books: bool = False) -> House:
    """Migrate, build the organisation, activate the regulation (or all that are shipped), and give everybody a token and a session."""
    import django

    django.setup()
    from django.core.management import call_command

    from banjie.people.models import Member
    from banjie.rulebook.shipped import FOLDER, install_shipped
    from banjie.simulation.organisation import FOUNDER, build
    from banjie.worktime.verbs.install_shipped import install_shipped_calendars

    call_command("migrate", interactive=False, verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    begin = now - timedelta(days=730)
    if not Member.objects.exists():
        build(Random(1), "bench-only", at=begin)
        install_shipped_calendars(by=FOUNDER, at=begin)
        for slug in {BOOK} | ({file.stem for file in FOLDER.glob("*.yaml")} if all_books else set()):
            install_shipped(slug, by=FOUNDER, at=begin)
    house = House()
    for member in Member.objects.filter(is_active=True):
        house.members[member.username] = member.pk
        house.tokens[member.username] = _token(member.pk, now)
        house.cookies[member.username] = session(member)
    _field_service(house)
    return house


def _token(member_id: int, now: datetime) -> str:
    from banjie.people.access import actor_of_member
    from banjie.people.verbs.tokens import create_token

    return create_token(name="bench", scope="write", expires_at=None, by=actor_of_member(member_id, now), at=now).secret


def session(member: Any) -> str:
    """Sign a member in and return the cookie."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

    from banjie.people.sessions import SessionStore

    store = SessionStore()
    store[SESSION_KEY] = str(member.pk)
    store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    store[HASH_SESSION_KEY] = member.get_session_auth_hash()
    store.create()
    return f"{settings.SESSION_COOKIE_NAME}={store.session_key}"


def _field_service(house: House) -> None:
    """Note the terminals that have an engineer, and the engineers' tokens by their numbers."""
    from banjie.customers.models import AssetKey

    names = {pk: name for name, pk in house.members.items()}
    keys = AssetKey.objects.filter(kind="terminal_no", asset__engineer__isnull=False).select_related("asset").order_by("id")
    for key in keys:
        engineer = key.asset.engineer_id
        assert engineer is not None
        house.terminals.append((key.value, engineer))
        house.engineers[engineer] = house.tokens[names[engineer]]
