"""Service exceptions, clause by clause (EXC-01 to EXC-41), and scenario S8."""

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
from banjie.handling.models import Progress
from banjie.insight.period import Period
from banjie.insight.queries.ledger import ledger_rows
from banjie.insight.queries.rates import Rate
from banjie.insight.queries.statistics import Asked, statistics
from banjie.kernel.errors import InvalidInput, NotAllowedNow, NotPermitted, Unseen
from banjie.rulebook.check import check
from banjie.rulebook.shipped import shipped_text
from banjie.tickets.models import Link, Ticket
from tests.pos import moment
from tests.regulation import Regulation, install
from tests.tickets.observing import refused

SLUG = "service-exception"
JUNE = Asked(SLUG, Period(date(2024, 6, 1), date(2024, 6, 30)))
PEOPLE = {
    "cang": ("仓员工", "employee", "STORE"),
    "ke": ("柯客服", "cs_agent", "HQ"),
    "zhu": ("朱主管", "cs_supervisor hq_supervisor", "HQ"),
    "guan": ("关副总", "management", "HQ"),
    "gao": ("高总", "management", "HQ"),
    "shen": ("沈审计", "internal_audit auditor", "HQ"),
    "sheng": ("盛厂长", "department_head", "FACTORY"),
    "gong": ("龚技师", "handler", "FACTORY"),
}
UNITS = {"STORE": ("仓库", "仓库"), "FACTORY": ("生产部", "生产")}
FOUND = {"customer": "惠家连锁", "phone": "13800138000", "happened_at": "2024-06-10 07:30", "description": "200只水壶壶柄熔化"}
ONE = {"assessment": "批量质量问题,可能集体投诉", "class": "quality", "level": "one"}
TWO = {"assessment": "多次答复错误", "class": "quality", "level": "two"}
THREE = {"assessment": "一次未回电", "class": "process", "level": "three"}
EFFECT = {"effect_satisfaction": "严重下降", "effect_loss": "退货约2万元", "effect_reputation": "可能见报"}
PLAN = {"plan": "召回并更换", "departments": "生产、物流、客服", "responsible_person": "盛厂长", "plan_due": "2024-06-12 18:00"}
SORRY = {"explanation": "壶柄材料批次不合格", "apology": "深表歉意", "measures_promised": "48小时内免费更换"}
DONE = {"result": "200只全部更换", "fully_solved": True, "caused_by_department": False}
TOLD = {"told_customer": "电话告知并发确认函"}
RATED = {"reached": "satisfied", "opinion": "处理及时"}
UNHAPPY = {"reached": "dissatisfied", "opinion": "更换的壶还是烫手"}
AGAIN = {"class": "quality", "level": "one", "opinion": "更换的壶还是烫手", "effect_satisfaction": "继续下降"}
MEASURES = {"measures": "更换供应商", "prevention": "来料抽检", "measures_due": "2024-06-20 18:00"}
YES = {"decision": "approved"}


@pytest.fixture
def law(db: None) -> Regulation:
    found = install(SLUG, PEOPLE, UNITS)
    found.at("2024-06-10 08:00")
    return found


def reported(law: Regulation, by: str = "cang", **changes: Any) -> str:
    return law.open("exception", {**FOUND, **changes}, by=by)


def classified(law: Regulation, level: Mapping[str, Any] = ONE) -> str:
    number = reported(law)
    law.do(number, "assess", level, by="ke")
    law.do(number, "analyse", {"class": level["class"], "level": level["level"], **EFFECT}, by="ke")
    return number


def executing(law: Regulation, level: Mapping[str, Any] = ONE) -> str:
    """Bring an exception to its execution, planned and approved as its level asks."""
    number = classified(law, level)
    if level["level"] == "one":
        law.do(number, "plan_one", PLAN, by="guan")
        law.do(number, "approve", YES, by="gao")
        law.do(number, "explain", SORRY, by="ke")
    else:
        law.do(number, f"plan_{level['level']}", PLAN if level["level"] == "two" else {"plan": "今日回电"}, by="zhu")
    assert law.state(number) == "executing"
    return number


def fed_back(law: Regulation, level: Mapping[str, Any] = THREE, **changes: Any) -> str:
    number = executing(law, level)
    law.do(number, "finish", {**DONE, **changes}, by="ke")
    law.do(number, "feed_back", TOLD, by="ke")
    return number


