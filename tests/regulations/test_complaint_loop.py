"""The closed loop of complaints, clause by clause (CMP-01 to CMP-20), and scenario S9."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import pytest

from banjie.approval.entering import NobodyToSign
from banjie.approval.standing import OwnApplication
from banjie.channels.models import Notification
from banjie.deadlines.duties import run_duties
from banjie.deadlines.models import Clock, DutyRun, Finding
from banjie.deadlines.sweep import sweep
from banjie.insight.period import Period
from banjie.insight.queries.ledger import ledger_rows
from banjie.insight.queries.rates import Rate
from banjie.insight.queries.statistics import Asked, statistics
from banjie.kernel.errors import InvalidInput, NotAllowedNow, NotPermitted, Unseen
from banjie.rulebook.queries import NoSuchType, active_program
from banjie.rulebook.shipped import install_shipped
from banjie.tickets.models import Event, Link, Ticket
from banjie.verification.models import Callback
from tests.cast import BUILDER, LONG_AGO
from tests.pos import moment
from tests.regulation import Regulation, install
from tests.tickets.observing import refused

SLUG = "complaint-loop"
JUNE = Asked(SLUG, Period(date(2024, 6, 1), date(2024, 6, 30)))
PEOPLE = {
    "an": ("安客服", "cs_agent", "HQ"),
    "bai": ("白客服", "cs_agent", "HQ"),
    "zhu": ("朱主管", "cs_supervisor hq_supervisor", "HQ"),
    "lin": ("林领导", "leader_in_charge", "HQ"),
    "zong": ("宗总", "general_manager", "HQ"),
    "pin": ("品质刘", "quality", "HQ"),
    "peng": ("彭部长", "department_head", "DELIVERY"),
    "song": ("宋配送", "handler", "DELIVERY"),
    "shang": ("尚店长", "department_head", "SHOP"),
}
UNITS = {"DELIVERY": ("配送部", "配送"), "SHOP": ("门店部", "门店")}
CALL = {
    "source": "phone",
    "customer": "李女士",
    "phone": "13800138000",
    "happened_at": "2024-06-10 09:00",
    "description": "快递丢件,三天无人回复",
}
SOOTHED = {"mood": "angry", "listened": "急用的礼物", "our_cause": True, "understanding": "换作是我也着急", "explained": "马上核查物流"}
GROUNDS = {"mood": "angry", "demand": "赔偿并道歉", "reason_sufficient": True, "demand_reasonable": True, "judgement": "面单显示已丢失"}
VALID = {**GROUNDS, "validity": "valid", "promised_at": "2024-06-12 18:00"}
INVALID = {
    **GROUNDS,
    "mood": "noisy",
    "reason_sufficient": False,
    "demand_reasonable": False,
    "judgement": "门上写明20:00打烊",
    "validity": "invalid",
}
AGAIN = {name: value for name, value in INVALID.items() if name not in ("mood", "demand")}
LOSS = {"investigation": "分拨中心遗失", "cause": "courier_loss", "cause_analysis": "交接未扫描", "service_cause": False}
THREE = {
    "discussion": "配送、客服、财务研讨",
    "proposals": [
        {"solution": "原价退款", "compensation": "100"},
        {"solution": "补发并赔50元", "compensation": "50"},
        {"solution": "仅道歉"},
    ],
}
SECOND = {"decision": "approved", "chosen": 2, "instruction": "按方案二,今日补发"}
DONE = {"result": "已补发并赔付50元", "fully_solved": True}
YES = {"decision": "approved"}


@pytest.fixture
def law(db: None) -> Regulation:
    found = install(SLUG, PEOPLE, UNITS)
    found.at("2024-06-10 09:05")
    return found


def taken(law: Regulation, **changes: Any) -> str:
    return law.open("complaint", {**CALL, **changes}, by="an")


def path(law: Regulation, investigation: Mapping[str, Any] = LOSS) -> list[tuple[str, str, Mapping[str, Any], str]]:
    """The main line: action, who, what, and the state in which the complaint is afterwards."""
    return [
        ("judge", "an", VALID, "to_assign"),
        ("assign", "an", {"target_unit": law.units["DELIVERY"].pk, "worker": law.members["song"].pk}, "investigating"),
        ("investigate", "song", investigation, "proposing"),
        ("propose", "song", THREE, "proposing"),
        ("submit", "peng", {}, "choosing"),
        ("choose", "lin", SECOND, "executing"),
        ("execute", "song", DONE, "executed"),
        ("call_back", "an", {"reached": "satisfied"}, "satisfied"),
    ]


def until(law: Regulation, state: str, investigation: Mapping[str, Any] = LOSS) -> str:
    """Bring a complaint on until it is in a state."""
    number = taken(law)
    for action, who, payload, after in path(law, investigation):
        law.do(number, action, payload, by=who)
        assert law.state(number) == after
        law.pass_time(minutes=1)
        if after == state and (action, state) != ("investigate", "proposing"):
            return number
    raise AssertionError(state)


def told(number: str, kind: str = "") -> set[str]:
    found = Notification.objects.filter(ticket_number=number)
    return set((found.filter(kind=kind) if kind else found).values_list("member__username", flat=True))


def due(number: str, clock: str) -> datetime | None:
    return Clock.objects.filter(ticket__number=number, name=clock).latest("id").due_at


def outcomes(number: str, rule: str) -> list[str]:
    return list(Finding.objects.filter(ticket__number=number, rule=rule).order_by("id").values_list("outcome", flat=True))


def below(number: str) -> list[Ticket]:
    return [link.source for link in Link.objects.filter(target__number=number, kind=Link.Kind.CHILD)]


def rate(law: Regulation, name: str) -> Rate:
    return next(one for one in statistics(law.actor("zhu"), JUNE).rates if one.name == name)


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
    law.do(number, "propose", {"discussion": "研讨", "proposals": THREE["proposals"][:1]}, by="song")  # type: ignore[index]
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


@pytest.mark.req("CMP-09")
def test_a_complaint_is_judged_at_once_handled_fast_and_called_back(law: Regulation) -> None:
    number = taken(law)
    assert due(number, "judged") == moment("2024-06-10 09:35")
    law.do(number, "judge", VALID, by="an")
    assert due(number, "handled") == moment("2024-06-11 09:05")

    sweep(moment("2024-06-11 09:06"))
    sweep(moment("2024-06-12 09:06"))

    assert (outcomes(number, "judged"), outcomes(number, "handled")) == (["met"], ["breached"])
    assert "lin" in told(number, "escalated")


@pytest.mark.req("CMP-09")
@pytest.mark.parametrize("action", ["file", "file_with_case"])
def test_no_complaint_is_closed_without_a_callback_in_which_the_customer_is_satisfied(law: Regulation, action: str) -> None:
    number = until(law, "executed")
    with refused(NotAllowedNow):
        law.do(number, action, by="zhu")
    law.do(number, "call_back", {"reached": "unreachable"}, by="an")
    with refused(NotAllowedNow):
        law.do(number, action, by="zhu")
    law.pass_time(hours=2)
    law.do(number, "call_back", {"reached": "dissatisfied"}, by="an")

    with refused(NotAllowedNow):
        law.do(number, action, by="zhu")
    assert law.ticket(number).is_open


@pytest.mark.req("CMP-09")
def test_who_handled_it_does_not_call_back_and_the_callback_has_its_time(law: Regulation) -> None:
    law.appoint("song", "cs_agent", "DELIVERY")
    number = until(law, "executed")

    with refused(NotPermitted):
        law.do(number, "call_back", {"reached": "satisfied"}, by="song")
    sweep(law.pass_time(hours=25))

    assert outcomes(number, "called_back") == ["breached"]


@pytest.mark.req("CMP-09")
def test_rounds_are_counted_and_the_second_dissatisfaction_is_told_one_level_up(law: Regulation) -> None:
    number = until(law, "executed")
    law.do(number, "call_back", {"reached": "dissatisfied"}, by="an")
    assert told(number, "repeated") == set()
    law.do(number, "begin_round", {"round_plan": "重办", "promised_at": "2024-06-12 12:00"}, by="an")
    for action, who, payload, _after in path(law)[2:7]:
        law.do(number, action, payload, by=who)

    law.do(number, "call_back", {"reached": "dissatisfied"}, by="an")

    assert law.ticket(number).round == 3
    assert told(number, "repeated") == {"lin", "zong"}
    assert list(Callback.objects.order_by("id").values_list("round", "attempt")) == [(1, 1), (2, 1)]


@pytest.mark.req("CMP-09")
@pytest.mark.parametrize("ending", ["unreachable", "decision"])
def test_who_is_never_reached_or_never_satisfied_ends_apart_by_approval_and_never_as_satisfied(law: Regulation, ending: str) -> None:
    approve, state = {"unreachable": ("end_unreachable", "unreachable"), "decision": ("end_by_decision", "closed_by_decision")}[ending]
    number = until(law, "executed")
    law.do(number, "call_back", {"reached": "unreachable"}, by="an")
    with refused(InvalidInput, field="ending_reason", clause="决定.2"):
        law.do(number, "propose_ending", {"ending": ending}, by="an")
    law.do(number, "propose_ending", {"ending": ending, "ending_reason": "三次均无法办结"}, by="an")
    assert law.ticket(number).is_open
    with refused(NotPermitted):
        law.do(number, approve, YES, by="zhu")
    other = {"end_unreachable": "end_by_decision", "end_by_decision": "end_unreachable"}[approve]
    with refused(NotAllowedNow):
        law.do(number, other, YES, by="lin")

    law.do(number, approve, YES, by="lin")

    assert (law.state(number), law.ticket(number).is_open) == (state, False)
    assert (rate(law, "satisfaction").numerator, rate(law, "satisfaction").denominator) == (0, 0)
    with refused(NotAllowedNow):
        law.do(number, "file", by="an")
    law.do(number, "reopen", {"reason": "客户回电"}, by="an")
    assert (law.state(number), law.ticket(number).round) == ("next_round", 2)


@pytest.mark.req("CMP-10")
def test_the_file_holds_the_complaint_from_registration_to_callback(law: Regulation) -> None:
    number = until(law, "satisfied")
    law.do(number, "file", {"note": "归入2024-06卷"}, by="an")

    row = next(iter(ledger_rows(law.actor("zhu"), JUNE, law.program.book.ledgers["filing"])))

    assert (row.number, row.state, row.is_open) == (number, "filed", False)
    said = {name: row.values.get(name) for name in ("customer", "mood", "validity", "cause", "chosen", "instruction", "result", "reached")}
    assert said == {
        "customer": "李女士", "mood": "angry", "validity": "valid", "cause": "courier_loss", "chosen": "2",
        "instruction": SECOND["instruction"], "result": DONE["result"], "reached": "satisfied",
    }  # fmt: skip


@pytest.mark.req("CMP-11")
@pytest.mark.parametrize("source", ["phone", "visit", "online", "mail", "letter", "other"])
def test_every_channel_brings_a_complaint_into_the_same_process(law: Regulation, source: str) -> None:
    assert law.ticket(taken(law, source=source)).source == source


@pytest.mark.req("CMP-11")
@pytest.mark.parametrize("field", ["investigation", "cause", "cause_analysis", "service_cause"])
def test_no_solution_is_sought_before_the_cause_is_named_and_analysed(law: Regulation, field: str) -> None:
    number = until(law, "investigating")

    with refused(InvalidInput, field=field, clause="三个方面.3"):
        law.do(number, "investigate", {name: value for name, value in LOSS.items() if name != field}, by="song")


def month_opened(law: Regulation) -> str:
    """Let the month's analysis be opened; return its number."""
    run_duties(law.now)
    return str(DutyRun.objects.get(duty="analyse", period=law.now.date().replace(day=1)).frame[0])


