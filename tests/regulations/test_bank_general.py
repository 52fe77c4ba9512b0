"""The bank's regulation on tickets of four classes: what is recorded, in which class, and answered when (BNG-01 to BNG-07)."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, transaction

from banjie.deadlines.models import Clock, Finding
from banjie.deadlines.sweep import sweep
from banjie.kernel.errors import InvalidInput, NotAllowedNow
from banjie.people.checks import UnitDraft
from banjie.people.models import Unit
from banjie.people.verbs.units import create_unit
from banjie.tickets.models import Ticket
from tests.cast import BUILDER, LONG_AGO
from tests.pos import moment
from tests.regulation import Regulation
from tests.regulations.bank_general import (
    DONE,
    REPLY,
    SAID,
    answered,
    bank_at_work,
    clock,
    closed,
    handled,
    opened,
    refused,
    reply,
    rest,
    told,
    wrong_fields,
)


@pytest.fixture
def law(db: None) -> Regulation:
    return bank_at_work()


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