def told(number: str, kind: str = "") -> set[str]:
    found = Notification.objects.filter(ticket_number=number)
    return set((found.filter(kind=kind) if kind else found).values_list("member__username", flat=True))


def due(number: str, clock: str) -> datetime | None:
    return Clock.objects.filter(ticket__number=number, name=clock).latest("id").due_at


def outcomes(number: str, rule: str) -> list[str]:
    return list(Finding.objects.filter(ticket__number=number, rule=rule).order_by("id").values_list("outcome", flat=True))


def below(number: str) -> list[str]:
    return [link.source.number for link in Link.objects.filter(target__number=number, kind=Link.Kind.CHILD)]


def rate(law: Regulation, name: str) -> Rate:
    return next(one for one in statistics(law.actor("zhu"), JUNE).rates if one.name == name)


def tracked(law: Regulation, who: str = "shen") -> dict[str, Mapping[str, Any]]:
    return {row.number: row.values for row in ledger_rows(law.actor(who), JUNE, law.program.book.ledgers["tracking"])}


@pytest.mark.req("EXC-18", "EXC-19", "EXC-21", "EXC-24", "EXC-28", "EXC-35", "EXC-37")
def test_s8_two_hundred_kettles_from_the_report_of_the_warehouse_to_the_archive(law: Regulation) -> None:
    number = reported(law)
    assert due(number, "assessed") == moment("2024-06-10 08:30")
    law.at("2024-06-10 08:20")
    law.do(number, "assess", ONE, by="ke")
    at_once = Notification.objects.filter(ticket_number=number, kind="entered", member__username__in=["guan", "gao"])
    assert [note.at for note in at_once] == [law.now] * 2
    assert due(number, "received") == moment("2024-06-10 08:30")
    law.do(number, "analyse", {"class": "quality", "level": "one", **EFFECT}, by="ke")
    with refused(NotPermitted, clause="方案.1"):
        law.do(number, "plan_one", PLAN, by="ke")
    law.at("2024-06-10 08:25")
    law.do(number, "receive", {"received": True}, by="gao")

    law.do(number, "plan_one", PLAN, by="guan")
    with refused(NotAllowedNow):
        law.do(number, "finish", DONE, by="ke")
    law.at("2024-06-10 09:00")
    law.do(number, "approve", YES, by="gao")
    law.do(number, "explain", SORRY, by="ke")
    law.do(number, "refer", {"target_unit": law.units["FACTORY"].pk}, by="ke")
    law.do(number, "start", by="sheng")
    for note in ("已封存同批产品", "更换件已发出"):
        law.pass_time(hours=3)
        law.do(number, "progress", {"note": note}, by="ke")
    law.at("2024-06-11 10:00")
    law.do(number, "finish", {**DONE, "caused_by_department": True}, by="sheng")
    law.do(number, "feed_back", TOLD, by="ke")
    law.do(number, "ask", UNHAPPY, by="ke")
    assert (law.state(number), law.ticket(number).round) == ("re_evaluating", 2)

    law.do(number, "re_evaluate", AGAIN, by="ke")
    law.do(number, "plan_one", {**PLAN, "plan": "改用双层壶柄"}, by="guan")
    law.do(number, "approve", YES, by="gao")
    law.do(number, "finish", {**DONE, "result": "双层壶柄更换完毕", "caused_by_department": True}, by="sheng")
    law.do(number, "feed_back", TOLD, by="ke")
    law.do(number, "ask", RATED, by="ke")
    law.do(number, "order_rectification", {"reason": "来料未检"}, by="ke")
    rectification = below(number)[0]
    law.do(rectification, "file_measures", MEASURES, by="sheng")
    law.do(rectification, "implement", {"result": "已更换供应商", "fully_solved": True}, by="sheng")
    law.do(rectification, "check", {"finding": "passed"}, by="shen")
    law.do(number, "confirm_rectified", by="ke")

    assert law.state(number) == "archived"
    assert Progress.objects.filter(ticket__number=number).count() == 2
    assert [event.payload["plan"] for event in law.events(number, "plan_one")] == ["召回并更换", "改用双层壶柄"]
    row = tracked(law)[number]
    assert set(row) >= {*law.program.book.ledgers["tracking"].columns} - {"source"}
    assert (row["plan"], row["reached"]) == ("改用双层壶柄", "satisfied")
    assert (rate(law, "satisfaction").numerator, rate(law, "satisfaction").denominator) == (1, 2)
    assert (rate(law, "timeliness").numerator, rate(law, "timeliness").denominator) == (2, 2)
    assert outcomes(number, "received") == ["met"]