MONTH = {
    "complaints_count": 8, "handled_count": 6, "services_count": 400, "improvements": "交接必须扫描",
    "causes_table": [{"cause": "快递丢件", "number": 5}, {"cause": "服务态度", "number": 3}],
}  # fmt: skip


@pytest.mark.req("CMP-11", "CMP-19")
def test_causes_are_counted_every_month_and_what_was_learnt_is_told_to_the_departments(law: Regulation) -> None:
    number = month_opened(law)
    for field in ("causes_table", "improvements"):
        with refused(InvalidInput, field=field):
            law.do(number, "submit", {name: value for name, value in MONTH.items() if name != field}, by="zhu")

    law.do(number, "submit", MONTH, by="zhu")

    assert law.state(number) == "submitted"
    assert {"pin", "lin", "zong"} <= told(number, "told")


@pytest.mark.req("CMP-11")
def test_a_month_without_the_analysis_of_causes_breaks_the_clause(law: Regulation) -> None:
    month_opened(law)
    law.at("2024-07-01 00:01")
    run_duties(law.now)

    assert DutyRun.objects.get(duty="analyse", period=date(2024, 6, 1)).state == "broken"
    assert Finding.objects.filter(rule="analyse", outcome="breached").exists()


@pytest.mark.req("CMP-12")
def test_the_channel_is_short_its_cost_is_known_and_slowness_is_seen(law: Regulation) -> None:
    number = until(law, "investigating")  # two steps after it was taken the department works on it
    assert [event.action for event in law.events(number) if event.action] == ["take", "judge", "assign"]
    assert (law.ticket(number).unit, law.ticket(number).assignee) == (law.units["DELIVERY"], law.members["song"])
    for action, who, payload, _after in path(law)[2:6]:
        law.do(number, action, payload, by=who)

    fields = law.ticket(number).fields

    assert fields["proposals"][int(fields["chosen"]) - 1]["compensation"] == "50.00"
    sweep(moment("2024-06-11 09:30"))
    assert outcomes(number, "handled") == ["breached"]


