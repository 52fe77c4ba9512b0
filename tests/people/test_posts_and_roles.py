"""Appointing people, and saying what a role allows: nobody lifts himself up."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from banjie.kernel.errors import InvalidInput, NotPermitted
from banjie.people.access import actor_of_member
from banjie.people.actor import Actor
from banjie.people.checks import RoleDraft
from banjie.people.guards import LastAdministrator, Outranked
from banjie.people.models import AdminEvent, Post, Role
from banjie.people.permissions import Permission
from banjie.people.roles import SHIPPED, install_shipped_roles
from banjie.people.verbs.members import deactivate_member
from banjie.people.verbs.posts import AlreadyEnded, AlreadyHeld, MemberInactive, OwnPost, assign_post, end_post
from banjie.people.verbs.roles import change_role, create_role
from banjie.people.words import PERMISSIONS
from tests.cast import BUILDER, SHANGHAI, Cast, Person

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=SHANGHAI)


def draft_of(role: Role) -> RoleDraft:
    return RoleDraft(role.code, role.title, role.scope, frozenset(role.permissions))


def post_of(person: Person) -> Post:
    return Post.objects.get(member=person.member)


def with_role(cast: Cast, person: Person, unit: str, *permissions: str) -> Actor:
    """Give `person` a role of these permissions in a unit."""
    role = create_role(RoleDraft("special", "特岗", "subtree", frozenset(permissions)), by=BUILDER, at=NOW)
    assign_post(person.member, role=role, unit=cast.units[unit], by=BUILDER, at=NOW)
    return actor_of_member(person.member.pk, NOW)


def test_an_appointment_counts_at_once_and_is_logged(cast: Cast) -> None:
    assign_post(cast.mallory.member, role=cast.roles["engineer"], unit=cast.units["HN-CS"], by=cast.admin.actor, at=NOW)

    assert actor_of_member(cast.mallory.member.pk, NOW).holds("engineer")
    event = AdminEvent.objects.get()
    assert (event.kind, event.subject) == ("post.assigned", "mallory")
    assert event.detail == {"after": {"member": "mallory", "role": "engineer", "unit": "HN-CS"}}


def test_a_post_is_held_once_and_may_be_held_again_later(cast: Cast) -> None:
    role, unit = cast.roles["hq_agent"], cast.units["HQ"]
    with pytest.raises(AlreadyHeld):
        assign_post(cast.li.member, role=role, unit=unit, by=cast.admin.actor, at=NOW)

    end_post(post_of(cast.li), by=cast.admin.actor, at=NOW)
    assign_post(cast.li.member, role=role, unit=unit, by=cast.admin.actor, at=NOW + timedelta(days=1))

    assert Post.objects.filter(member=cast.li.member).count() == 2


def test_who_left_is_not_appointed(cast: Cast) -> None:
    deactivate_member(cast.zhao.member, by=cast.admin.actor, at=NOW)

    with pytest.raises(MemberInactive):
        assign_post(cast.zhao.member, role=cast.roles["engineer"], unit=cast.units["HN"], by=cast.admin.actor, at=NOW)


def test_an_ended_post_stays_in_the_history(cast: Cast) -> None:
    end_post(post_of(cast.li), by=cast.admin.actor, at=NOW)

    assert post_of(cast.li).until == NOW
    assert AdminEvent.objects.get().kind == "post.ended"
    with pytest.raises(AlreadyEnded):
        end_post(post_of(cast.li), by=cast.admin.actor, at=NOW)


@pytest.mark.req("PLT-09")
def test_nobody_appoints_beyond_his_units_or_his_own_permissions(cast: Cast) -> None:
    clerk = with_role(cast, cast.boss_hn, "HN", Permission.MEMBER_MANAGE)
    events = AdminEvent.objects.count()

    with pytest.raises(NotPermitted):
        assign_post(cast.mallory.member, role=cast.roles["engineer"], unit=cast.units["GZ"], by=clerk, at=NOW)
    for role in ("admin", "hq_agent", "auditor", "rulebook_approver"):
        with pytest.raises(Outranked):
            assign_post(cast.mallory.member, role=cast.roles[role], unit=cast.units["HN"], by=clerk, at=NOW)

    assert not Post.objects.filter(member=cast.mallory.member).exists()
    assert AdminEvent.objects.count() == events
    assert assign_post(cast.mallory.member, role=cast.roles["branch_manager"], unit=cast.units["HN"], by=clerk, at=NOW).pk


def test_nobody_appoints_himself_but_who_defines_roles_anyway(cast: Cast) -> None:
    clerk = with_role(cast, cast.boss_hn, "HN", Permission.MEMBER_MANAGE)

    with pytest.raises(OwnPost):
        assign_post(cast.boss_hn.member, role=cast.roles["branch_manager"], unit=cast.units["HN-CS"], by=clerk, at=NOW)
    assert assign_post(cast.admin.member, role=cast.roles["hq_agent"], unit=cast.units["HQ"], by=cast.admin.actor, at=NOW).pk


def test_nobody_ends_posts_above_himself(cast: Cast) -> None:
    clerk = with_role(cast, cast.li, "HQ", Permission.MEMBER_MANAGE)

    for superior in (cast.admin, cast.wang_sup, cast.auditor):
        with pytest.raises(Outranked):
            end_post(post_of(superior), by=clerk, at=NOW)


def test_the_last_administrators_post_does_not_end(cast: Cast) -> None:
    with pytest.raises(LastAdministrator):
        end_post(post_of(cast.admin), by=cast.admin.actor, at=NOW)

    assert post_of(cast.admin).until is None


def test_nobody_else_appoints(cast: Cast) -> None:
    for person in (cast.li, cast.wang_sup, cast.boss_hn, cast.zhao, cast.auditor, cast.mallory):
        with pytest.raises(NotPermitted):
            assign_post(cast.mallory.member, role=cast.roles["engineer"], unit=cast.units["HN"], by=person.actor, at=NOW)
        with pytest.raises(NotPermitted):
            end_post(post_of(cast.zhao), by=person.actor, at=NOW)

    assert not AdminEvent.objects.exists()


def test_a_role_is_created_with_known_permissions(cast: Cast) -> None:
    draft = RoleDraft("night", " 夜班 值班长 ", "subtree", frozenset({"ticket:read", "ticket:comment"}))

    role = create_role(draft, by=cast.admin.actor, at=NOW)

    role.refresh_from_db()
    assert (role.title, role.permissions) == ("夜班 值班长", ["ticket:comment", "ticket:read"])
    assert AdminEvent.objects.get().kind == "role.created"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"code": "HQ_Agent"}, "code"),
        ({"code": "a b"}, "code"),
        ({"title": ""}, "title"),
        ({"scope": "planet"}, "scope"),
        ({"permissions": frozenset({"ticket:read", "moon:land"})}, "permissions"),
    ],
)
def test_a_wrong_entry_is_named_and_no_role_created(cast: Cast, wrong: dict[str, object], field: str) -> None:
    draft = replace(RoleDraft("night", "夜班", "own", frozenset()), **wrong)  # type: ignore[arg-type]
    before = Role.objects.count()

    with pytest.raises(InvalidInput) as refused:
        create_role(draft, by=cast.admin.actor, at=NOW)

    assert [error.field for error in refused.value.errors] == [field]
    assert Role.objects.count() == before


def test_a_changed_role_changes_what_its_holders_may_do(cast: Cast) -> None:
    role = cast.roles["engineer"]
    draft = replace(draft_of(role), code="ignored", permissions=frozenset({Permission.TICKET_READ}))

    change_role(role, draft, by=cast.admin.actor, at=NOW)

    role.refresh_from_db()
    assert role.code == "engineer"
    assert not actor_of_member(cast.zhao.member.pk, NOW).may(Permission.CUSTOMER_READ)
    assert AdminEvent.objects.get().detail["after"] == {"permissions": ["ticket:read"]}


def test_the_administrators_role_keeps_what_administers(cast: Cast) -> None:
    role = cast.roles["admin"]
    for draft in (
        replace(draft_of(role), permissions=frozenset(Permission) - {Permission.ROLE_MANAGE}),
        replace(draft_of(role), scope=Role.Scope.OWN),
    ):
        with pytest.raises(LastAdministrator):
            change_role(role, draft, by=cast.admin.actor, at=NOW)

    role.refresh_from_db()
    assert set(role.permissions) == set(Permission)


@pytest.mark.req("PLT-09")
def test_nobody_puts_into_a_role_what_he_lacks(cast: Cast) -> None:
    manager = with_role(cast, cast.mallory, "HQ", Permission.ROLE_MANAGE, Permission.TICKET_READ)
    own, engineer = Role.objects.get(code="special"), cast.roles["engineer"]

    with pytest.raises(Outranked):
        change_role(own, replace(draft_of(own), permissions=frozenset(Permission)), by=manager, at=NOW)
    with pytest.raises(Outranked):
        create_role(RoleDraft("king", "王", "subtree", frozenset({Permission.MEMBER_MANAGE})), by=manager, at=NOW)
    with pytest.raises(Outranked):  # wider scope gives its holders the same permissions over more
        change_role(engineer, replace(draft_of(engineer), scope=Role.Scope.SUBTREE), by=manager, at=NOW)

    narrowed = replace(draft_of(engineer), permissions=frozenset({Permission.TICKET_READ}))
    assert change_role(engineer, narrowed, by=manager, at=NOW).permissions == ["ticket:read"]


def test_a_role_counts_everywhere_so_a_branch_cannot_change_it(cast: Cast) -> None:
    manager = with_role(cast, cast.boss_hn, "HN", Permission.ROLE_MANAGE, Permission.TICKET_READ)
    engineer = cast.roles["engineer"]

    with pytest.raises(NotPermitted):
        change_role(engineer, replace(draft_of(engineer), permissions=frozenset()), by=manager, at=NOW)
    with pytest.raises(NotPermitted):
        create_role(RoleDraft("night", "夜班", "own", frozenset()), by=manager, at=NOW)


def test_nobody_else_changes_roles(cast: Cast) -> None:
    for person in (cast.li, cast.wang_sup, cast.boss_hn, cast.zhao, cast.auditor, cast.mallory):
        with pytest.raises(NotPermitted):
            create_role(RoleDraft("night", "夜班", "own", frozenset()), by=person.actor, at=NOW)
        with pytest.raises(NotPermitted):
            change_role(cast.roles["hq_agent"], draft_of(cast.roles["hq_agent"]), by=person.actor, at=NOW)
        with pytest.raises(NotPermitted):
            install_shipped_roles(by=person.actor, at=NOW)


def test_installing_again_keeps_what_the_organisation_changed(cast: Cast) -> None:
    engineer = cast.roles["engineer"]
    change_role(engineer, replace(draft_of(engineer), title="装维员"), by=cast.admin.actor, at=NOW)

    roles = install_shipped_roles(by=cast.admin.actor, at=NOW)

    assert roles["engineer"].title == "装维员"
    assert set(roles) == {shipped.code for shipped in SHIPPED}
    assert AdminEvent.objects.count() == 1


def test_every_permission_has_words_and_a_holder() -> None:
    assert set(PERMISSIONS) == set(Permission)
    assert frozenset().union(*(shipped.permissions for shipped in SHIPPED)) == frozenset(Permission)
