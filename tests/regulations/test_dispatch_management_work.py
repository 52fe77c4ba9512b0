"""Following up, the assignee's plan and reports, completion, records and statistics of dispatches."""

from __future__ import annotations

import pytest

from banjie.channels.models import Notification
from banjie.console.queries.sheet import sendings, sheet
from banjie.deadlines.duties import run_duties
from banjie.deadlines.models import Clock, DutyRun, Finding
from banjie.deadlines.sweep import sweep
from banjie.handling.models import SupportRequest, Urge
from banjie.insight.ledger_columns import columns_of
from banjie.insight.ledgers import ledger_cells
from banjie.insight.queries.ledger import ledger_rows
from banjie.insight.queries.statistics import statistics
from banjie.kernel.errors import InvalidInput, NotAllowedNow, NotPermitted
from tests.pos import moment
from tests.regulation import Regulation
from tests.regulations.dispatch_management import (
    DATA,
    DONE,
    JUNE,
    acknowledged,
    at_work,
    dispatched,
    refused,
    to_dispatch,
    told,
    working,
)


@pytest.fixture
def law(db: None) -> Regulation:
    return at_work()


@pytest.mark.req("DSP-07")
def test_work_beyond_the_prescribed_time_is_urged_and_each_urge_is_recorded(law: Regulation) -> None:
    number = working(law)
    sweep(law.at("2024-06-04 09:00"))
    assert Urge.objects.count() == 0

    sweep(law.pass_time(seconds=1))
    law.do(number, "urge", {"note": "客户来电催问"}, by="pai")

    urges = list(Urge.objects.filter(ticket__number=number).order_by("at"))
    assert [(one.at, one.to_member, one.note) for one in urges] == [
        (law.now, law.members["wei"], ""),
        (law.now, law.members["wei"], "客户来电催问"),
    ]
    assert Finding.objects.get(rule="finished").outcome == "breached"
    assert told(number, "urged") == {"wei"}


@pytest.mark.req("DSP-07")
@pytest.mark.parametrize(
    ("service", "person", "due"),
    [("installation", "an", "06-05 09:00"), ("repair", "wei", "06-04 09:00"), ("delivery", "song", "06-03 21:00")],
)
def test_each_type_of_service_has_its_prescribed_time(law: Regulation, service: str, person: str, due: str) -> None:
    number = to_dispatch(law, service)
    law.do(number, f"dispatch_{service}", {**DATA, "assignee_person": law.members[person].pk}, by="pai")

    assert Clock.objects.get(ticket__number=number, name="finished").due_at == moment(f"2024-{due}")


@pytest.mark.req("DSP-07")
def test_each_day_what_is_older_than_a_day_is_followed_up_one_by_one(law: Regulation) -> None:
    first, second = working(law), working(law)
    law.at("2024-06-04 10:00")
    run_duties(law.now)
    run = DutyRun.objects.filter(duty="follow_overdue").latest("period")
    assert set(run.frame) == {first, second}
    law.do(first, "follow_up", {"verified": "配件下午到"}, by="pai")

    run_duties(law.at("2024-06-05 00:01"))

    run.refresh_from_db()
    assert (run.state, run.done) == ("broken", 1)


@pytest.mark.req("DSP-08")
def test_a_dispatch_may_be_taken_back_and_given_to_somebody_with_less_to_do(law: Regulation) -> None:
    number = dispatched(law)
    with refused(InvalidInput):
        law.do(number, "send_back", {}, by="pai")
    law.do(number, "send_back", {"reason": "韦维修今天已满"}, by="pai")

    law.do(number, "dispatch_repair", {"assignee_person": law.members["xiu"].pk}, by="pai")

    assert (law.state(number), law.ticket(number).assignee) == ("dispatched", law.members["xiu"])


@pytest.mark.req("DSP-09")
def test_the_work_starts_with_a_plan_and_the_planned_time_is_watched(law: Regulation) -> None:
    number = acknowledged(law)
    with refused(NotAllowedNow):
        law.do(number, "start", by="wei")
    with refused(InvalidInput):
        law.do(number, "plan", {"work_plan": "先取配件"}, by="wei")
    law.do(number, "plan", {"planned_finish": "2024-06-03 15:00"}, by="wei")
    law.do(number, "start", by="wei")
    law.do(number, "replan", {"planned_finish": "2024-06-03 17:00"}, by="wei")

    assert Clock.objects.get(ticket__number=number, name="as_planned", state="running").due_at == moment("2024-06-03 17:00")
    sweep(law.at("2024-06-03 17:01"))
    assert Finding.objects.get(rule="as_planned", outcome="breached", ticket__number=number).clause == "四.2"
    assert {"wei", "pai"} <= told(number, "breached")


