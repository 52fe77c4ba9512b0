"""Links between tickets: who may make them, what is refused, what both timelines keep."""

from __future__ import annotations

from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils.translation import override

from banjie.kernel.errors import InvalidInput, NotPermitted, Unseen
from banjie.people.actor import Actor
from banjie.tickets.links import LinkedAlready, RingOfParents, link_tickets, links_of, unlink_tickets
from banjie.tickets.models import Event, Link
from banjie.tickets.story import Entry, Reader, story
from tests.pos import DETAILS, Pos
from tests.tickets.observing import disagreements, refused


def link(pos: Pos, number: str, other: str, relation: str = "related", by: Actor | None = None) -> Link:
    return link_tickets(number, other, relation, by=by or pos.cast.li.actor, at=pos.now)


def seen(pos: Pos, number: str, by: Actor | None = None) -> list[tuple[str, str]]:
    """Return what the links of a ticket say to Li: relation and number."""
    return [(str(one.relation), one.ticket.number) for one in links_of(pos.ticket(number).pk, by or pos.cast.li.actor)]


def newest(pos: Pos, number: str, by: Actor | None) -> Entry:
    ticket = pos.ticket(number)
    with override("en"):
        return story(ticket.pk, ticket.type, pos.program, Reader("en", ZoneInfo("Asia/Shanghai"), may_see_phones=False, by=by))[0]


@pytest.mark.req("PLT-14")
@pytest.mark.parametrize(
    ("relation", "back"),
    [("parent", "child"), ("child", "parent"), ("repeat_of", "repeated_by"), ("repeated_by", "repeat_of"), ("related", "related")],
)
def test_each_end_of_a_link_sees_what_the_other_is_to_it(pos: Pos, relation: str, back: str) -> None:
    one, two = pos.dispatched(), pos.dispatched()

    link(pos, one, f" {two.lower()} ", relation)

    assert seen(pos, one) == [(relation, two)]
    assert seen(pos, two) == [(back, one)]
    assert disagreements() == []


@pytest.mark.req("PLT-14", "PLT-05")
def test_both_timelines_keep_the_link_and_the_version_stays(pos: Pos) -> None:
    one, two = pos.dispatched(), pos.dispatched()
    versions = pos.ticket(one).version, pos.ticket(two).version

    link(pos, one, two, "parent")

    told = {event.ticket.number: (event.kind, event.payload, event.actor_name) for event in Event.objects.filter(kind="linked")}
    assert told == {
        one: ("linked", {"relation": "parent", "linked": two}, "李娜"),
        two: ("linked", {"relation": "child", "linked": one}, "李娜"),
    }
    assert (pos.ticket(one).version, pos.ticket(two).version) == versions


def test_a_link_ends_with_a_reason_stays_as_a_row_and_may_be_made_anew(pos: Pos) -> None:
    one, two = pos.dispatched(), pos.dispatched()
    made = link(pos, one, two, "repeat_of")

    unlink_tickets(two, made.pk, " 不是同一台 ", by=pos.cast.chen_hn.actor, at=pos.now)

    assert (seen(pos, one), seen(pos, two)) == ([], [])
    kept = Link.objects.get()
    assert (kept.ended_at, kept.ended_by_name, kept.ended_reason) == (pos.now, "陈静", "不是同一台")
    assert Event.objects.filter(kind="unlinked", payload__why="不是同一台").count() == 2
    link(pos, one, two, "related")
    assert seen(pos, one) == [("related", two)]
    assert disagreements() == []


@pytest.mark.parametrize("reason", ["", "  ", "长" * 501])
def test_a_link_does_not_end_without_a_short_reason(pos: Pos, reason: str) -> None:
    one, two = pos.dispatched(), pos.dispatched()
    made = link(pos, one, two)

    with refused(InvalidInput, field="reason"):
        unlink_tickets(one, made.pk, reason, by=pos.cast.li.actor, at=pos.now)


def test_a_link_ends_once(pos: Pos) -> None:
    one, two = pos.dispatched(), pos.dispatched()
    made = link(pos, one, two)
    unlink_tickets(one, made.pk, "误关联", by=pos.cast.li.actor, at=pos.now)

    with refused(Unseen):
        unlink_tickets(one, made.pk, "误关联", by=pos.cast.li.actor, at=pos.now)