@pytest.mark.req("EXC-01")
def test_an_exception_is_defined_by_its_clause_and_stands_apart_from_standing_work(law: Regulation) -> None:
    kind = law.program.types["exception"].spec
    assert "与公司正常服务流程、标准、承诺不符" in law.program.book.clauses[kind.clause[0]]

    with refused(InvalidInput, field="description"):
        reported(law, description="")

    assert set(law.program.field("class").choices) == {"process", "quality", "promise", "complaint"}


@pytest.mark.req("EXC-02", "EXC-17")
@pytest.mark.parametrize("who", ["cang", "ke", "zhu", "sheng", "gong", "guan", "shen"])
def test_anybody_of_any_department_reports_and_customer_service_is_told(law: Regulation, who: str) -> None:
    number = reported(law, by=who)

    assert law.state(number) == "reported"
    assert {"ke", "zhu"} - {who} <= told(number, "entered")
    assert law.actor(who).member_id == law.ticket(number).opened_by_id


@pytest.mark.req("EXC-03")
@pytest.mark.parametrize("field", ["customer", "description", "happened_at"])
def test_the_record_holds_customer_description_and_time(law: Regulation, field: str) -> None:
    with refused(InvalidInput, field=field, clause="报告.1"):
        reported(law, **{field: ""})


@pytest.mark.req("EXC-03")
def test_customer_service_registers_completes_and_assesses_and_no_other_department_does(law: Regulation) -> None:
    number = reported(law)
    for who in ("cang", "guan"):
        with refused(NotPermitted):
            law.do(number, "assess", ONE, by=who)

    law.do(number, "complete_record", {"source": "phone"}, by="ke")
    law.do(number, "assess", ONE, by="ke")

    assert (law.ticket(number).source, law.ticket(number).fields["assessment"]) == ("phone", ONE["assessment"])


@pytest.mark.req("EXC-04", "EXC-23")
def test_an_ordinary_one_is_handled_by_customer_service_alone_and_fast(law: Regulation) -> None:
    number = fed_back(law, THREE)
    law.do(number, "ask", RATED, by="ke")
    law.do(number, "confirm", by="ke")

    assert law.state(number) == "archived"
    assert {event.actor_name for event in law.events(number) if event.action} == {"仓员工", "柯客服", "朱主管"}
    assert outcomes(number, "quick") == ["met"]


@pytest.mark.req("EXC-04")
def test_what_customer_service_cannot_solve_is_reported_upward_and_to_the_department(law: Regulation) -> None:
    number = classified(law, THREE)
    law.do(number, "plan_three", {"plan": "回电"}, by="ke")
    law.do(number, "refer", {"target_unit": law.units["FACTORY"].pk}, by="ke")
    with refused(InvalidInput, field="reason", clause="职责.客服.2"):
        law.do(number, "escalate", by="ke")

    law.do(number, "escalate", {"reason": "超出客服权限"}, by="ke")

    assert {"zhu", "guan", "gao", "sheng"} <= told(number, "told")


@pytest.mark.req("EXC-23")
def test_level_three_that_is_not_solved_fast_is_seen(law: Regulation) -> None:
    number = executing(law, THREE)

    sweep(moment("2024-06-11 08:01"))

    assert outcomes(number, "quick") == ["breached"]
    assert "zhu" in told(number, "breached")


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


STANDING_REQUIREMENTS = ("EXC-05", "EXC-07", "EXC-08", "EXC-29", "EXC-31", "EXC-32", "EXC-33", "EXC-34", "EXC-38", "EXC-39")


@pytest.mark.req(*STANDING_REQUIREMENTS)
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


@pytest.mark.req(*STANDING_REQUIREMENTS)
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


