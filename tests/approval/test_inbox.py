"""What waits for whose signature: by his own post, handed to him, or as a deputy; and what it costs to ask."""

from __future__ import annotations

from datetime import timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from banjie.approval import inbox
from banjie.approval.inbox import Waiting, applied_by, waiting_count, waiting_for
from banjie.approval.models import Signature
from banjie.approval.shown import ShownStep, signoffs_of
from banjie.approval.signed import signed_by
from banjie.kernel.errors import InvalidInput
from banjie.people.actor import Actor, Door
from banjie.people.verbs.delegations import DelegationDraft, name_deputy
from banjie.tickets.snapshot import load
from tests.approval.conftest import BOOK
from tests.cast import BUILDER
from tests.regulation import Regulation, install

YES = {"decision": "approved"}


def waits(law: Regulation, name: str) -> list[str]:
    return [row.number for row in rows(law, name)]


def rows(law: Regulation, name: str) -> list[Waiting]:
    return waiting_for(law.actor(name), "zh-hans", law.now).rows


def sign(law: Regulation, number: str, *names: str) -> None:
    for name in names:
        law.do(number, "sign", YES, by=name)


def apply(law: Regulation, kind: str = "purchase", by: str = "chen", **fields: object) -> str:
    number = law.open(kind, {"item": "打印纸", **fields}, by=by)
    law.do(number, "submit", by=by)
    return number


def deputise(law: Regulation, deputy: str, of: str) -> None:
    until = law.now + timedelta(days=1)
    name_deputy(DelegationDraft(law.members[of], law.members[deputy], law.now, until), by=BUILDER, at=law.now)


def steps(law: Regulation, number: str, reader: str = "chen") -> tuple[ShownStep, ...]:
    (shown,) = signoffs_of(law.program, load(number, lock=False), law.actor(reader), "zh-hans", law.now)
    return shown.steps


def test_a_ticket_waits_for_those_whom_the_present_step_asks_and_nobody_else(law: Regulation) -> None:
    number = apply(law, amount=500)

    asked = {name for name in law.members if number in waits(law, name)}
    sign(law, number, "du")
    then = {name for name in law.members if number in waits(law, name)}
    sign(law, number, "fan")
    last = {name for name in law.members if number in waits(law, name)}

    assert (asked, then, last) == ({"du"}, {"fan", "fei", "lei"}, {"lei"})


def test_what_waits_longest_stands_first_with_who_applied_and_which_step(law: Regulation) -> None:
    first = apply(law, amount=500)
    law.pass_time(minutes=10)
    second = apply(law, by="zhou", amount=300)

    found = rows(law, "du")

    assert [row.number for row in found] == [first, second]
    assert (found[1].applicant, found[1].step, found[1].summary, found[1].type) == ("周员工", "部门负责人", "打印纸", "采购申请")
    assert found[1].waiting_since == law.now


def test_nobody_is_asked_for_his_own_application(law: Regulation) -> None:
    law.appoint("zhou", "head")
    number = apply(law, by="du", amount=500)

    assert (number in waits(law, "du"), number in waits(law, "zhou")) == (False, True)


def test_what_is_handed_over_waits_for_the_other_one_and_says_by_whom(law: Regulation) -> None:
    number = apply(law, amount=500)

    law.do(number, "pass_on", {"signer": law.members["ma"].pk, "reason": "出差"}, by="du")

    assert waits(law, "du") == []
    assert [(row.number, row.handed_by) for row in rows(law, "ma")] == [(number, "杜负责")]


def test_a_deputy_sees_what_waits_for_the_absent_one_and_it_says_so(law: Regulation) -> None:
    number = apply(law, amount=500)

    deputise(law, "zhou", of="du")

    assert [(row.number, row.behalf) for row in rows(law, "zhou")] == [(number, "杜负责")]
    assert [(row.number, row.behalf) for row in rows(law, "du")] == [(number, "")]


def test_what_is_changed_waits_again_for_who_had_signed_it(law: Regulation) -> None:
    number = apply(law, amount=500)
    sign(law, number, "du", "fan")
    assert waits(law, "du") == []

    law.do(number, "amend", {"amount": "900"}, by="fei")

    assert (waits(law, "du"), waits(law, "lei")) == ([number], [])
    (shown,) = signoffs_of(law.program, load(number, lock=False), law.actor("chen"), "zh-hans", law.now)
    assert [mark.name for mark in shown.void] == ["杜负责", "范财务"]
    assert [step.state for step in shown.steps] == ["now", "later"]


