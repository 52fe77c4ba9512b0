"""The regulation on channel conflicts, clause by clause: decisions, penalty, conclusion, ledger and disclosure."""

from __future__ import annotations

from datetime import date

import pytest

from banjie.deadlines.duties import run_duties
from banjie.deadlines.models import DutyRun, Finding
from banjie.insight.ledgers import ledger_cells, written
from banjie.insight.period import Period
from banjie.insight.queries.ledger import ledger_rows
from banjie.insight.queries.statistics import Asked
from banjie.kernel.errors import InvalidInput, NotAllowedNow, NotPermitted, Unseen
from banjie.tickets.models import Ticket
from tests.pos import moment
from tests.regulation import Regulation, install
from tests.regulations.conflicts import COMPLAINT, EXECUTION, PATH, PENALTY, PEOPLE, UNITS, YES, outcomes, told, until
from tests.tickets.observing import refused


@pytest.fixture
def law(db: None) -> Regulation:
    found = install("channel-conflict", PEOPLE, UNITS)
    found.at("2024-11-08 10:00")  # a Friday
    return found


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
    with refused(InvalidInput, field="published_to", clause="七.5"):
        law.do(number, "publish", by="xing")
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
