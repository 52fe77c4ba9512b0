"""The bank's regulation on circulated tickets: which units there are, what they answer for, and types, levels and specialists (BNK-02, BNK-03, BNK-10 to BNK-17)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import transaction

from banjie.deadlines.models import Finding
from banjie.deadlines.registration import register_unit
from banjie.deadlines.sweep import sweep
from banjie.dispatch.choosing import NotEligible, UnitNotRegistered
from banjie.insight.queries.statistics import statistics
from banjie.kernel.errors import InvalidInput, Unseen
from banjie.people.certified import Uncertified
from banjie.people.checks import UnitDraft
from banjie.people.models import Unit
from banjie.people.verbs.units import create_unit
from banjie.tickets.queue import Filters, page
from tests.cast import BUILDER, LONG_AGO
from tests.pos import moment
from tests.regulation import Regulation
from tests.regulations.bank_circulation import (
    CALM,
    JUNE,
    LETTERS,
    SAID,
    appoint,
    bank_at_work,
    certify,
    circulate,
    circulated,
    clock,
    divert,
    diverted,
    refused,
    register,
    rest,
    reviewed,
    told,
)


@pytest.fixture
def law(db: None) -> Regulation:
    return bank_at_work()


@pytest.mark.req("BNK-02")
@pytest.mark.parametrize("kind", [Unit.Kind.DEPARTMENT, Unit.Kind.TEAM, Unit.Kind.BRANCH, Unit.Kind.DISTRICT])
def test_departments_rooms_centres_and_branches_are_handling_units_all_alike(law: Regulation, kind: str) -> None:
    for code, above in (("U1", law.units["HQ"]), ("U2", law.units["CX"])):
        law.units[code] = create_unit(UnitDraft(code, f"单位{code}", kind, ""), parent=above, by=BUILDER, at=LONG_AGO)
    certify(law, "sun")
    for code in ("U1", "U2"):
        appoint(law, "sun", code)
        register(law, code, "4 working hours", by="sun")

    for code in ("U1", "U2"):
        number = circulated(law, code)

        assert law.ticket(number).unit == law.units[code]
        assert "divert" in law.may(number, by="sun")


@pytest.mark.req("BNK-03")
def test_priority_speed_and_safety_are_what_a_ticket_meets_first_in_the_unit(law: Regulation) -> None:
    urgent, general = diverted(law), circulated(law, said=CALM)

    for step in ("circulated_promptly", "diverted_promptly"):
        assert clock(urgent, step).due_at == moment("2024-06-03 10:00")
        assert clock(general, step).due_at == moment("2024-06-03 14:30")
    assert {"press", "feedback"} <= law.may(urgent, by="qian")
    for stranger in ("dong", "ding", "zhu"):
        with refused(Unseen):
            law.do(urgent, "feedback", {"note": "看看"}, by=stranger)


@pytest.mark.req("BNK-03")
def test_a_unit_that_does_not_respond_quickly_is_named_to_its_head(law: Regulation) -> None:
    number = circulated(law)

    sweep(moment("2024-06-03 10:01"))

    assert told(law, "breached", number) == {"qian", "fang"}
    assert Finding.objects.get(rule="diverted_promptly").unit == law.units["CX"]


@pytest.mark.req("BNK-10")
def test_a_unit_relays_and_processes_and_may_do_both_by_its_specialist(law: Regulation) -> None:
    number = diverted(law)
    law.do(number, "reassign", {"follower": law.members["zhu"].pk, "reason": "经办人"}, by="qian")
    law.do(number, "hand_back", {"reason": "需零售条线"}, by="zhu")
    assert (law.state(number), law.ticket(number).assignee) == ("circulated", None)

    law.do(number, "return_opinion", {"opinion": "专员直接答复"}, by="qian")

    assert law.state(number) == "returned"
    with refused(NotEligible):
        divert(law, circulated(law), "ding")


@pytest.mark.req("BNK-10")
def test_a_unit_follows_up_the_sooner_the_more_urgent_it_is(law: Regulation) -> None:
    assert law.program.book.limits["diverting"].values == {"urgent": "1 working hour", "general": "4 working hours"}
    urgent, general = circulated(law), circulated(law, said=CALM)

    sweep(moment("2024-06-03 11:00"))

    assert clock(urgent, "diverted_promptly").breached_at is not None
    assert clock(general, "diverted_promptly").breached_at is None


@pytest.mark.req("BNK-11")
def test_a_unit_lacking_its_specialist_its_steps_or_its_limit_receives_nothing(law: Regulation) -> None:
    number = reviewed(law)
    with pytest.raises(UnitNotRegistered) as said, transaction.atomic():
        circulate(law, number, "BX")
    assert "工单流转专员、处理时效、工单流转环节" in said.value.message
    certify(law, "sun")
    appoint(law, "sun", "BX")
    for person in ({"target_unit": law.units["BX"].pk}, {"specialist": law.members["sun"].pk}):
        with refused(UnitNotRegistered):
            law.do(number, "circulate", {"sent_through": "platform", **person}, by="hu")
    with pytest.raises(InvalidInput) as missing, transaction.atomic():
        register_unit(law.program, law.units["BX"], {}, {}, by=law.actor("sun"), at=law.now)
    assert [error.field for error in missing.value.errors] == ["handling", "steps"]

    register(law, "BX", by="sun")
    circulate(law, number, "BX")

    assert law.state(number) == "circulated"


@pytest.mark.req("BNK-12")
def test_each_unit_works_under_the_limit_that_it_registered(law: Regulation) -> None:
    register(law, "DX", "2 working days", by="dong")

    first, second = circulated(law), circulated(law, "DX")

    assert clock(first, "returned_in_time").due_at == moment("2024-06-04 09:30")
    assert clock(second, "returned_in_time").due_at == moment("2024-06-04 18:00")
    with refused(InvalidInput):
        register(law, "DX", "unset", by="dong")


@pytest.mark.req("BNK-13")
def test_a_unit_reports_presses_and_counts_its_own_tickets_and_no_others(law: Regulation) -> None:
    number = diverted(law)
    circulated(law, "DX")

    law.do(number, "feedback", {"note": "已联系客户"}, by="wu")
    law.do(number, "press", {"note": "下午五点前答复"}, by="fang")

    assert told(law, "supervised", number) == {"wu"}
    own = statistics(law.actor("qian"), JUNE).tickets.opened
    assert own.by_unit == {law.units["CX"].pk: 1}
    assert statistics(law.actor("fang"), JUNE).tickets.opened.total == 1
    with refused(Unseen):
        statistics(law.actor("qian"), replace(JUNE, unit_id=law.units["DX"].pk))


@pytest.mark.req("BNK-14")
def test_there_are_five_types_and_the_letter_of_each_stands_in_its_numbers(law: Regulation) -> None:
    numbers = {kind: law.open(kind, SAID, by="hu") for kind in LETTERS}

    assert set(law.program.types) == set(LETTERS)
    assert {kind: number.split("-")[0] for kind, number in numbers.items()} == LETTERS
    assert [law.program.book.types[kind].title for kind in LETTERS] == [
        "咨询督办单",
        "投诉督办单",
        "建议督办单",
        "表扬督办单",
        "业务受理单",
    ]


@pytest.mark.req("BNK-15")
def test_there_are_two_levels_judged_from_severity_and_urgency(law: Regulation) -> None:
    assert {key: choice.title for key, choice in law.program.field("urgency").choices.items()} == {"urgent": "紧急", "general": "一般"}
    with refused(InvalidInput):
        law.open("complaint_supervise", {**SAID, "urgency": "very"}, by="hu")
    for missing in ("severity", "customer_urgency", "urgency"):
        with pytest.raises(InvalidInput) as said, transaction.atomic():
            law.open("complaint_supervise", {k: v for k, v in SAID.items() if k != missing}, by="hu")
        assert [error.field for error in said.value.errors] == [missing]


@pytest.mark.req("BNK-16", "BNK-03")
def test_urgent_tickets_stand_before_general_ones_for_the_unit_and_for_the_person(law: Regulation, monkeypatch: pytest.MonkeyPatch) -> None:
    older = [diverted(law, kind, CALM) for kind in LETTERS]
    law.pass_time(minutes=30)
    newer = [diverted(law, kind) for kind in LETTERS]

    unit = [row.number for row in page(law.actor("qian"), Filters()).rows]
    own = [row.number for row in page(law.actor("wu"), Filters(mine=True)).rows]
    listed = [row["number"] for row in rest(law, "wu", monkeypatch).get("tickets")[1]["tickets"]]

    for queue in (unit, own, listed):
        assert (set(queue[:5]), set(queue[5:])) == (set(newer), set(older))


@pytest.mark.req("BNK-17", "TRN-01")
def test_without_passing_the_examination_nobody_takes_the_post_or_a_ticket(law: Regulation) -> None:
    with refused(Uncertified):
        appoint(law, "sun", "BX")
    certify(law, "sun", 79)
    with refused(Uncertified):
        appoint(law, "sun", "BX")
    with refused(NotEligible):
        law.do(reviewed(law), "circulate", {"sent_through": "oa", "specialist": law.members["sun"].pk}, by="hu")

    certify(law, "sun", 80, "2024-05-27")
    appoint(law, "sun", "CX")
    number = reviewed(law)
    law.do(number, "circulate", {"sent_through": "oa", "specialist": law.members["sun"].pk}, by="hu")

    assert law.ticket(number).assignee == law.members["sun"]
