"""The dispatch regulation, clause by clause: from the judgement whether to dispatch to the final confirmation."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import transaction

from banjie.channels.models import Notification
from banjie.console.queries.drawing import Form, drawn
from banjie.console.queries.sheet import sendings, sheet
from banjie.deadlines.duties import run_duties
from banjie.deadlines.models import Clock, DutyRun, Finding
from banjie.deadlines.sweep import sweep
from banjie.dispatch.choosing import NotEligible
from banjie.dispatch.models import Assignment, Receipt
from banjie.handling.models import Acknowledgement, SupportRequest, Urge
from banjie.insight.period import Period
from banjie.insight.queries.ledger import ledger_rows
from banjie.insight.queries.statistics import Asked, statistics
from banjie.kernel.errors import InvalidInput, NotAllowedNow, NotPermitted, Refused
from banjie.tickets.snapshot import load
from tests.pos import moment
from tests.regulation import Regulation, install

CALL = {"customer": "贺女士", "phone": "13800002222", "request": "洗衣机漏水", "address": "长沙市芙蓉路9号"}
NEEDED = {"dispatch_needed": "needed", "judgement": "电话指导无效，须上门", "service_type": "repair"}
DATA = {"dispatcher_phone": "13900003333", "work_content": "检查进水管并更换密封圈", "work_requirement": "当日上门，自带密封圈"}
DONE = {"result": "已更换密封圈，试机不漏", "fully_solved": True}
PEOPLE = {
    "ke": ("柯客服", "cs_agent", "HQ"),
    "pai": ("裴派单", "dispatcher", "HQ"),
    "wei": ("韦维修", "repairer", "HQ"),
    "xiu": ("修师傅", "repairer", "HQ"),
    "an": ("安师傅", "installer", "HQ"),
    "song": ("宋配送", "courier", "HQ"),
    "zhu": ("朱主管", "cs_supervisor", "HQ"),
}
JUNE = Asked("dispatch-management", Period(moment("2024-06-01 00:00").date(), moment("2024-06-30 00:00").date()))


@pytest.fixture
def law(db: None) -> Regulation:
    return install("dispatch-management", PEOPLE)


@contextmanager
def refused(kind: type[Refused]) -> Iterator[pytest.ExceptionInfo[Refused]]:
    with pytest.raises(kind) as said, transaction.atomic():
        yield said


def to_dispatch(law: Regulation, service: str = "repair") -> str:
    """Return a request of which customer service has judged that somebody must be sent."""
    number = law.open("request", CALL, by="ke")
    law.do(number, "judge", {**NEEDED, "service_type": service}, by="ke")
    return number


def dispatched(law: Regulation, to: str = "wei") -> str:
    """Return a request that was dispatched to a repairer."""
    number = to_dispatch(law)
    law.do(number, "dispatch_repair", {**DATA, "assignee_person": law.members[to].pk}, by="pai")
    return number


def acknowledged(law: Regulation) -> str:
    """Return a dispatch that Wei has viewed and acknowledged."""
    number = dispatched(law)
    law.do(number, "view", by="wei")
    law.do(number, "acknowledge", {"reply": "清楚，下午上门"}, by="wei")
    return number


def working(law: Regulation) -> str:
    """Return a dispatch on which Wei works, to be finished at 17:00."""
    number = acknowledged(law)
    law.do(number, "plan", {"planned_finish": f"{law.now:%Y-%m-%d} 17:00", "work_plan": "先取配件"}, by="wei")
    law.do(number, "start", by="wei")
    return number


def told(number: str, kind: str) -> set[str]:
    """Return who was told of a ticket, by the kind of message."""
    return set(Notification.objects.filter(ticket_number=number, kind=kind).values_list("member__username", flat=True))


@pytest.mark.req("DSP-01")
def test_nothing_is_dispatched_before_it_was_judged_whether_it_is_needed_and_why(law: Regulation) -> None:
    number = law.open("request", {**CALL, "service_type": "repair"}, by="ke")
    with refused(NotAllowedNow):
        law.do(number, "dispatch_repair", {**DATA, "assignee_person": law.members["wei"].pk}, by="pai")
    for wrong in ({"dispatch_needed": "needed"}, {"judgement": "须上门"}):
        with refused(InvalidInput):
            law.do(number, "judge", wrong, by="ke")

    law.do(number, "judge", NEEDED, by="ke")

    assert (law.state(number), law.ticket(number).fields["judgement"]) == ("to_dispatch", NEEDED["judgement"])
    assert told(number, "entered") == {"pai"}


@pytest.mark.req("DSP-01")
def test_a_request_that_needs_no_dispatch_ends_with_the_decision_on_record(law: Regulation) -> None:
    number = law.open("request", CALL, by="ke")

    law.do(number, "judge", {"dispatch_needed": "not_needed", "judgement": "已指导关紧阀门，客户确认不漏"}, by="ke")

    assert (law.state(number), law.ticket(number).is_open) == ("not_dispatched", False)
    (event,) = law.events(number, "judge")
    assert (event.actor_name, event.at, event.outcome, event.payload["judgement"]) == (
        "柯客服",
        law.now,
        "not_needed",
        "已指导关紧阀门，客户确认不漏",
    )
    assert Assignment.objects.count() == 0


@pytest.mark.req("DSP-02")
@pytest.mark.parametrize(("service", "fits"), [("installation", "an"), ("repair", "wei"), ("delivery", "song")])
def test_each_type_of_service_is_dispatched_to_those_who_do_it_only(law: Regulation, service: str, fits: str) -> None:
    number = to_dispatch(law, service)
    action = f"dispatch_{service}"

    assert {name for name in law.may(number, by="pai") if name.startswith("dispatch")} == {action}
    for other in {"an", "wei", "song"} - {fits}:
        with refused(NotEligible):
            law.do(number, action, {**DATA, "assignee_person": law.members[other].pk}, by="pai")
    law.do(number, action, {**DATA, "assignee_person": law.members[fits].pk}, by="pai")

    assert law.ticket(number).assignee == law.members[fits]


@pytest.mark.req("DSP-02", "DSP-08")
def test_the_dispatcher_sees_each_ones_open_work_and_the_least_loaded_first(law: Regulation) -> None:
    dispatched(law), dispatched(law)
    dispatched(law, to="xiu")
    number = to_dispatch(law)
    ticket, by = load(number, lock=False), law.actor("pai")
    rule = law.program.types["request"].actions["dispatch_repair"]

    (people,) = [one for one in drawn(Form(law.program, rule, ticket, by, "zh-hans")) if one["name"] == "assignee_person"]

    assert people["options"] == [
        (law.members["xiu"].pk, "修师傅 · 在办 1 张"),
        (law.members["wei"].pk, "韦维修 · 在办 2 张"),
    ]
    law.do(number, "dispatch_repair", {**DATA, "assignee_person": law.members["xiu"].pk}, by="pai")
    assert {one["name"]: one["open"] for one in Assignment.objects.get(ticket__number=number).candidates} == {"修师傅": 1, "韦维修": 2}


@pytest.mark.req("DSP-03")
def test_what_is_dispatched_stands_on_the_ticket_and_the_assignee_is_notified(law: Regulation) -> None:
    number = dispatched(law)

    ticket = law.ticket(number)
    assert {name: ticket.fields[name] for name in DATA} == DATA
    assert told(number, "dispatched") == {"wei"}
    assert load(number, lock=False).assignee_id == law.members["wei"].pk
    with refused(Refused):  # it is nobody else's
        law.do(number, "view", by="xiu")


@pytest.mark.req("DSP-04")
@pytest.mark.parametrize("missing", ["dispatcher_phone", "work_content", "work_requirement", "address", "assignee_person"])
def test_incomplete_dispatch_data_is_not_dispatched(law: Regulation, missing: str) -> None:
    number = law.open("request", {k: v for k, v in CALL.items() if k != "address"}, by="ke")
    law.do(number, "judge", NEEDED, by="ke")
    whole = {**DATA, "assignee_person": law.members["wei"].pk}
    law.do(number, "fill_in", {"address": "" if missing == "address" else CALL["address"]}, by="pai")

    with refused(InvalidInput) as said:
        law.do(number, "dispatch_repair", {k: v for k, v in whole.items() if k != missing}, by="pai")

    assert [error.field for error in said.value.errors] == [missing]
    assert (law.state(number), Assignment.objects.count()) == ("to_dispatch", 0)


@pytest.mark.req("DSP-04")
def test_the_dispatchers_name_is_his_own_whatever_anybody_types_and_a_wrong_phone_is_refused(law: Regulation) -> None:
    number = to_dispatch(law)
    wei = law.members["wei"].pk
    with refused(InvalidInput) as said:
        law.do(number, "dispatch_repair", {**DATA, "dispatcher_phone": "没有", "assignee_person": wei}, by="pai")
    assert [error.field for error in said.value.errors] == ["dispatcher_phone"]
    with refused(NotPermitted):
        law.do(number, "dispatch_repair", {**DATA, "assignee_person": wei}, by="ke")

    law.do(number, "dispatch_repair", {**DATA, "assignee_person": wei}, by="pai")

    assert Assignment.objects.get(ticket__number=number).by_name == "裴派单"


@pytest.mark.req("DSP-05")
def test_looking_into_the_system_is_stamped_and_due_within_the_limit(law: Regulation) -> None:
    first, second = dispatched(law), dispatched(law)
    law.pass_time(minutes=30)
    law.do(first, "view", by="wei")
    sweep(law.pass_time(seconds=1))

    assert Receipt.objects.get(ticket__number=first).at == moment("2024-06-03 09:30")
    assert dict(Finding.objects.filter(rule="viewed").values_list("ticket__number", "outcome")) == {first: "met", second: "breached"}
    assert told(second, "breached") == {"wei", "pai"}


@pytest.mark.req("DSP-06")
def test_the_assignee_acknowledges_with_a_reply_to_customer_service_before_he_starts(law: Regulation) -> None:
    number = dispatched(law)
    for action in ("acknowledge", "plan", "start", "complete"):
        with refused(NotAllowedNow):
            law.do(number, action, by="wei")
    law.do(number, "view", by="wei")
    with refused(InvalidInput) as said:
        law.do(number, "acknowledge", by="wei")
    assert [error.field for error in said.value.errors] == ["reply"]
    with refused(NotAllowedNow):
        law.do(number, "start", by="wei")

    law.do(number, "acknowledge", {"reply": "清楚，下午上门"}, by="wei")

    assert Acknowledgement.objects.get(ticket__number=number).by_name == "韦维修"
    assert told(number, "told") == {"pai", "ke"}


@pytest.mark.req("DSP-06")
def test_a_reply_later_than_the_limit_is_a_breach(law: Regulation) -> None:
    number = dispatched(law)
    law.do(number, "view", by="wei")

    sweep(law.pass_time(hours=1, seconds=1))

    assert Finding.objects.get(ticket__number=number, rule="replied").outcome == "breached"


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
    law.do(number, "progress", {"note": "配件已取"}, by="wei")
    assert {"pai", "ke"} <= told(number, "told")
    assert "zhu" not in told(number, "told")
    with refused(InvalidInput):
        law.do(number, "difficulty", {}, by="wei")

    law.do(number, "difficulty", {"reason": "客户不在家"}, by="wei")
    law.do(number, "answer", {"note": "已联系客户，16点到家"}, by="pai")

    assert SupportRequest.objects.get(ticket__number=number).reason == "客户不在家"
    assert {"zhu", "wei"} <= told(number, "told")
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
    (row,) = ledger_rows(law.actor("zhu"), JUNE, law.program.book.ledgers["dispatches"])

    assert ("裴派单", "韦维修", moment("2024-06-03 09:00")) in sent
    assert ("裴派单", "修师傅", moment("2024-06-03 09:40")) in sent
    assert (row.number, row.assignee, row.state, row.values["work_content"], row.values["work_requirement"]) == (
        number, "修师傅", "dispatched", DATA["work_content"], DATA["work_requirement"],
    )  # fmt: skip


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
