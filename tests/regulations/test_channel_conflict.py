"""The regulation on channel conflicts, clause by clause: evidence, report, filing; and scenario S16."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import pytest

from banjie.deadlines.models import Clock, Finding
from banjie.deadlines.replan import replan
from banjie.deadlines.sweep import sweep
from banjie.insight.period import Period
from banjie.insight.queries.ledger import ledger_rows
from banjie.insight.queries.statistics import Asked
from banjie.kernel.errors import InvalidInput, NotPermitted
from banjie.worktime.drafts import DayEntry
from banjie.worktime.models import CalendarDay
from banjie.worktime.queries import current_version, draft_of
from banjie.worktime.verbs.change_day import set_day
from banjie.worktime.verbs.save_calendar import save_calendar
from tests.cast import BUILDER
from tests.pos import moment
from tests.regulation import Regulation, install
from tests.regulations.conflicts import (
    CODES,
    COMPLAINT,
    EVIDENCE,
    EXECUTION,
    PENALTY,
    PEOPLE,
    REPORT,
    UNITS,
    YES,
    complained,
    due,
    outcomes,
    told,
    until,
)
from tests.tickets.observing import refused


@pytest.fixture
def law(db: None) -> Regulation:
    found = install("channel-conflict", PEOPLE, UNITS)
    found.at("2024-11-08 10:00")  # a Friday
    return found


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
