"""Service exceptions: classes, levels, who plans and who approves (EXC-08 to EXC-23)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from banjie.approval.entering import NobodyToSign
from banjie.approval.standing import OwnApplication
from banjie.channels.models import Notification
from banjie.deadlines.sweep import sweep
from banjie.kernel.errors import InvalidInput, NotAllowedNow, NotPermitted
from banjie.rulebook.check import check
from banjie.rulebook.shipped import shipped_text
from tests.pos import moment
from tests.regulation import Regulation
from tests.regulations.service_exception import (
    DONE,
    EFFECT,
    ONE,
    PLAN,
    SLUG,
    THREE,
    TWO,
    YES,
    at_work,
    below,
    classified,
    due,
    executing,
    outcomes,
    reported,
    told,
    tracked,
)
from tests.tickets.observing import refused


@pytest.fixture
def law(db: None) -> Regulation:
    return at_work()


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