@pytest.mark.req("EXC-06")
def test_a_department_gives_its_expertise_and_who_caused_it_files_and_implements_measures(law: Regulation) -> None:
    number = executing(law, TWO)
    law.do(number, "refer", {"target_unit": law.units["FACTORY"].pk, "worker": law.members["gong"].pk}, by="ke")
    law.do(number, "advise", {"expertise": "材料耐温不足"}, by="gong")
    law.do(number, "finish", {**DONE, "caused_by_department": True}, by="gong")
    law.do(number, "feed_back", TOLD, by="ke")
    law.do(number, "ask", RATED, by="ke")
    for archive in ("confirm", "confirm_rectified"):
        with refused(NotAllowedNow):
            law.do(number, archive, by="ke")
    law.do(number, "order_rectification", {"reason": "来料未检"}, by="ke")
    task = below(number)[0]
    assert "sheng" in told(task, "entered")
    with refused(InvalidInput, field="prevention", clause="职责.业务.2"):
        law.do(task, "file_measures", {"measures": "更换供应商", "measures_due": "2024-06-20 18:00"}, by="sheng")
    law.do(task, "file_measures", MEASURES, by="sheng")
    law.do(task, "implement", {"result": "已更换", "fully_solved": True}, by="sheng")
    with refused(NotAllowedNow):
        law.do(number, "confirm_rectified", by="ke")
    law.do(task, "check", {"finding": "failed"}, by="ke")
    assert law.state(task) == "implementing"
    law.do(task, "implement", {"result": "已更换并复检", "fully_solved": True}, by="sheng")
    law.do(task, "check", {"finding": "passed"}, by="ke")

    law.do(number, "confirm_rectified", by="ke")

    assert (law.state(task), law.state(number)) == ("accepted", "archived")


@pytest.mark.req("EXC-06")
def test_measures_that_are_not_filed_or_not_implemented_in_time_are_seen(law: Regulation) -> None:
    number = executing(law, TWO)
    law.do(number, "refer", {"target_unit": law.units["FACTORY"].pk}, by="ke")
    law.do(number, "order_rectification", {"reason": "来料未检"}, by="ke")
    task = below(number)[0]
    sweep(moment("2024-06-14 09:00"))  # three working days are over; the 10th was the festival
    assert outcomes(task, "filed") == ["breached"]
    law.do(task, "file_measures", MEASURES, by="sheng")

    sweep(moment("2024-06-20 18:01"))

    assert outcomes(task, "implemented") == ["breached"]
    assert {"sheng", "zhu", "guan"} <= told(task, "breached")


@pytest.mark.req("EXC-08")
def test_management_holds_poor_executors_to_account_with_a_second_managers_signature(law: Regulation) -> None:
    number = executing(law, TWO)
    with refused(NotPermitted):
        law.do(number, "hold_to_account", {"reason": "逾期未执行", "accused": "生产部"}, by="zhu")
    law.do(number, "hold_to_account", {"reason": "逾期未执行", "accused": "生产部"}, by="guan")
    case = below(number)[0]
    assert law.ticket(case).fields["accused"] == "生产部"
    law.do(case, "draft", {"accused": "生产部", "accountability": "通报批评"}, by="guan")
    with refused(OwnApplication):
        law.do(case, "sign", YES, by="guan")

    law.do(case, "sign", YES, by="gao")

    assert law.state(case) == "decided"


@pytest.mark.req("EXC-08", "EXC-21")
def test_the_plan_of_level_one_is_made_under_management_and_approved_by_another_manager(law: Regulation) -> None:
    number = classified(law, ONE)
    assert law.state(number) == "planning_by_management"
    for who in ("ke", "zhu"):
        for action in ("plan_one", "plan_two", "plan_three"):
            with refused(NotPermitted if action == "plan_one" or (who, action) == ("ke", "plan_two") else NotAllowedNow):
                law.do(number, action, PLAN, by=who)
    with refused(InvalidInput, field="departments", clause="方案.1"):
        law.do(number, "plan_one", {name: value for name, value in PLAN.items() if name != "departments"}, by="guan")
    law.do(number, "plan_one", PLAN, by="guan")
    with refused(OwnApplication):
        law.do(number, "approve", YES, by="guan")
    for who in ("ke", "zhu", "shen"):
        with refused(NotPermitted):
            law.do(number, "approve", YES, by=who)
    law.do(number, "approve", {"decision": "returned", "reason": "未含物流"}, by="gao")
    assert law.state(number) == "planning_by_management"
    law.do(number, "plan_one", PLAN, by="guan")

    law.do(number, "approve", YES, by="gao")

    assert law.state(number) == "executing"