@pytest.mark.req("CMP-13")
@pytest.mark.parametrize("mood", ["angry", "anxious", "sad", "noisy"])
def test_the_mood_of_the_complainant_is_judged(law: Regulation, mood: str) -> None:
    number = taken(law)
    with refused(InvalidInput, field="mood"):
        law.do(number, "judge", {name: value for name, value in VALID.items() if name != "mood"}, by="an")

    law.do(number, "judge", {**VALID, "mood": mood}, by="an")

    assert law.ticket(number).fields["mood"] == mood


@pytest.mark.req("CMP-14")
@pytest.mark.parametrize("field", ["mood", "listened", "our_cause", "understanding", "explained"])
def test_soothing_is_recorded_step_by_step(law: Regulation, field: str) -> None:
    number = taken(law)
    with refused(InvalidInput, field=field, clause="情绪判断"):
        law.do(number, "soothe", {name: value for name, value in SOOTHED.items() if name != field}, by="an")

    law.do(number, "soothe", SOOTHED, by="an")

    assert law.events(number, "soothe")[0].payload[field] == SOOTHED[field]


@pytest.mark.req("CMP-15")
def test_a_complaint_about_an_order_is_recorded_soothed_and_brought_to_its_department(law: Regulation) -> None:
    number = taken(law, order_no="PO-9")
    law.do(number, "soothe", SOOTHED, by="an")
    law.do(number, "judge", VALID, by="an")
    law.do(number, "assign", {"target_unit": law.units["DELIVERY"].pk}, by="an")
    law.do(number, "tell", {"note": "已转配送部核查"}, by="an")

    assert law.ticket(number).fields["order_no"] == "PO-9"
    assert told(number, "relayed") == {"peng"}
    assert [event.action for event in law.events(number) if event.action] == ["take", "soothe", "judge", "assign", "tell"]


