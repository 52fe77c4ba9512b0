"""The regulation on channel conflicts, clause by clause, and scenario S16."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from banjie.channels.models import Notification
from banjie.deadlines.duties import run_duties
from banjie.deadlines.models import Clock, DutyRun, Finding
from banjie.deadlines.replan import replan
from banjie.deadlines.sweep import sweep
from banjie.insight.ledgers import ledger_cells, written
from banjie.insight.period import Period
from banjie.insight.queries.ledger import ledger_rows
from banjie.insight.queries.statistics import Asked
from banjie.kernel.errors import InvalidInput, NotAllowedNow, NotPermitted, Unseen
from banjie.tickets.models import Ticket
from banjie.worktime.drafts import DayEntry
from banjie.worktime.models import CalendarDay
from banjie.worktime.queries import current_version, draft_of
from banjie.worktime.verbs.change_day import set_day
from banjie.worktime.verbs.save_calendar import save_calendar
from tests.cast import BUILDER
from tests.pos import moment
from tests.regulation import Regulation, install
from tests.tickets.observing import refused

PEOPLE = {
    "ke": ("柯客服", "cs_agent", "EAST"),
    "quan": ("全客服", "cs_agent", "HQ"),
    "zhuang": ("庄专员", "cs_specialist", "HQ"),
    "sheng": ("盛省区", "province_area", "EAST"),
    "ying": ("应总监", "marketing_director", "HQ"),
    "zong": ("宗总", "general_manager", "HQ"),
    "cai": ("蔡会计", "finance", "HQ"),
    "xing": ("邢行政", "admin_department", "HQ"),
    "bu": ("卜部长", "department_head", "HQ"),
    "guan": ("关领导", "management hq_supervisor", "HQ"),
}
UNITS = {"EAST": ("华东省区", "华东")}
COMPLAINT = {"complainant": "钟经销商", "complaint": "邻省低价货流入", "area_found": "浙江金华"}
EVIDENCE = {"quantity": "120", "price": "35.50", "area_of_origin": "江苏徐州", "evidence": "购货小票、货品照片"}
CODES = {"batch_no": "B20240901", "code": "0571-0088", "site_check": "在金华店内核对，照片存附件"}
REPORT = {"case_report": "徐州货流入金华120箱", "form_no": "CHSB-2024-11"}
PENALTY = {"penalty": "扣返利并书面警告", "penalty_amount": "5000"}
EXECUTION = {"executed_amount": "5000", "execution": "从11月返利中扣除"}
YES = {"decision": "approved"}

# The case from complaint to end: who does what, with what.
PATH: tuple[tuple[str, str, Mapping[str, Any]], ...] = (
    ("take_evidence", "ke", EVIDENCE),
    ("verify_on_site", "ke", CODES),
    ("report", "ke", REPORT),
    ("file_case", "zhuang", {"case_no": "CH-0007"}),
    ("receive_form", "ke", {}),
    ("submit", "ke", PENALTY),
    ("review", "ying", YES),
    ("decide", "zong", YES),
    ("report_done", "sheng", {"province_report": "已收回货品并约谈经销商"}),
    ("aggregate", "ke", {"summary": "材料齐全"}),
    ("execute", "cai", EXECUTION),
    ("conclude", "ke", {"conclusion": "窜货属实，处罚已执行"}),
    ("sign_conclusion", "zong", YES),
    ("publish", "xing", {"published_to": "销售部、物流部"}),
    ("close", "ke", {}),
)


@pytest.fixture
def law(db: None) -> Regulation:
    found = install("channel-conflict", PEOPLE, UNITS)
    found.at("2024-11-08 10:00")  # a Friday
    return found


def complained(law: Regulation) -> str:
    return law.open("conflict", COMPLAINT, by="ke")


def until(law: Regulation, last: str) -> str:
    """Bring a case on until an action is done."""
    number = complained(law)
    for action, name, payload in PATH:
        law.do(number, action, payload, by=name)
        if action == last:
            return number
    raise AssertionError(last)


def due(number: str, clock: str) -> object:
    return Clock.objects.get(ticket__number=number, name=clock).due_at


def outcomes(number: str, rule: str) -> list[str]:
    return list(Finding.objects.filter(ticket__number=number, rule=rule).values_list("outcome", flat=True))


def told(name: str, number: str) -> set[str]:
    return set(Notification.objects.filter(member__username=name, ticket_number=number).values_list("kind", flat=True))


@pytest.mark.req("CHC-01", "CHC-02", "CHC-03", "CHC-04", "CHC-05", "CHC-06", "CHC-07", "CHC-09")
def test_s16_a_case_from_the_complaint_of_friday_to_the_notice_of_a_fortnight_later(law: Regulation) -> None:
    number = complained(law)
    assert due(number, "evidence_in_time") == moment("2024-11-12 00:00")  # the end of Monday
    assert due(number, "filed_in_time") == moment("2024-11-14 00:00")  # the end of Wednesday

    law.at("2024-11-11 10:00")
    law.do(number, "take_evidence", EVIDENCE, by="ke")
    assert due(number, "verified_same_day") == moment("2024-11-12 00:00")
    law.at("2024-11-11 16:00")
    law.do(number, "verify_on_site", CODES, by="ke")
    law.at("2024-11-13 15:00")
    law.do(number, "report", REPORT, by="ke")
    law.do(number, "file_case", {"case_no": "CH-0007"}, by="zhuang")
    assert law.state(number) == "filed"

    law.at("2024-11-14 09:00")
    law.do(number, "receive_form", by="ke")
    assert due(number, "submitted_in_time") == moment("2024-11-14 14:15")  # half of 9:00-12:00 and 13:30-18:00
    law.at("2024-11-14 11:30")
    law.do(number, "submit", PENALTY, by="ke")
    law.do(number, "review", YES, by="ying")
    law.do(number, "decide", YES, by="zong")
    assert law.state(number) == "province_handling"

    law.at("2024-11-20 10:00")
    law.do(number, "report_done", {"province_report": "已收回货品"}, by="sheng")
    assert due(number, "aggregated_in_time") == moment("2024-11-22 00:00")
    law.at("2024-11-21 10:00")
    law.do(number, "aggregate", {"summary": "材料齐全"}, by="ke")
    with refused(InvalidInput, field="executed_amount", clause="七.4"):
        law.do(number, "execute", {**EXECUTION, "executed_amount": "3000"}, by="cai")
    law.do(number, "execute", EXECUTION, by="cai")
    law.do(number, "conclude", {"conclusion": "窜货属实"}, by="ke")
    law.at("2024-11-21 15:00")
    law.do(number, "sign_conclusion", YES, by="zong")
    assert due(number, "published_in_time") == moment("2024-11-23 00:00")
    law.at("2024-11-22 16:00")
    law.do(number, "publish", {"published_to": "销售部、物流部"}, by="xing")
    law.do(number, "close", by="ke")

    assert sweep(moment("2024-11-30 00:00")) == 0
    assert sorted(Finding.objects.filter(ticket__number=number).values_list("rule", "outcome")) == [
        (rule, "met")
        for rule in (
            "aggregated_in_time",
            "evidence_in_time",
            "filed_in_time",
            "published_in_time",
            "submitted_in_time",
            "verified_same_day",
        )
    ]
    quarter = Asked("channel-conflict", Period(date(2024, 10, 1), date(2024, 12, 31)))
    assert [row.number for row in ledger_rows(law.actor("guan"), quarter, law.program.book.ledgers["conflicts"])] == [number]


def make_monday_a_holiday(law: Regulation) -> None:
    holiday = DayEntry(date(2024, 11, 11), CalendarDay.Kind.HOLIDAY, name="公司放假")
    set_day("cn-office", holiday, expect=current_version("cn-office").number, by=BUILDER, at=law.now)


@pytest.mark.req("CHC-01", "CHC-03", "CHC-09")
def test_a_holiday_on_the_monday_shifts_what_is_due_by_a_day(law: Regulation) -> None:
    make_monday_a_holiday(law)

    number = complained(law)

    assert due(number, "evidence_in_time") == moment("2024-11-13 00:00")
    assert due(number, "filed_in_time") == moment("2024-11-15 00:00")


@pytest.mark.req("CHC-09")
def test_a_holiday_that_is_announced_later_shifts_the_cases_that_run_already(law: Regulation) -> None:
    number = complained(law)
    make_monday_a_holiday(law)

    replan(law.now)

    assert due(number, "evidence_in_time") == moment("2024-11-13 00:00")
    assert due(number, "filed_in_time") == moment("2024-11-15 00:00")


@pytest.mark.req("CHC-04", "CHC-09")
def test_with_an_eight_hour_day_half_a_working_day_is_four_working_hours(law: Regulation) -> None:
    hours = ((9 * 60, 12 * 60), (13 * 60, 18 * 60))
    draft = replace(draft_of(current_version("cn-office")), weekly=(hours,) * 5 + ((), ()))
    save_calendar("cn-office", draft, by=BUILDER, at=law.now)
    number = until(law, "file_case")
    law.at("2024-11-14 09:00")

    law.do(number, "receive_form", by="ke")

    assert due(number, "submitted_in_time") == moment("2024-11-14 14:00")


@pytest.mark.req("CHC-01")
@pytest.mark.parametrize(("at", "outcome"), [("2024-11-11 23:59", "met"), ("2024-11-12 00:01", "breached")])
def test_evidence_is_taken_within_one_working_day_of_the_complaint(law: Regulation, at: str, outcome: str) -> None:
    number = complained(law)
    law.at(at)

    law.do(number, "take_evidence", EVIDENCE, by="ke")

    assert outcomes(number, "evidence_in_time") == [outcome]


@pytest.mark.req("CHC-02")
@pytest.mark.parametrize(("at", "outcome"), [("2024-11-08 23:59", "met"), ("2024-11-09 00:01", "breached")])
def test_batch_and_code_are_verified_on_the_day_the_evidence_is_taken(law: Regulation, at: str, outcome: str) -> None:
    number = complained(law)
    law.do(number, "take_evidence", EVIDENCE, by="ke")
    law.at(at)

    law.do(number, "verify_on_site", CODES, by="ke")

    assert outcomes(number, "verified_same_day") == [outcome]


@pytest.mark.req("CHC-03")
@pytest.mark.parametrize(("at", "outcome"), [("2024-11-13 23:59", "met"), ("2024-11-14 00:01", "breached")])
def test_the_case_is_reported_and_filed_within_three_working_days_of_the_complaint(law: Regulation, at: str, outcome: str) -> None:
    number = until(law, "report")
    assert "entered" in told("zhuang", number)
    law.at(at)

    law.do(number, "file_case", {"case_no": "CH-0007"}, by="zhuang")

    assert outcomes(number, "filed_in_time") == [outcome]


@pytest.mark.req("CHC-03")
def test_the_specialist_files_the_case_and_not_who_reports_it(law: Regulation) -> None:
    number = until(law, "report")

    with refused(NotPermitted):
        law.do(number, "file_case", {"case_no": "CH-0007"}, by="ke")
    with refused(InvalidInput, field="case_no"):
        law.do(number, "file_case", by="zhuang")


@pytest.mark.req("CHC-03")
def test_a_report_sent_back_for_more_is_still_due_within_the_three_days(law: Regulation) -> None:
    number = until(law, "report")
    law.do(number, "return_report", {"reason": "缺徐州经销商进货记录"}, by="zhuang")

    assert law.state(number) == "verified"
    assert Clock.objects.get(ticket__number=number, name="filed_in_time").state == "running"


@pytest.mark.req("CHC-03", "CHC-08")
@pytest.mark.parametrize("field", [*REPORT])
def test_a_report_without_its_papers_is_refused(law: Regulation, field: str) -> None:
    number = until(law, "verify_on_site")

    with refused(InvalidInput, field=field, clause="七.2"):
        law.do(number, "report", {name: text for name, text in REPORT.items() if name != field}, by="ke")


@pytest.mark.req("CHC-08")
@pytest.mark.parametrize("field", ["complainant", "area_found", *EVIDENCE, "batch_no", "code"])
def test_each_piece_of_the_case_is_demanded_where_it_is_learnt(law: Regulation, field: str) -> None:
    def without(form: Mapping[str, str]) -> dict[str, str]:
        return {name: text for name, text in form.items() if name != field}

    if field in COMPLAINT:
        with refused(InvalidInput, field=field, clause="七.1"):
            law.open("conflict", without(COMPLAINT), by="ke")
        return
    number = complained(law) if field in EVIDENCE else until(law, "take_evidence")
    with refused(InvalidInput, field=field, clause="七.1"):
        law.do(number, *(("take_evidence", without(EVIDENCE)) if field in EVIDENCE else ("verify_on_site", without(CODES))), by="ke")


@pytest.mark.req("CHC-08")
def test_the_ticket_keeps_the_whole_case(law: Regulation) -> None:
    kept = law.ticket(until(law, "report")).fields

    asked = ("complainant", "area_found", "area_of_origin", "quantity", "price", "evidence", "batch_no", "code")
    assert [kept[name] for name in asked] == [
        "钟经销商",
        "浙江金华",
        "江苏徐州",
        "120",
        "35.50",
        "购货小票、货品照片",
        "B20240901",
        "0571-0088",
    ]


@pytest.mark.req("CHC-04")
@pytest.mark.parametrize(("at", "outcome"), [("2024-11-14 14:15", "met"), ("2024-11-14 14:16", "breached")])
def test_the_form_goes_to_the_director_within_half_a_working_day(law: Regulation, at: str, outcome: str) -> None:
    number = until(law, "file_case")
    law.at("2024-11-14 09:00")
    law.do(number, "receive_form", by="ke")
    law.at(at)

    law.do(number, "submit", PENALTY, by="ke")

    assert outcomes(number, "submitted_in_time") == [outcome]


@pytest.mark.req("CHC-04")
def test_the_director_decides_before_the_general_manager_and_neither_alone_is_enough(law: Regulation) -> None:
    number = until(law, "submit")

    with refused(NotAllowedNow):
        law.do(number, "decide", YES, by="zong")
    with refused(NotPermitted):
        law.do(number, "review", YES, by="zong")
    law.do(number, "review", YES, by="ying")
    assert law.state(number) == "gm_final"
    with refused(NotPermitted):
        law.do(number, "decide", YES, by="ying")
    law.do(number, "decide", YES, by="zong")

    assert law.state(number) == "province_handling"


@pytest.mark.req("CHC-04")
def test_what_the_general_manager_returns_goes_to_the_director_again(law: Regulation) -> None:
    number = until(law, "review")
    with refused(InvalidInput, field="reason"):
        law.do(number, "decide", {"decision": "returned"}, by="zong")
    law.do(number, "decide", {"decision": "returned", "reason": "金额过高"}, by="zong")
    assert law.state(number) == "form_received"
    law.pass_time(minutes=5)

    law.do(number, "submit", {**PENALTY, "penalty_amount": "3000"}, by="ke")

    assert law.state(number) == "director_review"


@pytest.mark.req("CHC-05")
@pytest.mark.parametrize(("at", "outcome"), [("2024-11-21 23:59", "met"), ("2024-11-22 00:01", "breached")])
def test_finance_is_told_within_one_working_day_of_the_provinces_report(law: Regulation, at: str, outcome: str) -> None:
    number = until(law, "decide")
    law.at("2024-11-20 10:00")
    law.do(number, "report_done", {"province_report": "已处理"}, by="sheng")
    law.at(at)

    law.do(number, "aggregate", {"summary": "材料齐全"}, by="ke")

    assert outcomes(number, "aggregated_in_time") == [outcome]
    assert "entered" in told("cai", number)


@pytest.mark.req("CHC-05")
def test_no_penalty_is_executed_before_it_is_approved_nor_by_anybody_but_finance(law: Regulation) -> None:
    number = until(law, "submit")

    with refused(NotAllowedNow):
        law.do(number, "execute", EXECUTION, by="cai")
    for action, name, payload in PATH[6:10]:
        law.do(number, action, payload, by=name)
    with refused(NotPermitted):
        law.do(number, "execute", EXECUTION, by="ke")


@pytest.mark.req("CHC-05")
@pytest.mark.parametrize("amount", ["4999.99", "0", "50000"])
def test_no_other_penalty_is_executed_than_the_approved_one(law: Regulation, amount: str) -> None:
    number = until(law, "aggregate")

    with refused(InvalidInput, field="executed_amount", clause="七.4"):
        law.do(number, "execute", {**EXECUTION, "executed_amount": amount}, by="cai")
    with refused(InvalidInput, field="penalty_amount"):  # what was approved is no entry of the execution
        law.do(number, "execute", {**EXECUTION, "executed_amount": amount, "penalty_amount": amount}, by="cai")


@pytest.mark.req("CHC-05")
def test_a_case_without_a_fine_is_executed_with_none(law: Regulation) -> None:
    number = until(law, "receive_form")
    law.do(number, "submit", {"penalty": "书面警告", "penalty_amount": "0"}, by="ke")
    for action, name, payload in PATH[6:10]:
        law.do(number, action, payload, by=name)

    law.do(number, "execute", {"executed_amount": "0", "execution": "已发警告函"}, by="cai")

    assert law.state(number) == "executed"


@pytest.mark.req("CHC-06")
@pytest.mark.parametrize(("at", "outcome"), [("2024-11-22 23:59", "met"), ("2024-11-23 00:01", "breached")])
def test_the_admin_department_tells_the_departments_within_one_working_day(law: Regulation, at: str, outcome: str) -> None:
    number = until(law, "conclude")
    law.at("2024-11-21 15:00")
    law.do(number, "sign_conclusion", YES, by="zong")
    with refused(NotPermitted):
        law.do(number, "publish", {"published_to": "销售部"}, by="ke")
    law.at(at)

    law.do(number, "publish", {"published_to": "销售部"}, by="xing")

    assert outcomes(number, "published_in_time") == [outcome]
    assert "entered" in told("xing", number)
    assert "told" in told("bu", number)


@pytest.mark.req("CHC-06")
def test_nothing_is_published_before_the_general_manager_signed_the_conclusion(law: Regulation) -> None:
    number = until(law, "conclude")

    with refused(NotAllowedNow):
        law.do(number, "publish", {"published_to": "销售部"}, by="xing")
    with refused(NotPermitted):
        law.do(number, "sign_conclusion", YES, by="ying")


@pytest.mark.req("CHC-07")
def test_the_ledger_lists_every_case_of_all_provinces_with_penalty_and_execution(law: Regulation) -> None:
    closed, running = until(law, "close"), law.open("conflict", {**COMPLAINT, "complainant": "方经销商"}, by="quan")
    ledger = law.program.book.ledgers["conflicts"]

    rows = ledger_rows(law.actor("guan"), Asked("channel-conflict", Period(date(2024, 10, 1), date(2024, 12, 31))), ledger)

    assert [row.number for row in rows] == [running, closed]
    cells = ledger_cells(law.program, ledger, rows, law.actor("guan"))
    assert [cell for cell in ("江苏徐州", "扣返利并书面警告") if cell not in written(cells[1])] == []


@pytest.mark.req("CHC-07")
def test_each_quarter_owes_a_disclosure_to_the_leaders_and_one_left_out_is_a_breach(law: Regulation) -> None:
    run_duties(law.now)
    run = DutyRun.objects.get(duty="disclose_quarterly", period=date(2024, 10, 1))
    number = run.frame[0]
    assert (Ticket.objects.get(number=number).type, run.due_at) == ("disclosure", moment("2025-01-01 00:00"))
    with refused(InvalidInput, field="disclosure"):
        law.do(number, "disclose", by="quan")

    law.at("2024-12-30 10:00")
    law.do(number, "disclose", {"disclosure": "本季立案1件，处罚5000元已执行"}, by="quan")
    law.at("2025-01-01 00:01")
    run_duties(law.now)
    law.at("2025-04-01 00:01")
    run_duties(law.now)

    assert "told" in told("guan", number)
    found = DutyRun.objects.filter(duty="disclose_quarterly", period__gte=date(2024, 10, 1)).order_by("period")
    assert [run.state for run in found] == ["kept", "broken", "open"]
    assert Finding.objects.filter(rule="disclose_quarterly", outcome="breached", at__gte=moment("2025-01-02 00:00")).count() == 1


def test_a_complaint_that_proves_unfounded_ends_with_its_reason(law: Regulation) -> None:
    number = until(law, "verify_on_site")
    with refused(InvalidInput, field="reason"):
        law.do(number, "dismiss", by="zhuang")

    law.do(number, "dismiss", {"reason": "批号属本区正常供货"}, by="zhuang")

    assert law.state(number) == "dismissed"


def test_a_province_sees_its_own_cases_only(law: Regulation) -> None:
    own, other = until(law, "decide"), law.open("conflict", COMPLAINT, by="quan")

    assert "report_done" in law.may(own, by="sheng")
    with refused(Unseen):
        law.do(other, "comment", {"note": "看一下"}, by="sheng")