@pytest.mark.req("EXC-21")
def test_without_an_approver_nothing_is_executed(law: Regulation) -> None:
    number = classified(law, ONE)
    law.dismiss("gao", "management")

    with refused(NobodyToSign):
        law.do(number, "plan_one", PLAN, by="guan")
    with refused(NotAllowedNow):
        law.do(number, "finish", DONE, by="ke")

    assert law.state(number) == "planning_by_management"


@pytest.mark.req("EXC-09", "EXC-10", "EXC-11", "EXC-12")
@pytest.mark.parametrize("name", ["process", "quality", "promise", "complaint"])
def test_each_of_the_four_classes_is_fixed_and_stands_in_the_ledger(law: Regulation, name: str) -> None:
    number = reported(law)
    law.do(number, "assess", {**THREE, "class": name}, by="ke")
    with refused(InvalidInput, field="class", clause="评估.1"):
        law.do(number, "analyse", {"class": "weather", "level": "three", **EFFECT}, by="ke")

    law.do(number, "analyse", {"class": name, "level": "three", **EFFECT}, by="ke")

    assert tracked(law)[number]["class"] == name


@pytest.mark.req("EXC-12")
@pytest.mark.parametrize("source", ["phone", "mail", "online"])
def test_a_formal_complaint_by_phone_mail_or_platform_is_an_exception(law: Regulation, source: str) -> None:
    number = reported(law, by="ke", source=source)
    law.do(number, "assess", {**TWO, "class": "complaint"}, by="ke")

    assert (law.ticket(number).source, law.ticket(number).fields["class"]) == (source, "complaint")


@pytest.mark.req("EXC-13", "EXC-14", "EXC-15")
@pytest.mark.parametrize(
    ("level", "state", "planners"),
    [
        (ONE, "planning_by_management", {"plan_one": {"guan", "gao"}}),
        (TWO, "planning", {"plan_two": {"zhu"}}),
        (THREE, "planning", {"plan_three": {"ke", "zhu"}}),
    ],
)
def test_the_level_decides_who_plans(law: Regulation, level: Mapping[str, Any], state: str, planners: dict[str, set[str]]) -> None:
    number = classified(law, level)

    assert (law.state(number), law.ticket(number).level) == (state, level["level"])
    for action in ("plan_one", "plan_two", "plan_three"):
        able = {who for who in ("ke", "zhu", "guan", "gao") if action in law.may(number, by=who)}
        assert able == planners.get(action, set()), action


@pytest.mark.req("EXC-16")
def test_an_oral_complaint_is_put_in_writing(law: Regulation) -> None:
    with refused(InvalidInput, field="written", clause="报告.1"):
        reported(law, by="ke", oral=True)

    number = reported(law, by="ke", oral=True, written="客户来电称壶柄熔化,要求更换")

    assert law.ticket(number).fields["written"] == "客户来电称壶柄熔化,要求更换"
    assert law.ticket(number).opened_at == law.now


@pytest.mark.req("EXC-18")
@pytest.mark.parametrize(("at", "outcome"), [("2024-06-10 08:30", "met"), ("2024-06-10 08:31", "breached")])
def test_the_first_assessment_is_made_within_the_minutes_that_the_organisation_sets(law: Regulation, at: str, outcome: str) -> None:
    number = reported(law)
    law.at(at)

    law.do(number, "assess", ONE, by="ke")

    assert outcomes(number, "assessed") == [outcome]


@pytest.mark.req("EXC-18")
def test_the_regulation_is_not_put_to_work_while_the_minutes_are_blank() -> None:
    blank = shipped_text(SLUG).replace("clause: 报告.3, values: 30m}", "clause: 报告.3, values: unset}")

    report = check(blank)

    assert {problem.place for problem in report.unset} == {"limits.first_assessment.values"}
    assert not report.may_activate


