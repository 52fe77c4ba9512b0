"""Closed-loop complaints: scenario S9; from the registration to the choice of a solution (CMP-01 to CMP-08)."""

from __future__ import annotations

import pytest

from banjie.approval.entering import NobodyToSign
from banjie.approval.standing import OwnApplication
from banjie.deadlines.models import Finding
from banjie.deadlines.sweep import sweep
from banjie.insight.queries.ledger import ledger_rows
from banjie.kernel.errors import InvalidInput, NotAllowedNow, NotPermitted, Unseen
from banjie.tickets.models import Ticket
from tests.pos import moment
from tests.regulation import Regulation
from tests.regulations.complaint_loop import (
    AGAIN,
    CALL,
    DONE,
    GROUNDS,
    INVALID,
    JUNE,
    LOSS,
    SECOND,
    SOOTHED,
    THREE,
    VALID,
    YES,
    at_work,
    due,
    outcomes,
    path,
    taken,
    told,
    until,
)
from tests.tickets.observing import refused


@pytest.fixture
def law(db: None) -> Regulation:
    return at_work()


@pytest.mark.req("CMP-03", "CMP-04", "CMP-05", "CMP-07", "CMP-09", "CMP-13")
def test_s9_an_invalid_complaint_ends_explained_and_a_valid_one_goes_two_rounds_to_its_file(law: Regulation) -> None:
    first = taken(law, description="门上写20:00打烊,19:58已关门")
    law.do(first, "judge", INVALID, by="an")
    law.do(first, "explain", {"guided": "solved", "guidance": "监控显示20:05关门,感谢您的监督"}, by="an")
    assert (law.state(first), law.ticket(first).is_open) == ("explained", False)

    second = taken(law)
    law.do(second, "soothe", SOOTHED, by="an")
    law.do(second, "judge", VALID, by="an")
    law.do(second, "assign", {"target_unit": law.units["DELIVERY"].pk, "worker": law.members["song"].pk}, by="an")
    assert (law.ticket(second).unit, law.ticket(second).fields["mood"]) == (law.units["DELIVERY"], "angry")
    assert due(second, "promised") == moment("2024-06-12 18:00")

    law.at("2024-06-10 15:00")
    law.do(second, "investigate", LOSS, by="song")
    law.do(second, "propose", THREE, by="song")
    law.do(second, "submit", by="peng")
    with refused(NotAllowedNow, clause="三个方面.2"):
        law.do(second, "execute", DONE, by="song")
    law.do(second, "choose", SECOND, by="lin")
    assert (law.ticket(second).fields["chosen"], law.ticket(second).fields["instruction"]) == ("2", "按方案二,今日补发")
    law.at("2024-06-11 08:00")
    law.do(second, "execute", DONE, by="song")
    with refused(NotAllowedNow, clause="闭环"):
        law.do(second, "file", by="an")
    law.at("2024-06-11 10:00")
    law.do(second, "call_back", {"reached": "dissatisfied", "opinion": "补发的颜色不对"}, by="an")
    assert (law.state(second), law.ticket(second).round) == ("next_round", 2)

    law.do(second, "begin_round", {"round_plan": "换正确颜色", "promised_at": "2024-06-12 12:00"}, by="an")
    for action, who, payload, _after in path(law)[2:7]:
        law.do(second, action, payload, by=who)
    law.at("2024-06-12 09:00")
    law.do(second, "call_back", {"reached": "satisfied"}, by="bai")
    law.do(second, "file", by="an")

    assert (law.state(second), law.ticket(second).round) == ("filed", 2)
    assert outcomes(second, "promised") == ["met", "met"]
    by_number = {row.number: row.values for row in ledger_rows(law.actor("zhu"), JUNE, law.program.book.ledgers["causes"])}
    assert by_number[second]["cause"] == "courier_loss"


@pytest.mark.req("CMP-01")
@pytest.mark.parametrize("field", ["customer", "happened_at", "description", "source"])
def test_the_registration_form_has_complainant_time_and_content_at_least(law: Regulation, field: str) -> None:
    with refused(InvalidInput, field=field, clause="流程.1"):
        law.open("complaint", {name: value for name, value in CALL.items() if name != field}, by="an")
    assert not Ticket.objects.exists()

    ticket = law.ticket(taken(law))

    assert (ticket.contact, ticket.summary, ticket.fields["happened_at"]) == ("李女士", CALL["description"], "2024-06-10T01:00:00+00:00")