@pytest.mark.req("CMP-16")
def test_goods_delayed_by_what_nobody_controls_need_after_care_in_time_and_on_record(law: Regulation) -> None:
    number = until(law, "executing", {**LOSS, "cause": "uncontrollable_delay", "cause_analysis": "台风停航"})
    with refused(InvalidInput, field="after_care", clause="三个方面.2"):
        law.do(number, "execute", DONE, by="song")
    sweep(law.pass_time(hours=24))
    assert outcomes(number, "cared") == ["breached"]

    law.do(number, "care", {"after_care": "改空运并致歉"}, by="an")
    law.do(number, "execute", DONE, by="song")

    assert law.ticket(number).fields["after_care"] == "改空运并致歉"


def test_other_causes_need_no_after_care(law: Regulation) -> None:
    number = until(law, "executed")

    assert not Clock.objects.filter(ticket__number=number, name__in=["cared", "quality_reported"]).exists()


@pytest.mark.req("CMP-17")
def test_rate_timeliness_and_handling_of_complaints_are_counted(law: Regulation) -> None:
    until(law, "satisfied")
    law.at("2024-06-10 12:00")
    late = until(law, "to_assign")
    sweep(moment("2024-06-11 12:10"))
    analysis = month_opened(law)

    law.do(analysis, "submit", MONTH, by="zhu")

    assert late
    assert (rate(law, "timeliness").numerator, rate(law, "timeliness").denominator) == (1, 2)
    fields = law.ticket(analysis).fields
    assert (fields["complaint_rate"], fields["handling_rate"]) == (2.0, 75.0)