@pytest.mark.req("EXC-19")
def test_level_one_is_told_to_management_in_the_moment_and_must_be_received(law: Regulation) -> None:
    number = reported(law)
    law.at("2024-06-10 08:20")
    law.do(number, "assess", ONE, by="ke")

    assert set(
        Notification.objects.filter(ticket_number=number, kind="entered", at=law.now).values_list("member__username", flat=True)
    ) == {
        "guan",
        "gao",
    }
    with refused(NotPermitted):
        law.do(number, "receive", {"received": True}, by="zhu")
    sweep(moment("2024-06-10 08:31"))
    assert outcomes(number, "received") == ["breached"]


@pytest.mark.req("EXC-19")
@pytest.mark.parametrize("level", [TWO, THREE])
def test_lower_levels_are_not_reported_by_themselves(law: Regulation, level: Mapping[str, Any]) -> None:
    number = reported(law)
    law.do(number, "assess", level, by="ke")

    assert not {"guan", "gao"} & told(number)
    law.do(number, "escalate", {"reason": "可能升级"}, by="ke")
    assert {"guan", "gao"} <= told(number, "told")


@pytest.mark.req("EXC-19")
def test_one_that_turns_out_to_be_level_one_is_reported_then(law: Regulation) -> None:
    number = reported(law)
    law.do(number, "assess", TWO, by="ke")

    law.do(number, "analyse", {"class": "quality", "level": "one", **EFFECT}, by="ke")

    assert {"guan", "gao"} <= told(number, "entered")
    assert due(number, "received") == moment("2024-06-10 08:10")


@pytest.mark.req("EXC-20")
@pytest.mark.parametrize("field", ["effect_satisfaction", "effect_loss", "effect_reputation"])
def test_type_level_and_effects_are_fixed_by_a_detailed_analysis_before_any_plan(law: Regulation, field: str) -> None:
    number = reported(law)
    law.do(number, "assess", TWO, by="ke")
    with refused(NotAllowedNow):
        law.do(number, "plan_two", PLAN, by="zhu")

    with refused(InvalidInput, field=field, clause="评估.1"):
        law.do(number, "analyse", {"class": "quality", "level": "two", **{k: v for k, v in EFFECT.items() if k != field}}, by="ke")


@pytest.mark.req("EXC-22")
@pytest.mark.parametrize("field", ["responsible_person", "plan_due", "departments", "plan"])
def test_the_plan_of_level_two_names_who_is_responsible_and_until_when(law: Regulation, field: str) -> None:
    number = classified(law, TWO)
    with refused(InvalidInput, field=field, clause="方案.2"):
        law.do(number, "plan_two", {name: value for name, value in PLAN.items() if name != field}, by="zhu")
    with refused(NotPermitted):
        law.do(number, "plan_two", PLAN, by="guan")

    law.do(number, "plan_two", PLAN, by="zhu")

    assert due(number, "planned") == moment("2024-06-12 18:00")
    sweep(moment("2024-06-12 18:01"))
    assert outcomes(number, "planned") == ["breached"]
    assert {"zhu", "guan", "gao"} <= told(number, "breached")


@pytest.mark.req("EXC-24")
def test_what_is_decided_is_begun_at_once_and_the_customer_is_told(law: Regulation) -> None:
    number = executing(law, TWO)
    assert due(number, "begun") == moment("2024-06-10 08:30")
    with refused(InvalidInput, field="note", clause="执行.1"):
        law.do(number, "progress", by="ke")
    law.do(number, "start", by="ke")
    law.do(number, "progress", {"note": "正在更换"}, by="ke")

    sweep(moment("2024-06-10 08:31"))

    assert outcomes(number, "begun") == ["met"]
    assert Progress.objects.get().note == "正在更换"
    idle = executing(law, TWO)
    sweep(law.pass_time(minutes=31))
    assert outcomes(idle, "begun") == ["breached"]


@pytest.mark.req("EXC-25")
def test_progress_is_checked_every_day_and_new_problems_are_coordinated(law: Regulation) -> None:
    first, second = executing(law, TWO), executing(law, TWO)
    law.at("2024-06-11 00:01")
    run_duties(law.now)
    law.do(first, "follow_up", {"verified": "已更换一半"}, by="ke")
    law.do(first, "solve_new", {"note": "物流缺车,协调外协"}, by="zhu")
    law.at("2024-06-12 00:01")
    run_duties(law.now)

    run = DutyRun.objects.get(duty="check_progress", period=date(2024, 6, 11))

    assert (run.frame_size, run.done, run.state) == (2, 1, "broken")
    assert Finding.objects.get(rule="check_progress", outcome="breached").evidence["missing"] == [second]


