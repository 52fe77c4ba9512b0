"""Service exceptions: scenario S8; report, record and departments (EXC-01 to EXC-06)."""

from __future__ import annotations

import pytest

from banjie.channels.models import Notification
from banjie.deadlines.sweep import sweep
from banjie.handling.models import Progress
from banjie.kernel.errors import InvalidInput, NotAllowedNow, NotPermitted
from tests.pos import moment
from tests.regulation import Regulation
from tests.regulations.service_exception import (
    AGAIN,
    DONE,
    EFFECT,
    MEASURES,
    ONE,
    PLAN,
    RATED,
    SORRY,
    THREE,
    TOLD,
    TWO,
    UNHAPPY,
    YES,
    at_work,
    below,
    classified,
    due,
    executing,
    fed_back,
    outcomes,
    rate,
    reported,
    told,
    tracked,
)
from tests.tickets.observing import refused


@pytest.fixture
def law(db: None) -> Regulation:
    return at_work()


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
    assert outcomes(number, "received") == outcomes(number, "explained") == ["met"]  # once, whatever the rounds


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


@pytest.mark.req("EXC-23")
def test_the_plan_of_level_three_is_made_by_customer_service_alone_and_of_no_other_level(law: Regulation) -> None:
    law.appoint("sheng", "department_head")
    higher, ordinary = classified(law, TWO), classified(law, THREE)
    with refused(NotAllowedNow):
        law.do(higher, "plan_three", {"plan": "今日回电"}, by="ke")
    for who in ("sheng", "guan"):
        with refused(NotPermitted):
            law.do(ordinary, "plan_three", {"plan": "今日回电"}, by=who)

    law.do(ordinary, "plan_three", {"plan": "今日回电"}, by="ke")

    assert law.state(ordinary) == "executing"


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