@pytest.mark.req("DSP-10")
def test_progress_and_difficulties_are_told_to_the_dispatcher_who_answers(law: Regulation) -> None:
    number = working(law)

    def newly_told(action: str, by: str, **payload: str) -> set[str]:
        Notification.objects.all().delete()
        law.do(number, action, payload, by=by)
        return told(number, "told")

    for action in ("progress", "difficulty"):
        with refused(InvalidInput):
            law.do(number, action, by="wei")
    assert newly_told("progress", "wei", note="配件已取") == {"pai", "ke"}
    assert newly_told("difficulty", "wei", reason="客户不在家") == {"pai", "ke", "zhu"}
    assert newly_told("answer", "pai", note="已联系客户，16点到家") == {"wei"}

    assert SupportRequest.objects.get(ticket__number=number).reason == "客户不在家"
    assert law.state(number) == "working"


@pytest.mark.req("DSP-11")
def test_the_assignee_enters_completion_and_another_person_confirms_it_finally(law: Regulation) -> None:
    number = working(law)
    with refused(InvalidInput):
        law.do(number, "complete", {"result": "已换"}, by="wei")
    law.do(number, "complete", DONE, by="wei")
    assert (law.state(number), law.ticket(number).is_open) == ("completed", True)
    with refused(NotPermitted):
        law.do(number, "confirm", {"finding": "passed"}, by="wei")
    with refused(InvalidInput):
        law.do(number, "confirm", {"finding": "failed"}, by="pai")

    law.do(number, "confirm", {"finding": "failed", "reason": "客户说仍渗水"}, by="pai")
    assert (law.state(number), law.ticket(number).assignee) == ("working", law.members["wei"])
    law.do(number, "complete", DONE, by="wei")
    law.do(number, "confirm", {"finding": "passed"}, by="ke")

    assert (law.state(number), law.ticket(number).is_open) == ("confirmed", False)


@pytest.mark.req("DSP-12")
def test_every_dispatch_is_on_record_with_who_whom_when_what_and_how_far(law: Regulation) -> None:
    number = dispatched(law)
    law.pass_time(minutes=40)
    law.do(number, "send_back", {"reason": "改派"}, by="pai")
    law.do(number, "dispatch_repair", {"assignee_person": law.members["xiu"].pk}, by="pai")

    sent = [(one["by"], one["to"], one["at"]) for one in sendings(sheet(law.actor("zhu"), number, "zh-hans", law.now))]
    ledger = law.program.book.ledgers["dispatches"]
    rows = ledger_rows(law.actor("zhu"), JUNE, ledger)
    (cells,) = ledger_cells(law.program, ledger, rows, law.actor("zhu"))

    assert ("裴派单", "韦维修", moment("2024-06-03 09:00")) in sent
    assert ("裴派单", "修师傅", moment("2024-06-03 09:40")) in sent
    said = dict(zip([column.name for column in columns_of(law.program, ledger)], cells, strict=True))
    assert (said["ticket.dispatched_by"], said["ticket.assignee"], said["ticket.dispatched_at"], said["ticket.state"]) == (
        "裴派单", "修师傅", moment("2024-06-03 09:40"), "已派单",
    )  # fmt: skip
    assert (said["ticket.number"], said["work_content"], said["work_requirement"]) == (
        number,
        DATA["work_content"],
        DATA["work_requirement"],
    )


@pytest.mark.req("DSP-13")
def test_the_figures_of_the_month_are_analysed_and_the_ways_of_dispatch_adjusted(law: Regulation) -> None:
    number = working(law)
    sweep(law.at("2024-06-04 09:01"))
    law.do(number, "complete", DONE, by="wei")
    law.do(number, "confirm", {"finding": "passed"}, by="pai")
    figures = {rate.name: (rate.numerator, rate.denominator) for rate in statistics(law.actor("zhu"), JUNE).rates}
    assert figures == {
        "viewing_rate": (1, 1),
        "reply_rate": (1, 1),
        "finishing_rate": (0, 1),
        "planned_rate": (0, 1),
        "confirmation_rate": (1, 1),
    }

    run_duties(law.at("2024-07-01 09:00"))
    run = DutyRun.objects.filter(duty="review_monthly").latest("period")
    (owed,) = run.frame
    with refused(InvalidInput):
        law.do(owed, "adjust", {"period": "2024年6月", "analysis": "完成及时率为0"}, by="zhu")
    law.do(owed, "adjust", {"period": "2024年6月", "analysis": "完成及时率为0", "adjustment": "上午集中派单，增加一名维修人员"}, by="zhu")

    run_duties(law.at("2024-08-01 00:01"))
    run.refresh_from_db()
    assert (run.state, told(owed, "entered")) == ("kept", {"pai"})
