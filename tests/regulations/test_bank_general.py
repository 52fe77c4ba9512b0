"""The bank's regulation on tickets of four classes, clause by clause (BNG-01 to BNG-12)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from banjie.channels.models import Notification
from banjie.deadlines.duties import run_duties
from banjie.deadlines.models import Clock, DutyRun, Finding
from banjie.deadlines.sweep import sweep
from banjie.insight.period import Period
from banjie.insight.queries.statistics import Asked, statistics
from banjie.kernel.errors import InvalidInput, NotAllowedNow, NotPermitted, Refused
from banjie.people.checks import UnitDraft
from banjie.people.models import Unit
from banjie.people.verbs.units import create_unit
from banjie.tickets.models import Link, Ticket
from tests.cast import BUILDER, LONG_AGO, Person
from tests.pos import moment
from tests.regulation import Regulation, install
from tests.rest.client import Rest

SLUG = "bank-general"
JUNE = Asked(SLUG, Period(date(2024, 6, 1), date(2024, 6, 30)))
SAID: dict[str, dict[str, Any]] = {
    "complaint": {"medium": "electronic", "content": "柜员态度差", "complaint_about": "staff", "is_appeal": False},
    "consult": {"medium": "electronic", "content": "大额存单利率", "consult_about": "product"},
    "suggestion": {"medium": "electronic", "content": "周末延长营业", "suggestion_kind": "demand"},
    "other": {"medium": "electronic", "content": "拾到钱包"},
}
DONE = {
    "process_note": "核实监控并约谈",
    "result": "柜员已道歉",
    "compliance": "依消费者权益保护法办理，已告知申诉渠道",
    "fully_solved": True,
}
REPLY = {
    "complaint": ("reply_complaint", {**DONE, "measure": "柜员调岗并培训"}),
    "consult": ("answer", {**DONE, "explanation": "利率随期限浮动的说明"}),
    "suggestion": ("answer", {**DONE, "explanation": "试点三个网点"}),
    "other": ("finish", DONE),
}
PEOPLE = {
    "li": ("李客服", "cs_agent", "HQ"),
    "ma": ("马客服", "cs_agent", "HQ"),
    "wang": ("王主管", "cs_supervisor", "HQ"),
    "fang": ("方行长", "department_head", "CX"),
    "wu": ("吴柜长", "handler", "CX"),
    "zhu": ("朱柜员", "handler", "CX"),
    "xu": ("徐客服", "cs_agent", "CX"),
    "guan": ("管行长", "management", "HQ"),
}
UNITS = {"CX": ("城西支行", "城西"), "DX": ("城东支行", "城东")}


@pytest.fixture
def law(db: None) -> Regulation:
    return install(SLUG, PEOPLE, UNITS)


@contextmanager
def refused(kind: type[Refused]) -> Iterator[None]:
    with pytest.raises(kind), transaction.atomic():
        yield


def opened(law: Regulation, kind: str = "complaint", *, by: str = "li") -> str:
    return law.open(kind, SAID[kind], by=by)


def handled(law: Regulation, kind: str = "complaint") -> str:
    number = opened(law, kind)
    law.do(number, "assign", {"handler": law.members["wu"].pk}, by="li")
    return number


def reply(law: Regulation, number: str, *, by: str = "wu", **more: Any) -> None:
    action, form = REPLY[law.ticket(number).type]
    law.do(number, action, {**form, **more}, by=by)


def answered(law: Regulation, kind: str = "complaint") -> str:
    number = handled(law, kind)
    reply(law, number)
    return number


def closed(law: Regulation) -> str:
    number = answered(law)
    law.do(number, "call_back", {"reached": "satisfied", "opinion": "满意"}, by="li")
    return number


def told(number: str, kind: str) -> set[str]:
    return set(Notification.objects.filter(ticket_number=number, kind=kind).values_list("member__username", flat=True))


def clock(number: str, name: str) -> Clock:
    return Clock.objects.filter(ticket__number=number, name=name).latest("id")


def rest(law: Regulation, name: str, monkeypatch: pytest.MonkeyPatch) -> Rest:
    monkeypatch.setattr(timezone, "now", lambda: law.now)
    return Rest(Person(law.members[name], law.actor(name), ""))


def wrong_fields(law: Regulation, number: str, action: str, form: dict[str, Any], *, by: str) -> list[str]:
    with pytest.raises(InvalidInput) as said, transaction.atomic():
        law.do(number, action, form, by=by)
    return sorted(error.field for error in said.value.errors)


@pytest.mark.req("BNG-05", "BNG-08", "BNG-09")
def test_a_complaint_is_replied_to_doubted_resolved_and_closed_only_by_a_satisfied_customer(law: Regulation) -> None:
    number = opened(law)
    law.at("2024-06-03 09:20")
    law.do(number, "assign", {"target_unit": law.units["CX"].pk}, by="li")
    law.do(number, "arrange", {"handler": law.members["wu"].pk}, by="fang")
    law.at("2024-06-03 16:00")
    reply(law, number)
    assert clock(number, "answered_in_time").due_at == moment("2024-06-04 09:00")
    assert clock(number, "answered_in_time").state == Clock.State.MET

    law.at("2024-06-04 10:00")
    law.do(number, "call_back", {"reached": "dissatisfied", "opinion": "只道歉不够"}, by="li")
    assert law.state(number) == "disputed"
    assert clock(number, "doubt_resolved").due_at == moment("2024-06-05 10:00")
    law.do(number, "assign", {"handler": law.members["zhu"].pk}, by="li")
    law.at("2024-06-04 15:00")
    reply(law, number, by="zhu", result="行长上门致歉")
    law.at("2024-06-05 09:00")
    law.do(number, "call_back", {"reached": "satisfied", "opinion": "可以接受"}, by="li")

    assert law.state(number) == "closed"
    assert clock(number, "doubt_resolved").state == Clock.State.MET
    assert [e.payload["result"] for e in law.events(number, "reply_complaint")] == ["柜员已道歉", "行长上门致歉"]
    assert [e.payload["opinion"] for e in law.events(number, "call_back")] == ["只道歉不够", "可以接受"]


@pytest.mark.req("BNG-01")
@pytest.mark.parametrize("kind", [Unit.Kind.DEPARTMENT, Unit.Kind.TEAM, Unit.Kind.BRANCH, Unit.Kind.DISTRICT])
@pytest.mark.parametrize("role", ["cs_agent", "cs_supervisor"])
def test_the_regulation_holds_for_service_staff_of_every_body_of_the_bank(law: Regulation, kind: str, role: str) -> None:
    law.units["U"] = create_unit(UnitDraft("U", "某机构", kind, ""), parent=law.units["CX"], by=BUILDER, at=LONG_AGO)
    for name in ("xu", "zhu"):
        for old in ("cs_agent", "handler"):
            law.dismiss(name, old)
    law.appoint("xu", role, "U")
    law.appoint("zhu", "handler", "U")

    number = opened(law, by="xu")
    law.do(number, "assign", {"handler": law.members["zhu"].pk}, by="xu")
    reply(law, number, by="zhu")

    assert (law.ticket(number).unit, law.state(number)) == (law.units["U"], "answered")


@pytest.mark.req("BNG-02")
def test_a_ticket_keeps_process_result_and_opinion_and_may_be_a_paper(law: Regulation) -> None:
    with pytest.raises(InvalidInput) as said, transaction.atomic():
        law.open("other", {"medium": "paper", "content": "书面来信"}, by="li")
    assert [error.field for error in said.value.errors] == ["paper_no"]
    paper = law.open("other", {"medium": "paper", "paper_no": "2024-0088", "content": "书面来信"}, by="li")
    number = answered(law)

    assert wrong_fields(law, number, "call_back", {"reached": "satisfied"}, by="li") == ["opinion"]
    law.do(number, "call_back", {"reached": "satisfied", "opinion": "处理得快"}, by="li")

    assert law.ticket(paper).fields["paper_no"] == "2024-0088"
    kept = {key: value for event in law.events(number) for key, value in event.payload.items()}
    assert (kept["process_note"], kept["result"], kept["opinion"]) == (DONE["process_note"], DONE["result"], "处理得快")


@pytest.mark.req("BNG-03")
def test_there_are_four_classes_each_with_the_question_of_its_own(law: Regulation) -> None:
    service = {key: kind.title for key, kind in law.program.book.types.items() if kind.process == "service"}
    assert service == {"complaint": "投诉工单", "consult": "咨询工单", "suggestion": "建议工单", "other": "其他工单"}
    own = {"complaint": ["complaint_about", "is_appeal"], "consult": ["consult_about"], "suggestion": ["suggestion_kind"], "other": []}
    for kind, fields in own.items():
        bare = {"medium": "electronic", "content": "来电"}
        if fields:
            with pytest.raises(InvalidInput) as said, transaction.atomic():
                law.open(kind, bare, by="li")
            assert sorted(error.field for error in said.value.errors) == fields
        assert law.ticket(opened(law, kind)).type == kind
    assert {"service", "product", "staff"} <= set(law.program.field("complaint_about").choices)
    assert set(law.program.field("suggestion_kind").choices) == {"suggestion", "opinion", "demand"}
    assert law.ticket(law.open("complaint", {**SAID["complaint"], "is_appeal": True}, by="li")).fields["is_appeal"] is True


@pytest.mark.req("BNG-04")
def test_a_need_is_recorded_and_answered_for_promptly(law: Regulation) -> None:
    with pytest.raises(InvalidInput) as said, transaction.atomic():
        law.open("other", {"medium": "electronic"}, by="li")
    assert [error.field for error in said.value.errors] == ["content"]
    late, prompt = opened(law, by="ma"), opened(law)
    law.at("2024-06-03 09:59")
    law.do(prompt, "assign", {"handler": law.members["wu"].pk}, by="li")

    sweep(moment("2024-06-03 10:01"))

    assert clock(prompt, "responded").state == Clock.State.MET
    assert clock(late, "responded").due_at == moment("2024-06-03 10:00")
    assert told(late, "breached") == {"ma", "wang"}
    assert Finding.objects.get(rule="responded", outcome="breached").clause == "五.1"


@pytest.mark.req("BNG-05")
@pytest.mark.parametrize("missing", ["measure", "result", "process_note", "fully_solved"])
def test_a_complaint_is_replied_to_with_the_measure_taken(law: Regulation, missing: str) -> None:
    number = handled(law)
    form = {key: value for key, value in REPLY["complaint"][1].items() if key != missing}

    assert wrong_fields(law, number, "reply_complaint", form, by="wu") == [missing]
    with refused(NotAllowedNow):
        law.do(number, "answer", REPLY["consult"][1], by="wu")
    reply(law, number)

    assert law.events(number, "reply_complaint")[0].payload["measure"] == "柜员调岗并培训"


@pytest.mark.req("BNG-05")
def test_a_complaint_not_replied_to_within_its_time_is_a_breach_and_goes_up(law: Regulation) -> None:
    number = handled(law)

    sweep(moment("2024-06-04 09:00"))
    assert told(number, "breached") == set()
    sweep(moment("2024-06-04 14:31"))

    assert told(number, "breached") == {"wu", "fang", "wang"}
    assert told(number, "escalated") == {"guan"}
    assert Finding.objects.get(rule="answered_in_time").clause == "五.2"


@pytest.mark.req("BNG-06")
@pytest.mark.parametrize(("kind", "due"), [("consult", "2024-06-03 18:00"), ("suggestion", "2024-06-05 18:00")])
def test_a_question_and_a_suggestion_are_answered_and_explained_in_time(law: Regulation, kind: str, due: str) -> None:
    number, late = handled(law, kind), handled(law, kind)
    assert clock(number, "answered_in_time").due_at == moment(due)
    form = REPLY[kind][1]
    for missing in ("result", "explanation"):
        assert wrong_fields(law, number, "answer", {k: v for k, v in form.items() if k != missing}, by="wu") == [missing]

    law.at(due)
    reply(law, number)
    law.pass_time(minutes=1)
    sweep(law.now)

    assert clock(number, "answered_in_time").state == Clock.State.MET
    assert clock(late, "answered_in_time").breached_at is not None


@pytest.mark.req("BNG-07")
@pytest.mark.parametrize("kind", sorted(SAID))
def test_every_ticket_is_recorded_with_content_process_and_result(law: Regulation, kind: str) -> None:
    number = handled(law, kind)
    action, form = REPLY[kind]
    assert {"process_note", "result"} <= set(law.program.types[kind].actions[action].spec.needs)
    assert wrong_fields(law, number, "record_process", {"process_note": " "}, by="wu") == ["process_note"]
    law.do(number, "record_process", {"process_note": "已联系客户"}, by="wu")

    law.do(number, action, {key: value for key, value in form.items() if key != "process_note"}, by="wu")

    ticket = law.ticket(number)
    assert (ticket.summary, ticket.fields["process_note"]) == (SAID[kind]["content"], "已联系客户")
    assert law.events(number, action)[0].payload["result"] == DONE["result"]


@pytest.mark.req("BNG-07")
def test_a_correction_keeps_what_stood_before_and_a_filed_ticket_says_until_when_it_is_kept(law: Regulation) -> None:
    number = opened(law)
    law.do(number, "correct", {"content": "城西支行三号柜员态度差"}, by="ma")
    event = law.events(number, "correct")[0]
    assert (event.actor_name, "柜员态度差" in str(event.payload)) == ("马客服", True)
    assert law.events(number)[0].payload["content"] == "柜员态度差"

    done = closed(law)
    assert wrong_fields(law, done, "file_away", {}, by="wang") == ["archive_no", "keep_until"]
    law.do(done, "file_away", {"archive_no": "TS-2024-01", "keep_until": "2034-06-03"}, by="wang")

    assert law.state(done) == "filed"
    assert law.events(done, "file_away")[0].payload["keep_until"] == "2034-06-03"
    with pytest.raises(DatabaseError), transaction.atomic():
        Ticket.objects.filter(number=done).delete()


@pytest.mark.req("BNG-08")
@pytest.mark.parametrize("state", ["answered", "closed", "filed"])
def test_a_customer_in_doubt_reopens_the_ticket_at_any_later_time(law: Regulation, state: str) -> None:
    number = answered(law) if state == "answered" else closed(law)
    if state == "filed":
        law.do(number, "file_away", {"archive_no": "TS-2024-01", "keep_until": "2034-06-03"}, by="wang")
    assert wrong_fields(law, number, "dispute", {}, by="li") == ["reason"]

    law.do(number, "dispute", {"reason": "柜员并未道歉"}, by="li")

    assert (law.state(number), law.ticket(number).is_open) == ("disputed", True)
    assert told(number, "entered") == {"wang"}
    law.do(number, "assign", {"handler": law.members["wu"].pk}, by="li")
    form = {key: value for key, value in REPLY["complaint"][1].items() if key not in ("result", "measure")}
    assert wrong_fields(law, number, "reply_complaint", form, by="wu") == ["measure", "result"]
    reply(law, number, result="当面道歉")
    assert [e.payload["reason"] for e in law.events(number, "dispute")] == ["柜员并未道歉"]


@pytest.mark.req("BNG-08")
def test_a_doubt_has_a_limit_of_its_own_and_a_dissatisfied_customer_is_never_closed(law: Regulation) -> None:
    number = answered(law)
    law.do(number, "call_back", {"reached": "dissatisfied", "opinion": "未解决"}, by="li")
    with refused(NotAllowedNow):
        law.do(number, "close", {"note": "算了"}, by="wang")

    sweep(moment("2024-06-03 18:01"))

    assert clock(number, "doubt_resolved").due_at == moment("2024-06-03 18:00")
    assert {"wang", "guan"} <= told(number, "breached")
    assert Finding.objects.get(rule="doubt_resolved").clause == "五.4"


@pytest.mark.req("BNG-09")
def test_every_answered_ticket_is_followed_up_and_the_answers_are_counted(law: Regulation) -> None:
    first, second = answered(law), answered(law, "consult")
    run_duties(moment("2024-06-04 08:00"))
    run = DutyRun.objects.get(duty="follow_up", period=date(2024, 6, 4))
    assert (sorted(run.frame), run.required) == (sorted([first, second]), 2)

    law.at("2024-06-04 10:00")
    law.do(first, "call_back", {"reached": "satisfied", "opinion": "好"}, by="li")
    law.do(second, "call_back", {"reached": "unreachable"}, by="li")
    run_duties(moment("2024-06-05 08:00"))

    run.refresh_from_db()
    assert (run.done, run.state) == (1, DutyRun.State.BROKEN)
    satisfaction = next(r for r in statistics(law.actor("wang"), JUNE).rates if r.name == "satisfaction")
    assert (satisfaction.numerator, satisfaction.denominator) == (1, 1)


@pytest.mark.req("BNG-09")
def test_feedback_becomes_an_improvement_and_each_month_owes_one(law: Regulation) -> None:
    number = closed(law)
    law.do(number, "improve", {"feedback": "客户希望当面道歉"}, by="li")
    link = Link.objects.get(target__number=number)
    improvement = link.source.number
    assert link.source.fields["feedback"] == "客户希望当面道歉"
    assert wrong_fields(law, improvement, "decide", {}, by="wang") == ["improvement"]
    law.do(improvement, "decide", {"improvement": "投诉一律当面回复"}, by="wang")
    assert (law.state(improvement), told(improvement, "entered")) == ("improved", {"guan"})

    run_duties(moment("2024-07-01 08:00"))
    owed = DutyRun.objects.get(duty="monthly_improvement", period=date(2024, 7, 1)).frame
    run_duties(moment("2024-08-01 08:00"))

    assert len(owed) == 1
    assert DutyRun.objects.get(duty="monthly_improvement", period=date(2024, 7, 1)).state == DutyRun.State.BROKEN


STEPS = {
    "accept": {"li", "ma", "xu", "wang"},
    "assign": {"li", "ma", "wang"},
    "arrange": {"fang"},
    "record_process": {"wu"},
    "reply_complaint": {"wu"},
    "call_back": {"li", "ma", "wang"},
    "file_away": {"wang"},
}


@pytest.mark.req("BNG-10")
@pytest.mark.parametrize("step", sorted(STEPS))
def test_each_step_is_done_by_those_who_answer_for_it_and_by_nobody_else(law: Regulation, step: str) -> None:
    if step == "accept":
        number, forms = "", SAID["complaint"]
    elif step == "assign":
        number, forms = opened(law), {"handler": law.members["wu"].pk}
    elif step == "arrange":
        number, forms = opened(law), {"handler": law.members["wu"].pk}
        law.do(number, "assign", {"target_unit": law.units["CX"].pk}, by="li")
    elif step in ("record_process", "reply_complaint"):
        number, forms = handled(law), REPLY["complaint"][1] if step == "reply_complaint" else {"process_note": "记录"}
    elif step == "call_back":
        number, forms = answered(law), {"reached": "satisfied", "opinion": "好"}
    else:
        number, forms = closed(law), {"archive_no": "1", "keep_until": "2034-06-03"}
    where = {"xu"} if step == "call_back" else set()  # the branch's own agent follows up what stands there

    able, refusals = set(), set()
    for name in PEOPLE:
        try:
            with transaction.atomic():
                law.open("complaint", forms, by=name) if step == "accept" else law.do(number, step, forms, by=name)
                able.add(name)
                transaction.set_rollback(True)
        except Refused as refusal:
            refusals.add(refusal.status)

    assert refusals <= {403, 404}
    assert able == STEPS[step] | where


@pytest.mark.req("BNG-10")
def test_who_handled_a_ticket_does_not_follow_it_up_himself(law: Regulation) -> None:
    number = opened(law, "consult")
    law.do(number, "take_on", by="li")
    reply(law, number, by="li")

    with refused(NotPermitted):
        law.do(number, "call_back", {"reached": "satisfied", "opinion": "好"}, by="li")
    law.do(number, "call_back", {"reached": "satisfied", "opinion": "好"}, by="ma")

    assert law.state(number) == "closed"


@pytest.mark.req("BNG-11")
@pytest.mark.parametrize("kind", sorted(SAID))
def test_no_ticket_is_answered_without_a_word_on_law_and_the_customers_rights(law: Regulation, kind: str) -> None:
    number = handled(law, kind)
    action, form = REPLY[kind]

    assert wrong_fields(law, number, action, {k: v for k, v in form.items() if k != "compliance"}, by="wu") == ["compliance"]
    assert wrong_fields(law, number, action, {**form, "compliance": "  "}, by="wu") == ["compliance"]
    reply(law, number)

    assert law.events(number, action)[0].payload["compliance"] == DONE["compliance"]


@pytest.mark.req("BNG-12")
def test_each_unit_owes_a_training_every_quarter_with_its_content_and_who_took_part(law: Regulation) -> None:
    law.at("2024-07-01 08:00")
    run_duties(law.now)
    run = DutyRun.objects.get(duty="quarterly_training", period=date(2024, 7, 1))
    units = {law.ticket(number).unit.code: number for number in run.frame}
    assert set(units) == {"HQ", "CX"}
    assert wrong_fields(law, units["CX"], "hold", {}, by="fang") == ["attendees", "held_on", "topic"]

    law.do(
        units["CX"],
        "hold",
        {"topic": "投诉处理", "held_on": "2024-07-20", "attendees": [{"name": "徐客服", "outcome": "合格"}]},
        by="fang",
    )
    run_duties(moment("2024-10-01 08:00"))

    run.refresh_from_db()
    assert (run.done, run.required, run.state) == (1, 2, DutyRun.State.BROKEN)
    assert law.state(units["CX"]) == "held"


@pytest.mark.req("BNG-05", "BNG-10")
def test_over_rest_a_complaint_is_taken_assigned_replied_to_and_followed_up(law: Regulation, monkeypatch: pytest.MonkeyPatch) -> None:
    li, wu = rest(law, "li", monkeypatch), rest(law, "wu", monkeypatch)
    assert li.open("complaint", {"medium": "electronic", "content": "慢"})[1]["errors"][0]["field"] == "complaint_about"
    number = li.open("complaint", SAID["complaint"])[1]["number"]
    assert li.act(number, "assign", {"handler": law.members["wu"].pk})[1]["state"] == "handling"

    assert "answer" not in {action["name"] for action in wu.get(f"tickets/{number}")[1]["actions"]}
    status, problem = wu.act(number, "reply_complaint", DONE)
    assert (status, [error["field"] for error in problem["errors"]]) == (422, ["measure"])
    assert wu.act(number, "reply_complaint", REPLY["complaint"][1])[1]["state"] == "answered"

    assert wu.act(number, "call_back", {"reached": "satisfied", "opinion": "好"})[0] == 403
    assert li.act(number, "call_back", {"reached": "dissatisfied", "opinion": "不行"})[1]["state"] == "disputed"