@pytest.mark.req("CMP-02")
def test_the_handling_form_holds_the_solution_and_who_cannot_solve_it_asks_the_supervisor(law: Regulation) -> None:
    number = until(law, "investigating")
    with refused(InvalidInput, field="reason", clause="处理表"):
        law.do(number, "ask_supervisor", by="song")

    law.do(number, "ask_supervisor", {"reason": "客户要求十倍赔偿"}, by="song")
    law.do(number, "investigate", LOSS, by="song")
    with refused(InvalidInput, field="proposals"):
        law.do(number, "propose", {"discussion": "研讨"}, by="song")
    law.do(number, "propose", THREE, by="song")

    assert told(number, "told") == {"zhu"}
    assert [row["solution"] for row in law.ticket(number).fields["proposals"]] == ["原价退款", "补发并赔50元", "仅道歉"]


@pytest.mark.req("CMP-03")
@pytest.mark.parametrize("field", ["reason_sufficient", "demand_reasonable", "judgement", "validity", "demand"])
def test_reason_and_demand_are_both_judged_with_grounds(law: Regulation, field: str) -> None:
    number = taken(law)

    with refused(InvalidInput, field=field, clause="流程.2"):
        law.do(number, "judge", {name: value for name, value in VALID.items() if name != field}, by="an")

    assert law.state(number) == "accepted"


@pytest.mark.req("CMP-04")
def test_what_is_not_valid_is_answered_tactfully_and_stays_open_until_the_customer_understands(law: Regulation) -> None:
    number = taken(law)
    law.do(number, "judge", INVALID, by="an")
    with refused(InvalidInput, field="guidance", clause="流程.2"):
        law.do(number, "explain", {"guided": "solved"}, by="an")

    law.do(number, "explain", {"guided": "failed", "guidance": "监控显示20:05关门"}, by="an")

    assert (law.state(number), law.ticket(number).is_open) == ("contested", True)
    assert "zhu" in told(number, "entered")
    with refused(NotPermitted):
        law.do(number, "judge_again", AGAIN, by="an")
    law.do(number, "judge_again", AGAIN, by="zhu")
    law.do(number, "explain", {"guided": "solved", "guidance": "请主管致电说明"}, by="zhu")
    assert law.state(number) == "explained"
    assert [event.payload["guidance"] for event in law.events(number, "explain")] == ["监控显示20:05关门", "请主管致电说明"]
    assert number in {row.number for row in ledger_rows(law.actor("zhu"), JUNE, law.program.book.ledgers["filing"])}


@pytest.mark.req("CMP-05")
def test_a_valid_complaint_needs_a_time_told_to_the_customer_and_then_its_department(law: Regulation) -> None:
    number = taken(law)
    with refused(InvalidInput, field="promised_at", clause="流程.2"):
        law.do(number, "judge", {**GROUNDS, "validity": "valid"}, by="an")
    invalid = taken(law)
    law.do(invalid, "judge", {**GROUNDS, "validity": "invalid"}, by="an")
    for other in (number, invalid):
        with refused(NotAllowedNow):
            law.do(other, "assign", {"target_unit": law.units["SHOP"].pk}, by="an")
    law.do(number, "judge", VALID, by="an")
    with refused(InvalidInput, field="target_unit", clause="流程.2"):
        law.do(number, "assign", by="an")
    with refused(Unseen):
        law.do(number, "investigate", LOSS, by="song")

    law.do(number, "assign", {"target_unit": law.units["SHOP"].pk}, by="an")

    assert (law.ticket(number).unit, law.state(number)) == (law.units["SHOP"], "investigating")
    assert told(number, "relayed") == {"shang"}


@pytest.mark.req("CMP-05")
def test_a_time_that_was_told_to_the_customer_is_a_clock_until_it_is_done(law: Regulation) -> None:
    number = until(law, "executing")

    assert sweep(moment("2024-06-12 17:59")) >= 0
    assert outcomes(number, "promised") == []
    sweep(moment("2024-06-12 18:01"))

    assert outcomes(number, "promised") == ["breached"]
    assert Finding.objects.get(ticket__number=number, rule="promised").clause == "答应"
    assert {"an", "song", "zhu"} <= told(number, "breached")


@pytest.mark.req("CMP-05")
def test_another_time_is_agreed_with_the_customer_before_the_first_is_over(law: Regulation) -> None:
    number = until(law, "investigating")

    law.do(number, "promise", {"promised_at": "2024-06-14 12:00", "note": "客户同意"}, by="an")

    assert due(number, "promised") == moment("2024-06-14 12:00")
    assert outcomes(number, "promised") == ["void"]


