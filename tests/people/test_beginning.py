"""The first administrator, and the log that nobody can change."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest
from django.db import IntegrityError, transaction

from banjie.kernel.errors import InvalidInput, Unseen
from banjie.people.access import actor_of_member
from banjie.people.actor import Actor
from banjie.people.checks import MemberDraft
from banjie.people.models import AdminEvent, Member, Role, Unit
from banjie.people.permissions import Permission
from banjie.people.verbs.first_administrator import Beginning, first_administrator
from tests.cast import SHANGHAI, Cast

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=SHANGHAI)
FIRST_RUN = Actor.system("first-run")
BEGINNING = Beginning("长江支付", MemberDraft("Boss", "何老板"), "cha hua 2026!")


@pytest.mark.usefixtures("db")
def test_the_first_administrator_may_everything() -> None:
    member = first_administrator(BEGINNING, by=FIRST_RUN, at=NOW)

    root = Unit.objects.get()
    actor = actor_of_member(member.pk, NOW)
    assert (root.name, root.path, member.username) == ("长江支付", f"/{root.pk}/", "boss")
    assert member.check_password("cha hua 2026!")
    assert all(actor.may(permission, root.path) for permission in Permission)
    assert Role.objects.filter(code="hq_agent").exists()
    assert {"unit.created", "role.created", "member.created", "post.assigned"} == set(AdminEvent.objects.values_list("kind", flat=True))


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize(
    ("beginning", "fields"),
    [
        (replace(BEGINNING, organisation=" "), ["organisation"]),
        (replace(BEGINNING, password="q8!z"), ["password"]),
        (replace(BEGINNING, member=MemberDraft("b", "")), ["username", "name"]),
    ],
)
def test_a_wrong_entry_is_named_and_nothing_begun(beginning: Beginning, fields: list[str]) -> None:
    with pytest.raises(InvalidInput) as refused:
        first_administrator(beginning, by=FIRST_RUN, at=NOW)

    assert [error.field for error in refused.value.errors] == fields
    assert not Member.objects.exists()
    assert not Unit.objects.exists()


def test_there_is_only_one_beginning(cast: Cast) -> None:
    with pytest.raises(Unseen):
        first_administrator(BEGINNING, by=FIRST_RUN, at=NOW)

    assert not Member.objects.filter(username="boss").exists()


@pytest.mark.usefixtures("db")
def test_only_the_first_run_begins() -> None:
    somebody = Actor.system("x")
    nobody = replace(somebody, door=next(door for door in type(somebody.door) if door != somebody.door))

    with pytest.raises(Unseen):
        first_administrator(BEGINNING, by=nobody, at=NOW)


@pytest.mark.usefixtures("db")
def test_the_administration_log_cannot_be_changed() -> None:
    first_administrator(BEGINNING, by=FIRST_RUN, at=NOW)
    count = AdminEvent.objects.count()

    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        AdminEvent.objects.update(subject="x")
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        AdminEvent.objects.all().delete()

    assert AdminEvent.objects.exclude(subject="x").count() == count
