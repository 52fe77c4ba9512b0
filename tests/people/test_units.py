"""Founding, changing, moving and closing units."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from banjie.kernel.errors import InvalidInput, NotPermitted
from banjie.people.access import actor_of_member
from banjie.people.actor import Actor
from banjie.people.checks import RoleDraft, UnitDraft
from banjie.people.models import AdminEvent, Member, Unit
from banjie.people.permissions import Permission
from banjie.people.verbs.posts import assign_post
from banjie.people.verbs.roles import create_role
from banjie.people.verbs.units import (
    BelowItself,
    RootStays,
    TooDeep,
    UnitClosed,
    UnitInUse,
    change_unit,
    close_unit,
    create_unit,
    move_unit,
    reopen_unit,
)
from tests.cast import BUILDER, SHANGHAI, Cast, Person

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=SHANGHAI)
NEW = UnitDraft("GD", " 广东 分公司 ", "branch", "广东")


def unit_manager(cast: Cast, person: Person, unit: str) -> Person:
    """Let `person` manage the units below `unit`."""
    draft = RoleDraft("unit_clerk", "单位管理员", "subtree", frozenset({Permission.UNIT_MANAGE}))
    role = create_role(draft, by=BUILDER, at=NOW)
    assign_post(person.member, role=role, unit=cast.units[unit], by=BUILDER, at=NOW)
    return Person(person.member, actor_of_member(person.member.pk, NOW), "")


def tree() -> list[tuple[object, ...]]:
    return list(Unit.objects.order_by("pk").values_list("code", "name", "path", "parent__code", "is_active"))


def test_a_new_unit_stands_below_its_parent_and_in_the_log(cast: Cast) -> None:
    unit = create_unit(NEW, parent=cast.units["HQ"], by=cast.admin.actor, at=NOW)

    unit.refresh_from_db()
    assert (unit.name, unit.path, unit.created_at) == ("广东 分公司", f"{cast.units['HQ'].path}{unit.pk}/", NOW)
    event = AdminEvent.objects.get()
    assert (event.kind, event.subject, event.actor_name, event.member_id) == (
        "unit.created",
        "GD",
        cast.admin.member.name,
        cast.admin.member.pk,
    )
    assert event.detail["after"]["region"] == "广东"


@pytest.mark.parametrize(
    ("draft", "field"),
    [
        (UnitDraft("", "x", "branch"), "code"),
        (UnitDraft("a b", "x", "branch"), "code"),
        (UnitDraft("hn", "x", "branch"), "code"),
        (UnitDraft("X", "  ", "branch"), "name"),
        (UnitDraft("X", "x" * 81, "branch"), "name"),
        (UnitDraft("X", "x", "castle"), "kind"),
        (UnitDraft("X", "x", "branch", "x" * 81), "region"),
    ],
)
def test_a_wrong_entry_is_named_and_nothing_founded(cast: Cast, draft: UnitDraft, field: str) -> None:
    before = tree()

    with pytest.raises(InvalidInput) as refused:
        create_unit(draft, parent=cast.units["HQ"], by=cast.admin.actor, at=NOW)

    assert [error.field for error in refused.value.errors] == [field]
    assert tree() == before
    assert not AdminEvent.objects.exists()


def test_there_is_one_topmost_unit(cast: Cast) -> None:
    with pytest.raises(RootStays):
        create_unit(NEW, parent=None, by=cast.admin.actor, at=NOW)


def test_a_branch_clerk_founds_below_his_branch_only(cast: Cast) -> None:
    clerk = unit_manager(cast, cast.boss_hn, "HN")

    create_unit(NEW, parent=cast.units["HN-CS"], by=clerk.actor, at=NOW)

    for code in ("HQ", "GZ"):
        with pytest.raises(NotPermitted):
            create_unit(UnitDraft("GD2", "x", "branch"), parent=cast.units[code], by=clerk.actor, at=NOW)


def test_a_tree_cannot_grow_without_end(cast: Cast) -> None:
    unit = cast.units["HN"]
    Unit.objects.filter(pk=unit.pk).update(path="/" + "1" * 197 + "/")

    with pytest.raises(TooDeep):
        create_unit(NEW, parent=unit, by=BUILDER, at=NOW)


def test_renaming_is_logged_with_what_was_before(cast: Cast) -> None:
    change_unit(cast.units["HN"], UnitDraft("HN", "湖南分公司", "branch", "湖南省"), by=cast.admin.actor, at=NOW)

    event = AdminEvent.objects.get()
    assert (event.kind, event.detail) == ("unit.changed", {"before": {"region": "湖南"}, "after": {"region": "湖南省"}})


def test_changing_nothing_logs_nothing(cast: Cast) -> None:
    change_unit(cast.units["HN"], UnitDraft("HN", "湖南分公司", "branch", "湖南"), by=cast.admin.actor, at=NOW)

    assert not AdminEvent.objects.exists()


def test_moving_takes_the_whole_subtree_along(cast: Cast) -> None:
    move_unit(cast.units["HN"], to=cast.units["GZ"], by=cast.admin.actor, at=NOW)

    paths = dict(Unit.objects.values_list("code", "path"))
    assert paths["HN"] == f"{paths['GZ']}{cast.units['HN'].pk}/"
    assert paths["HN-CS"] == f"{paths['HN']}{cast.units['HN-CS'].pk}/"
    assert paths["GZ-GY"] == cast.units["GZ-GY"].path
    assert actor_of_member(cast.gu_gz.member.pk, NOW).may(Permission.TICKET_READ, paths["HN-CS"])
    assert AdminEvent.objects.get().kind == "unit.moved"


@pytest.mark.parametrize(
    ("unit", "to", "refusal"),
    [("HN", "HN", BelowItself), ("HN", "HN-CS", BelowItself), ("HQ", "HN", RootStays)],
)
def test_a_unit_cannot_be_moved_below_itself_nor_the_root_at_all(cast: Cast, unit: str, to: str, refusal: type[Exception]) -> None:
    before = tree()

    with pytest.raises(refusal):
        move_unit(cast.units[unit], to=cast.units[to], by=cast.admin.actor, at=NOW)

    assert tree() == before


def test_moving_needs_both_places(cast: Cast) -> None:
    clerk = unit_manager(cast, cast.boss_hn, "HN")

    move_unit(cast.units["HN-CS"], to=cast.units["HN-YY"], by=clerk.actor, at=NOW)

    with pytest.raises(NotPermitted):
        move_unit(cast.units["HN-CS"], to=cast.units["GZ"], by=clerk.actor, at=NOW)
    with pytest.raises(NotPermitted):
        move_unit(cast.units["GZ-GY"], to=cast.units["HN"], by=clerk.actor, at=NOW)


def test_moving_too_deep_is_refused(cast: Cast) -> None:
    above = cast.units["HN"].path
    Unit.objects.filter(code="HN-CS").update(path=above + "9" * (199 - len(above)) + "/")

    with pytest.raises(TooDeep):
        move_unit(cast.units["HN"], to=cast.units["GZ-GY"], by=cast.admin.actor, at=NOW)


def test_a_unit_in_use_is_not_closed(cast: Cast) -> None:
    for code in ("HN", "HN-CS"):
        with pytest.raises(UnitInUse):
            close_unit(cast.units[code], by=cast.admin.actor, at=NOW)
    with pytest.raises(RootStays):
        close_unit(cast.units["HQ"], by=cast.admin.actor, at=NOW)


def test_a_closed_unit_takes_nobody_until_it_is_reopened(cast: Cast) -> None:
    unit = create_unit(NEW, parent=cast.units["HQ"], by=cast.admin.actor, at=NOW)
    close_unit(unit, by=cast.admin.actor, at=NOW)

    with pytest.raises(UnitClosed):
        create_unit(UnitDraft("GZ1", "广州", "district"), parent=unit, by=cast.admin.actor, at=NOW)
    with pytest.raises(UnitClosed):
        move_unit(cast.units["GZ"], to=unit, by=cast.admin.actor, at=NOW)
    with pytest.raises(UnitClosed):
        assign_post(cast.mallory.member, role=cast.roles["engineer"], unit=unit, by=cast.admin.actor, at=NOW)

    reopen_unit(unit, by=cast.admin.actor, at=NOW)
    assert create_unit(UnitDraft("GZ1", "广州", "district"), parent=unit, by=cast.admin.actor, at=NOW).pk


def test_a_unit_below_a_closed_one_is_not_reopened(cast: Cast) -> None:
    upper = create_unit(NEW, parent=cast.units["HQ"], by=cast.admin.actor, at=NOW)
    lower = create_unit(UnitDraft("GD1", "广州", "district"), parent=upper, by=cast.admin.actor, at=NOW)
    close_unit(lower, by=cast.admin.actor, at=NOW)
    close_unit(upper, by=cast.admin.actor, at=NOW)

    with pytest.raises(UnitClosed):
        reopen_unit(lower, by=cast.admin.actor, at=NOW)


@pytest.mark.req("PLT-09")
def test_nobody_else_changes_units(cast: Cast) -> None:
    before = tree()
    unit, draft = cast.units["HN"], UnitDraft("HN", "x", "branch")
    attempts: list[Callable[[Actor], object]] = [
        lambda by: create_unit(NEW, parent=unit, by=by, at=NOW),
        lambda by: change_unit(unit, draft, by=by, at=NOW),
        lambda by: move_unit(unit, to=cast.units["GZ"], by=by, at=NOW),
        lambda by: close_unit(unit, by=by, at=NOW),
        lambda by: reopen_unit(unit, by=by, at=NOW),
    ]

    for person in (cast.li, cast.wang_sup, cast.chen_hn, cast.boss_hn, cast.zhao, cast.auditor, cast.mallory):
        for attempt in attempts:
            with pytest.raises(NotPermitted):
                attempt(person.actor)

    assert tree() == before
    assert not AdminEvent.objects.exists()
    assert Member.objects.count() == 12