@pytest.mark.req("CMP-06")
def test_one_solution_alone_is_not_submitted_and_the_discussion_is_written(law: Regulation) -> None:
    number = until(law, "investigating")
    law.do(number, "investigate", LOSS, by="song")
    with refused(InvalidInput, field="discussion", clause="流程.3"):
        law.do(number, "propose", {"proposals": THREE["proposals"]}, by="song")
    law.do(number, "propose", {"discussion": "研讨", "proposals": THREE["proposals"][:1]}, by="song")
    with refused(NotAllowedNow, clause="流程.3"):
        law.do(number, "submit", by="peng")

    law.do(number, "propose", THREE, by="song")
    law.do(number, "submit", by="peng")

    assert law.state(number) == "choosing"


@pytest.mark.req("CMP-07")
def test_the_leader_chooses_one_by_its_number_with_a_written_instruction_and_before_that_nothing_is_done(law: Regulation) -> None:
    number = until(law, "choosing")
    assert told(number, "to_sign") == {"lin"}
    for wrong, field in (({**SECOND, "chosen": 4}, "chosen"), ({**SECOND, "instruction": ""}, "instruction"), (YES, "chosen")):
        with refused(InvalidInput, field=field, clause="流程.3"):
            law.do(number, "choose", wrong, by="lin")
    for stranger in ("zhu", "peng", "zong"):
        with refused(NotPermitted):
            law.do(number, "choose", SECOND, by=stranger)
    with refused(NotAllowedNow):
        law.do(number, "execute", DONE, by="song")

    law.do(number, "choose", SECOND, by="lin")

    assert (law.state(number), law.ticket(number).fields["instruction"]) == ("executing", SECOND["instruction"])


@pytest.mark.req("CMP-07")
def test_the_leader_returns_what_convinces_him_not_and_nobody_chooses_his_own_proposal(law: Regulation) -> None:
    number = until(law, "choosing")
    with refused(InvalidInput, field="reason"):
        law.do(number, "choose", {"decision": "returned"}, by="lin")
    law.do(number, "choose", {"decision": "returned", "reason": "补偿不足"}, by="lin")
    assert law.state(number) == "proposing"
    law.appoint("peng", "leader_in_charge", "DELIVERY")
    law.do(number, "submit", by="peng")

    with refused(OwnApplication):
        law.do(number, "choose", SECOND, by="peng")


@pytest.mark.req("CMP-07")
def test_the_leader_is_to_decide_promptly(law: Regulation) -> None:
    number = until(law, "choosing")
    begun = law.now

    assert due(number, "chosen") is not None
    sweep(moment("2024-06-10 18:00"))

    assert outcomes(number, "chosen") == ["breached"]
    assert (moment("2024-06-10 18:00") - begun).total_seconds() > 8 * 3600
    assert {"lin", "zhu"} <= told(number, "breached")


@pytest.mark.req("CMP-07")
def test_what_no_leader_could_choose_is_not_submitted(law: Regulation) -> None:
    number = until(law, "investigating")
    law.do(number, "investigate", LOSS, by="song")
    law.do(number, "propose", THREE, by="song")
    law.dismiss("lin", "leader_in_charge")

    with refused(NobodyToSign):
        law.do(number, "submit", by="peng")


@pytest.mark.req("CMP-08")
def test_the_customer_takes_part_and_who_does_not_compensate_says_why(law: Regulation) -> None:
    number = until(law, "investigating")
    law.do(number, "investigate", LOSS, by="song")
    without = {"discussion": "研讨", "proposals": [{"solution": "道歉"}, {"solution": "书面说明"}]}
    with refused(InvalidInput, field="no_compensation", clause="流程.3"):
        law.do(number, "propose", without, by="song")
    law.do(number, "propose", {**without, "no_compensation": "客户明确不要补偿"}, by="song")
    law.do(number, "propose", THREE, by="song")

    law.do(number, "consult", {"customer_wish": "倾向方案二"}, by="an")
    law.do(number, "submit", by="peng")

    fields = law.ticket(number).fields
    assert fields["customer_wish"] == "倾向方案二"
    assert "no_compensation" not in fields
    assert [row["compensation"] for row in fields["proposals"]] == ["100.00", "50.00", None]
