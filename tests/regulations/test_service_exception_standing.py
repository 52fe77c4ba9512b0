"""Service exceptions: what is owed regularly, and the figures (EXC-05, EXC-07, EXC-29 to EXC-39)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from banjie.deadlines.duties import run_duties
from banjie.deadlines.models import DutyRun, Finding
from banjie.kernel.errors import InvalidInput, NotAllowedNow, NotPermitted
from tests.regulation import Regulation
from tests.regulations.service_exception import RATED, TWO, at_work, fed_back, rate, told
from tests.tickets.observing import refused


@pytest.fixture
def law(db: None) -> Regulation:
    return at_work()


STANDING: dict[str, tuple[str, str, dict[str, Any], tuple[str, ...], set[str]]] = {
    # type: action, by, form, its fields that are demanded, who is told
    "analysis": (
        "submit_analysis",
        "zhu",
        {"exceptions_count": 3, "services_count": 1200, "report": "三起,两起为质量", "proposals": "增加抽检"},
        ("exceptions_count", "services_count", "report", "proposals"),
        {"guan", "gao"},
    ),
    "case_review": (
        "discuss",
        "zhu",
        {"participants": "客服、生产", "lessons": "来料须检", "improvements": "修订标准"},
        ("lessons", "participants"),
        set(),
    ),
    "process_review": ("review", "zhu", {"risks": "夜间无人接单", "improvements": "增设夜班"}, ("risks", "improvements"), {"guan", "gao"}),
    "training": (
        "train",
        "zhu",
        {"topics": "exceptions", "participants": "客服全员", "training_result": "考核全部通过"},
        ("topics", "participants", "training_result"),
        set(),
    ),
    "feedback": (
        "gather",
        "zhu",
        {"interview": "访谈12户", "report": "响应慢", "improvements": "增设专线"},
        ("report", "improvements"),
        {"guan", "gao"},
    ),
    "emergency_plan": (
        "draw_up",
        "zhu",
        {"emergency_flow": "封存、通报、召回", "emergency_duties": "生产封存,客服通报"},
        ("emergency_flow", "emergency_duties"),
        {"guan", "gao"},
    ),
    "drill": (
        "drill",
        "zhu",
        {"participants": "客服、生产、物流", "drill_done": "召回演练", "drill_evaluation": "通报用时22分钟"},
        ("drill_done", "drill_evaluation"),
        {"guan", "gao"},
    ),
    "audit": (
        "audit",
        "shen",
        {"audit_findings": "两起未及时评估", "audit_conclusion": "基本执行到位"},
        ("audit_findings", "audit_conclusion"),
        {"guan", "gao", "zhu"},
    ),
    "meeting": (
        "meet",
        "zhu",
        {"participants": "客服、生产", "situation": "通报三起", "settled": "由生产派专人驻点"},
        ("participants", "situation", "settled"),
        {"guan", "gao"},
    ),
    "strategy": ("set_targets", "guan", {"strategy": "以预防为主", "targets": "一级异常为零"}, ("strategy", "targets"), {"zhu"}),
    "assessment": (
        "assess",
        "guan",
        {
            "timeliness_result": 96,
            "satisfaction_result": 98,
            "performance": "计入季度绩效",
            "awards": "客服部表彰",
            "penalties": "生产部批评",
        },
        ("performance", "awards", "penalties", "timeliness_result", "satisfaction_result"),
        {"zhu"},
    ),
}


PERIODS = {
    "analysis": "2024-06-01", "case_review": "2024-04-01", "process_review": "2024-04-01", "training": "2024-04-01", "feedback": "2024-04-01",
    "emergency_plan": "2024-01-01", "drill": "2024-01-01", "audit": "2024-01-01", "meeting": "2024-06-01", "strategy": "2024-01-01",
    "assessment": "2024-04-01",
}  # fmt: skip


def owed(law: Regulation, name: str) -> str:
    """Let the duties of the period be opened; return the number of one of them."""
    run_duties(law.now)
    frame: list[str] = DutyRun.objects.get(duty=name, period=date.fromisoformat(PERIODS[name])).frame
    assert len(frame) == 1
    return frame[0]


@pytest.mark.req("EXC-05", "EXC-07", "EXC-08", "EXC-29", "EXC-31", "EXC-32", "EXC-33", "EXC-34", "EXC-38", "EXC-39")
@pytest.mark.parametrize("name", STANDING)
def test_what_is_owed_regularly_has_a_ticket_of_its_own_with_the_form_of_its_clause(law: Regulation, name: str) -> None:
    action, who, form, demanded, told_too = STANDING[name]
    number = owed(law, name)
    assert (law.ticket(number).type, law.state(number)) == (name, "due")
    for field in demanded:
        with refused(InvalidInput, field=field):
            law.do(number, action, {key: value for key, value in form.items() if key != field}, by=who)
    with refused(NotPermitted):
        law.do(number, action, form, by="ke")
    other = "review" if action != "review" else "train"
    with refused(NotAllowedNow):
        law.do(number, other, by="zhu")

    law.do(number, action, form, by=who)

    assert law.state(number) == "done"
    assert told_too <= told(number, "told")


@pytest.mark.req("EXC-05", "EXC-07", "EXC-08", "EXC-29", "EXC-31", "EXC-32", "EXC-33", "EXC-34", "EXC-38", "EXC-39")
@pytest.mark.parametrize("name", STANDING)
def test_what_is_owed_regularly_and_not_done_breaks_its_clause(law: Regulation, name: str) -> None:
    number = owed(law, name)
    run = DutyRun.objects.get(duty=name, period=date.fromisoformat(PERIODS[name]))

    run_duties(run.due_at)

    run.refresh_from_db()
    finding = Finding.objects.filter(rule=name, kind="duty", outcome="breached").latest("id")
    assert (run.state, finding.clause) == ("broken", law.program.book.duties[name].clause[0])
    assert law.ticket(number).is_open


@pytest.mark.req("EXC-32")
def test_feedback_comes_from_questionnaires_ratings_or_interviews(law: Regulation) -> None:
    number = owed(law, "feedback")

    with refused(InvalidInput, field="questionnaire"):
        law.do(number, "gather", {"report": "响应慢", "improvements": "增设专线"}, by="zhu")


@pytest.mark.req("EXC-37")
def test_exception_rate_timeliness_and_satisfaction_are_counted(law: Regulation) -> None:
    number = fed_back(law, TWO)
    law.do(number, "ask", RATED, by="ke")
    report = owed(law, "analysis")
    law.do(report, "submit_analysis", STANDING["analysis"][2], by="zhu")

    values = {
        name: (rate(law, name).numerator, rate(law, name).denominator) for name in ("timeliness", "satisfaction", "assessment_timeliness")
    }

    assert values == {"timeliness": (1, 1), "satisfaction": (1, 1), "assessment_timeliness": (1, 1)}
    assert law.ticket(report).fields["occurrence_rate"] == 0.25  # 3 of 1200, in percent