@pytest.mark.req("EXC-26")
def test_the_result_is_told_and_opinion_and_rating_are_asked_for(law: Regulation) -> None:
    number = executing(law, THREE)
    law.do(number, "finish", DONE, by="ke")
    with refused(NotAllowedNow):
        law.do(number, "ask", RATED, by="ke")
    with refused(InvalidInput, field="told_customer", clause="反馈.1"):
        law.do(number, "feed_back", by="ke")
    law.do(number, "feed_back", TOLD, by="ke")
    for field in ("reached", "opinion"):
        with refused(InvalidInput, field=field, clause="反馈.1"):
            law.do(number, "ask", {name: value for name, value in RATED.items() if name != field}, by="ke")

    law.do(number, "ask", RATED, by="ke")

    assert law.state(number) == "satisfied"


@pytest.mark.req("EXC-26")
def test_a_result_that_is_not_told_in_time_is_seen(law: Regulation) -> None:
    number = executing(law, THREE)
    law.do(number, "finish", DONE, by="ke")

    sweep(law.pass_time(hours=24, minutes=1))

    assert outcomes(number, "told") == ["breached"]


@pytest.mark.req("EXC-27")
def test_customer_service_confirms_and_archives_when_the_customer_is_satisfied(law: Regulation) -> None:
    number = fed_back(law)
    with refused(NotAllowedNow):
        law.do(number, "confirm", by="ke")
    law.do(number, "ask", RATED, by="ke")
    for who in ("guan", "shen"):
        with refused(NotPermitted):
            law.do(number, "confirm", by=who)
    with refused(Unseen):
        law.do(number, "confirm", by="sheng")

    law.do(number, "confirm", by="ke")

    assert (law.state(number), law.ticket(number).is_open) == ("archived", False)


@pytest.mark.req("EXC-28")
def test_who_is_dissatisfied_gets_a_new_plan_again_and_again_and_nothing_is_archived_before(law: Regulation) -> None:
    number = fed_back(law)
    for turn in (2, 3):
        law.do(number, "ask", UNHAPPY, by="ke")
        assert (law.state(number), law.ticket(number).round) == ("re_evaluating", turn)
        with refused(NotAllowedNow):
            law.do(number, "confirm", by="ke")
        with refused(NotAllowedNow):
            law.do(number, "finish", DONE, by="ke")
        law.do(number, "re_evaluate", {**AGAIN, "class": "process", "level": "three"}, by="ke")
        law.do(number, "plan_three", {"plan": f"第{turn}方案"}, by="ke")
        law.do(number, "finish", DONE, by="ke")
        law.do(number, "feed_back", TOLD, by="ke")
    assert told(number, "repeated") == {"guan", "gao"}

    law.do(number, "ask", RATED, by="ke")
    law.do(number, "confirm", by="ke")

    assert (law.state(number), law.ticket(number).round) == ("archived", 3)


@pytest.mark.req("EXC-28")
@pytest.mark.parametrize(("ending", "approve", "state"), [("unreachable", "end_unreachable", "unreachable"), ("decision", "end_by_decision", "closed_by_decision")])  # fmt: skip
def test_what_never_satisfies_ends_apart_by_approval_neither_archived_nor_satisfied(
    law: Regulation, ending: str, approve: str, state: str
) -> None:
    number = fed_back(law)
    law.do(number, "ask", UNHAPPY, by="ke")
    law.do(number, "propose_ending", {"ending": ending, "ending_reason": "已三次登门"}, by="ke")
    with refused(NotPermitted):
        law.do(number, approve, YES, by="zhu")

    law.do(number, approve, YES, by="guan")

    assert (law.state(number), law.ticket(number).is_open) == (state, False)
    assert (rate(law, "satisfaction").numerator, rate(law, "satisfaction").denominator) == (0, 1)
    with refused(NotAllowedNow):
        law.do(number, "confirm", by="ke")