@pytest.mark.req("CMP-18")
def test_a_complaint_caused_by_service_is_analysed_by_itself_before_it_is_filed(law: Regulation) -> None:
    number = until(law, "satisfied", {**LOSS, "cause": "attitude", "service_cause": True})
    with refused(NotAllowedNow):
        law.do(number, "file", by="an")
    with refused(NotAllowedNow, clause="闭环"):
        law.do(number, "file_with_case", by="an")
    law.do(number, "open_case", {"reason": "客服态度生硬"}, by="zhu")
    case = below(number)[0].number
    assert due(case, "analysed") == law.now.replace(month=7, day=10)
    with refused(InvalidInput, field="penalty_proposal", clause="个案"):
        law.do(case, "analyse", {"staff": "0217", "case_analysis": "两次打断客户", "measures": "复训话术"}, by="zhu")
    law.do(
        case,
        "analyse",
        {"staff": "0217", "case_analysis": "两次打断客户", "measures": "复训话术", "penalty_proposal": "扣当月服务分2分"},
        by="zhu",
    )
    with refused(NotAllowedNow):
        law.do(number, "file_with_case", by="an")

    law.do(case, "approve", YES, by="lin")
    law.do(number, "file_with_case", by="an")

    assert (law.state(case), law.state(number)) == ("concluded", "filed")


@pytest.mark.req("CMP-18")
def test_the_analysis_of_a_case_may_last_no_longer_than_a_month(law: Regulation) -> None:
    number = until(law, "executed", {**LOSS, "cause": "attitude", "service_cause": True})
    law.do(number, "open_case", {"reason": "客服态度生硬"}, by="zhu")
    case = below(number)[0].number

    sweep(law.pass_time(days=30, minutes=1))

    assert outcomes(case, "analysed") == ["breached"]


@pytest.mark.req("CMP-19")
def test_complaints_are_handled_in_time_and_fairly(law: Regulation) -> None:
    number = taken(law)
    law.do(number, "judge", INVALID, by="an")
    law.do(number, "explain", {"guided": "failed", "guidance": "不属我方责任"}, by="an")

    with refused(NotPermitted, clause="流程.2"):  # who judged does not judge the objection
        law.do(number, "judge_again", AGAIN, by="an")
    sweep(moment("2024-06-10 09:36"))

    assert outcomes(number, "judged") == ["met"]
    waiting = taken(law)
    sweep(moment("2024-06-10 09:36"))
    assert outcomes(waiting, "judged") == ["breached"]


@pytest.mark.req("CMP-20")
def test_a_problem_of_product_quality_is_told_to_the_departments_and_the_general_manager(law: Regulation) -> None:
    number = until(law, "proposing", {**LOSS, "cause": "product_quality"})
    assert due(number, "quality_reported") is not None
    law.do(number, "report_quality", {"reason": "壶柄受热熔化,同批200件"}, by="an")

    assert {"zong", "pin", "peng"} <= told(number, "told")
    assert outcomes(number, "quality_reported") == ["met"]


@pytest.mark.req("CMP-20")
def test_a_problem_of_product_quality_that_nobody_reports_breaks_the_clause(law: Regulation) -> None:
    number = until(law, "proposing", {**LOSS, "cause": "product_quality"})

    sweep(law.pass_time(hours=24))

    assert outcomes(number, "quality_reported") == ["breached"]
    assert "zong" in told(number, "breached")


def test_quality_is_not_reported_for_other_causes(law: Regulation) -> None:
    number = until(law, "choosing")

    with refused(NotAllowedNow, clause="质量通报"):
        law.do(number, "report_quality", {"reason": "质量"}, by="an")


def test_a_complaint_carries_an_exception_and_both_timelines_name_the_other(law: Regulation) -> None:
    number = taken(law)
    with refused(NoSuchType):
        law.do(number, "open_exception", {"reason": "集体投诉"}, by="an")  # the other regulation is not in force
    install_shipped("service-exception", by=BUILDER, at=LONG_AGO)

    law.do(number, "open_exception", {"reason": "集体投诉"}, by="an")

    exception = below(number)[0]
    assert (exception.type, exception.state, exception.contact) == ("exception", "reported", "李女士")
    assert exception.fields["description"] == CALL["description"]
    assert active_program("service-exception").version_id == exception.rulebook_version_id
    assert law.events(number, "open_exception")[0].payload["opened"] == exception.number
    assert Event.objects.filter(ticket=exception).first().payload["parent"] == number  # type: ignore[union-attr]
    assert law.state(number) == "accepted"
