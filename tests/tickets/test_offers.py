"""Nobody is offered what would only be refused, whatever he enters."""

from __future__ import annotations

import pytest
from pytest_django import DjangoAssertNumQueries

from banjie.people.access import actor_of_member
from banjie.people.verbs.posts import assign_post
from banjie.tickets.possible import possible_actions
from banjie.tickets.snapshot import load
from tests.cast import BUILDER, LONG_AGO, Person
from tests.pos import Pos


def offered(pos: Pos, number: str, person: Person) -> set[str]:
    return {one.name for one in possible_actions(person.actor, pos.program, load(number, lock=False), "zh-hans")}


@pytest.mark.req("DSP-05")
def test_what_is_acknowledged_is_not_offered_again_until_it_is_dispatched_anew(pos: Pos) -> None:
    number, zhao = pos.dispatched(), pos.cast.zhao
    first = offered(pos, number, zhao)
    pos.do(number, "acknowledge", by=zhao.actor)
    pos.pass_time(minutes=5)
    second = offered(pos, number, zhao)
    pos.do(number, "send_back", {"reason": "不在本区"}, by=zhao.actor)
    pos.do(number, "relay", {"inspector": zhao.member.pk}, by=pos.cast.chen_hn.actor)

    anew = offered(pos, number, zhao)

    assert first - second == {"acknowledge"}
    assert "acknowledge" in anew


def test_the_offer_costs_no_query_beyond_the_ticket_itself(pos: Pos, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    number, zhao = pos.dispatched(), pos.cast.zhao
    pos.do(number, "acknowledge", by=zhao.actor)

    with django_assert_num_queries(1):
        offered(pos, number, zhao)


def test_nobody_is_offered_to_check_his_own_work(pos: Pos) -> None:
    assign_post(pos.cast.zhao.member, role=pos.cast.roles["second_level"], unit=pos.cast.units["HN"], by=BUILDER, at=LONG_AGO)
    number, zhao = pos.completed(), Person(pos.cast.zhao.member, actor_of_member(pos.cast.zhao.member.pk, pos.now), "")

    assert "call_back" in offered(pos, number, pos.cast.chen_hn)
    assert "call_back" not in offered(pos, number, zhao)