@pytest.mark.req("EXC-30")
def test_each_key_step_is_watched_and_whoever_is_concerned_hears_before_and_when_it_is_late(law: Regulation) -> None:
    number = reported(law)
    sweep(moment("2024-06-10 08:22"))
    assert told(number, "warned") == {"ke", "zhu"}

    sweep(moment("2024-06-10 08:30:30"))

    assert {"zhu", "guan", "gao"} <= told(number, "breached")
    watched = law.program.book.processes["exception"].deadlines
    assert {"assessed", "received", "begun", "planned", "told"} <= set(watched)
    assert all(spec.on_breach for spec in watched.values())


@pytest.mark.req("EXC-34")
def test_internal_audit_reads_every_exception_and_changes_none(law: Regulation) -> None:
    number = executing(law, TWO)

    assert number in tracked(law, "shen")
    assert law.may(number, by="shen") <= {"remark"}
    with refused(NotPermitted):
        law.do(number, "finish", DONE, by="shen")


@pytest.mark.req("EXC-35")
def test_the_ledger_tracks_every_exception_open_or_ended_with_process_and_result(law: Regulation) -> None:
    ended, running, fresh = fed_back(law), executing(law, ONE), reported(law)
    law.do(ended, "ask", RATED, by="ke")
    law.do(ended, "confirm", by="ke")

    rows = tracked(law)

    assert set(rows) == {ended, running, fresh}
    assert (rows[ended]["result"], rows[ended]["reached"], rows[running]["responsible_person"]) == (DONE["result"], "satisfied", "盛厂长")
    assert Ticket.objects.filter(type="exception").count() == 3


@pytest.mark.req("EXC-36")
@pytest.mark.parametrize("source", ["hotline", "mailbox"])
def test_what_comes_by_the_supervision_hotline_or_mailbox_is_looked_into(law: Regulation, source: str) -> None:
    number = law.open("supervision", {"source": source, "description": "客服压单不报"}, by="cang")
    assert "shen" in told(number, "entered")
    for who in ("ke", "zhu"):
        with refused(NotPermitted, clause="监督.3"):
            law.do(number, "begin", by=who)
    law.do(number, "begin", by="shen")
    with refused(InvalidInput, field="handled_how", clause="监督.3"):
        law.do(number, "conclude", {"inquiry": "属实"}, by="shen")

    law.do(number, "conclude", {"inquiry": "属实", "handled_how": "批评教育并补报"}, by="shen")

    assert (law.state(number), "cang" in told(number, "told")) == ("handled", True)
    late = law.open("supervision", {"source": source, "description": "另一件"}, by="cang")
    sweep(law.pass_time(days=10))
    assert outcomes(late, "looked_into") == ["breached"]


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


@pytest.mark.req("EXC-40")
def test_progress_reaches_everybody_concerned_in_the_moment(law: Regulation) -> None:
    number = executing(law, TWO)
    law.do(number, "refer", {"target_unit": law.units["FACTORY"].pk}, by="ke")
    law.pass_time(minutes=7)

    law.do(number, "progress", {"note": "模具已改"}, by="sheng")

    heard = Notification.objects.filter(ticket_number=number, kind="told", at=law.now)
    assert set(heard.values_list("member__username", flat=True)) >= {"ke", "zhu", "guan", "gao"}


@pytest.mark.req("EXC-41")
@pytest.mark.parametrize("field", SORRY)
def test_a_major_exception_is_explained_with_an_apology_and_promised_measures(law: Regulation, field: str) -> None:
    number = classified(law, ONE)
    with refused(InvalidInput, field=field, clause="沟通.外部.1"):
        law.do(number, "explain", {name: value for name, value in SORRY.items() if name != field}, by="ke")
    law.do(number, "plan_one", PLAN, by="guan")
    law.do(number, "approve", YES, by="gao")
    with refused(InvalidInput, field=field):
        law.do(number, "finish", DONE, by="ke")
    sweep(moment("2024-06-10 12:01"))
    assert outcomes(number, "explained") == ["breached"]

    law.do(number, "explain", SORRY, by="ke")
    law.do(number, "finish", DONE, by="ke")

    assert law.ticket(number).fields["apology"] == "深表歉意"


def test_no_apology_is_asked_for_below_level_one(law: Regulation) -> None:
    number = executing(law, TWO)
    with refused(NotAllowedNow):
        law.do(number, "explain", SORRY, by="ke")

    law.do(number, "finish", DONE, by="ke")

    assert law.state(number) == "handled"