def test_everyone_waits_for_each_holder_who_has_not_signed(law: Regulation) -> None:
    number = apply(law, "meeting")
    sign(law, number, "ma")

    assert {name for name in law.members if number in waits(law, name)} == {"mei", "mo"}
    assert [one.name for one in steps(law, number)[0].asked] == ["梅经理", "莫经理"]


@pytest.mark.req("PLT-09")
def test_nothing_of_another_unit_waits_for_a_signer(law: Regulation) -> None:
    units = {"EAST": ("东区", "东"), "WEST": ("西区", "西")}
    there = install(BOOK.replace("rulebook: purchase", "rulebook: elsewhere"), {
        "xu": ("徐员工", "staff", "EAST"), "wu": ("吴负责", "head", "EAST"), "qi": ("齐负责", "head", "WEST"),
        "ke": ("柯法务", "finance legal", "EAST"), "bo": ("柏财务", "finance legal", "EAST"),
    }, units)  # fmt: skip
    there.now = law.now
    number = apply(there, by="xu", amount=500)

    assert waits(there, "wu") == [number]
    assert waits(there, "qi") == []


def test_the_number_of_queries_does_not_grow_with_the_rows(law: Regulation, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    for n in range(3):
        apply(law, amount=500 + n)
        apply(law, "meeting")
    signer, applicant = law.actor("ma"), law.actor("chen")
    heads = law.actor("du")

    for more in (0, 12):
        for _n in range(more):
            apply(law, amount=700)
            apply(law, "meeting")
        with django_assert_num_queries(3):  # the kinds in approval, the tickets, who holds the roles of which everyone must sign
            assert len(waiting_for(signer, "zh-hans", law.now).rows) == 3 + more
        with django_assert_num_queries(2):
            assert waiting_count(heads, law.now) == str(3 + more)
        with django_assert_num_queries(2):  # the tickets, the names
            assert len(applied_by(applicant, "zh-hans", law.now).rows) == 6 + 2 * more


def test_a_page_goes_on_where_the_one_before_ended(law: Regulation) -> None:
    numbers = [apply(law, amount=500) for _n in range(5)]

    first = waiting_for(law.actor("du"), "zh-hans", law.now, limit=2)
    second = waiting_for(law.actor("du"), "zh-hans", law.now, limit=2, cursor=first.next)
    third = waiting_for(law.actor("du"), "zh-hans", law.now, limit=2, cursor=second.next)

    assert [row.number for page in (first, second, third) for row in page.rows] == numbers
    assert third.next == ""


def test_what_waits_is_found_and_counted_behind_what_others_must_sign_first(law: Regulation, monkeypatch: pytest.MonkeyPatch) -> None:
    """The finance people wait behind tickets that the head must sign first."""
    monkeypatch.setattr(inbox, "MOST_EXAMINED", 2)
    numbers = [apply(law, amount=500) for _n in range(7)]
    sign(law, numbers[4], "du")
    sign(law, numbers[6], "du")

    page = waiting_for(law.actor("fan"), "zh-hans", law.now)

    assert ([row.number for row in page.rows], page.next) == ([numbers[4], numbers[6]], "")
    assert waiting_count(law.actor("fan"), law.now) == "2"
    assert [row.number for row in waiting_for(law.actor("fan"), "zh-hans", law.now, limit=1).rows] == [numbers[4]]


def test_a_page_that_looked_at_enough_says_that_there_may_be_more(law: Regulation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox, "MOST_EXAMINED", 2)
    monkeypatch.setattr(inbox, "MOST_TIMES", 1)
    numbers = [apply(law, amount=500) for _n in range(3)]
    sign(law, numbers[2], "du")

    first = waiting_for(law.actor("fan"), "zh-hans", law.now)
    second = waiting_for(law.actor("fan"), "zh-hans", law.now, cursor=first.next)

    assert (first.rows, [row.number for row in second.rows], second.next) == ([], [numbers[2]], "")
    assert waiting_count(law.actor("fan"), law.now) == "0+"


@pytest.mark.parametrize("cursor", ["x", "W10=", "WzEsMl0=", "bnVsbA=="])
def test_a_strange_cursor_is_refused_at_its_field(law: Regulation, cursor: str) -> None:
    with pytest.raises(InvalidInput) as wrong:
        waiting_for(law.actor("du"), "zh-hans", law.now, cursor=cursor)

    assert wrong.value.errors[0].field == "cursor"


def test_a_token_that_reads_is_told_what_waits(law: Regulation) -> None:
    number = apply(law, amount=500)
    du = law.actor("du")

    reader = Actor(name=du.name, door=Door.TOKEN, member_id=du.member_id, grants=du.grants, read_only=True)

    assert [row.number for row in waiting_for(reader, "zh-hans", law.now).rows] == [number]


def test_the_applicant_sees_where_it_is_and_with_whom(law: Regulation) -> None:
    number = apply(law, amount=500)
    sign(law, number, "du", "fan")

    (row,) = applied_by(law.actor("chen"), "zh-hans", law.now).rows

    assert (row.number, row.step, row.missing, [one.name for one in row.asked]) == (number, "会签", 1, ["雷法务"])
    assert applied_by(law.actor("zhou"), "zh-hans", law.now).rows == []


def test_who_submitted_anothers_draft_finds_it_among_his_applications(law: Regulation) -> None:
    law.appoint("zhou", "head")
    number = law.open("purchase", {"item": "椅子", "amount": "300"}, by="chen")
    law.do(number, "submit", by="du")

    assert [row.number for row in applied_by(law.actor("du"), "zh-hans", law.now).rows] == [number]


def test_what_one_signed_is_listed_the_latest_first_with_where_it_is_now(law: Regulation) -> None:
    one, two = apply(law, amount=500), apply(law, amount=300)
    sign(law, one, "du")
    law.do(two, "sign", {"decision": "returned", "reason": "缺报价"}, by="du")

    found = signed_by(law.actor("du"), "zh-hans")

    assert [(row.number, row.decision, row.state) for row in found] == [(two, "returned", "草稿"), (one, "approved", "审批中")]
    assert [row.number for row in signed_by(law.actor("du"), "zh-hans", before=found[0].id)] == [one]
    assert signed_by(law.actor("fan"), "zh-hans") == []


def test_a_step_shows_who_signed_for_whom_and_whom_it_waits_for(law: Regulation) -> None:
    number = apply(law, amount=80000)
    deputise(law, "zhou", of="du")
    deputise(law, "mo", of="fei")
    sign(law, number, "zhou", "lei")

    first, second, third = steps(law, number)

    assert [(mark.name, mark.behalf) for mark in first.signed] == [("周员工", "杜负责")]
    assert (first.state, second.state, third.state) == ("done", "now", "later")
    assert [(one.name, one.deputies) for one in second.asked] == [("范财务", ()), ("费财务", ("莫经理",))]
    assert (second.missing, second.roles, second.need) == (1, ("财务", "法务"), "每个岗位一人")
    assert third.need == "2 人"


def test_a_ticket_that_waits_for_no_signature_costs_no_query(law: Regulation, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    draft, waiting = law.open("purchase", {"item": "打印纸", "amount": "500"}, by="chen"), apply(law, amount=500)
    tickets = [load(number, lock=False) for number in (draft, waiting)]
    chen = law.actor("chen")

    with django_assert_num_queries(0):
        assert signoffs_of(law.program, tickets[0], chen, "zh-hans", law.now) == []
    with django_assert_num_queries(1):
        assert signoffs_of(law.program, tickets[1], chen, "zh-hans", law.now)


def test_the_panel_tells_each_reader_whether_it_is_his_turn(law: Regulation) -> None:
    number = apply(law, amount=500)
    deputise(law, "zhou", of="du")

    told = {
        name: (shown.mine, shown.behalf)
        for name in ("chen", "du", "zhou", "fan")
        for shown in signoffs_of(law.program, load(number, lock=False), law.actor(name), "zh-hans", law.now)
    }

    assert told == {"chen": (False, ""), "du": (True, ""), "zhou": (True, "杜负责"), "fan": (False, "")}
    assert Signature.objects.count() == 0