@pytest.mark.parametrize("other", ["", "GZ-240603-99999", "x", "'; drop table", "GZ-240603-00001\x00"])
def test_a_ticket_that_does_not_exist_is_named_at_its_field(pos: Pos, other: str) -> None:
    one = pos.dispatched()

    with refused(InvalidInput, field="other"):
        link(pos, one, other)


def test_a_ticket_is_not_linked_to_itself(pos: Pos) -> None:
    one = pos.dispatched()

    with refused(InvalidInput, field="other"):
        link(pos, one, one)


def test_an_unknown_relation_is_refused(pos: Pos) -> None:
    one, two = pos.dispatched(), pos.dispatched()

    with refused(InvalidInput, field="relation"):
        link(pos, one, two, "grandparent")


@pytest.mark.parametrize("relation", ["related", "parent", "child"])
def test_two_tickets_are_linked_once_at_a_time_from_either_side(pos: Pos, relation: str) -> None:
    one, two = pos.dispatched(), pos.dispatched()
    link(pos, one, two, "parent")

    for here, there in ((one, two), (two, one)):
        with refused(LinkedAlready, field="other"):
            link(pos, here, there, relation)


@pytest.mark.parametrize("relation", ["parent", "child"])
def test_nobody_stands_below_his_own_child(pos: Pos, relation: str) -> None:
    tickets = [pos.open("consumables", DETAILS).number for _ in range(4)]
    for child, parent in pairwise(tickets):
        link(pos, child, parent, "parent")
    lowest, highest = tickets[0], tickets[-1]

    with refused(RingOfParents, field="other"):
        link(pos, *((highest, lowest) if relation == "parent" else (lowest, highest)), relation)
    link(pos, lowest, highest, "parent")  # higher up is no ring


def test_an_ended_link_closes_no_ring(pos: Pos) -> None:
    one, two = pos.dispatched(), pos.dispatched()
    made = link(pos, one, two, "parent")
    unlink_tickets(one, made.pk, "误关联", by=pos.cast.li.actor, at=pos.now)

    link(pos, two, one, "parent")

    assert seen(pos, one) == [("child", two)]


@pytest.mark.req("PLT-09")
def test_a_hidden_ticket_looks_like_a_missing_one_at_every_end_of_a_link(pos: Pos) -> None:
    hunan, other = pos.dispatched(), pos.dispatched()
    guizhou = pos.open("consumables", {**DETAILS, "merchant_no": "M-7002"}).number
    chen, gu = pos.cast.chen_hn.actor, pos.cast.gu_gz.actor

    with refused(InvalidInput, field="other"):
        link(pos, hunan, guizhou, by=chen)
    made = link(pos, hunan, guizhou)  # Li sees both

    assert seen(pos, hunan, chen) == []
    assert seen(pos, guizhou, gu) == []
    with refused(Unseen):
        unlink_tickets(hunan, made.pk, "误关联", by=chen, at=pos.now)
    with refused(Unseen):
        link(pos, guizhou, other, by=chen)
    assert guizhou not in str(newest(pos, hunan, chen).details)
    assert guizhou not in str(newest(pos, hunan, None).details)
    assert newest(pos, hunan, pos.cast.li.actor).details == (("Related ticket", guizhou),)


@pytest.mark.req("PLT-09")
def test_who_may_only_read_links_nothing(pos: Pos) -> None:
    one, two = pos.dispatched(), pos.dispatched()

    with refused(NotPermitted):
        link(pos, one, two, by=pos.cast.auditor.actor)
    with refused(NotPermitted):
        link(pos, one, two, by=pos.cast.admin.actor)


def test_the_engineer_links_his_own_ticket_to_another_of_his(pos: Pos) -> None:
    one, two = pos.dispatched(), pos.dispatched()

    link(pos, one, two, "repeat_of", by=pos.cast.zhao.actor)

    assert seen(pos, two, pos.cast.zhao.actor) == [("repeated_by", one)]


@pytest.mark.req("PLT-05")
@pytest.mark.parametrize(
    "change",
    [
        "delete from tickets_link",
        "update tickets_link set kind = 'related'",
        "update tickets_link set ended_at = now(), ended_by_name = 'x'",
    ],
)
def test_the_database_itself_keeps_a_link(pos: Pos, change: str) -> None:
    link(pos, pos.dispatched(), pos.dispatched(), "parent")

    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)
