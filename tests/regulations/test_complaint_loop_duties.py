"""Closed-loop complaints: soothing, after-care, figures, cases, quality (CMP-12 to CMP-20)."""

from __future__ import annotations

import pytest

from banjie.deadlines.models import Clock
from banjie.deadlines.sweep import sweep
from banjie.kernel.errors import InvalidInput, NotAllowedNow, NotPermitted
from banjie.rulebook.queries import NoSuchType, active_program
from banjie.rulebook.shipped import install_shipped
from banjie.tickets.models import Event
from tests.cast import BUILDER, LONG_AGO
from tests.pos import moment
from tests.regulation import Regulation
from tests.regulations.complaint_loop import (
    AGAIN,
    CALL,
    DONE,
    INVALID,
    LOSS,
    MONTH,
    SOOTHED,
    VALID,
    YES,
    at_work,
    below,
    due,
    month_opened,
    outcomes,
    path,
    rate,
    taken,
    told,
    until,
)
from tests.tickets.observing import refused


@pytest.fixture
def law(db: None) -> Regulation:
    return at_work()


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

    with refused(InvalidInput, field="after_care"):
        law.do(number, "care", by="an")
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
