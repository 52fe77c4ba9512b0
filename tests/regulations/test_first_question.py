"""首问负责与24小时积压工单管理: the first taker, what is measured, invalid tickets and cases (FQR)."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from django.utils import timezone

from banjie.deadlines.duties import run_duties
from banjie.deadlines.models import Finding
from banjie.deadlines.sweep import sweep
from banjie.kernel.errors import InvalidInput, NotPermitted, Refused, Unseen
from banjie.tickets.access import get_ticket
from banjie.tickets.models import Event, Link, Ticket
from tests.pos import moment
from tests.regulation import Regulation, install
from tests.regulations.first_question import (
    BOOK,
    CALL,
    DONE,
    INVALID,
    PEOPLE,
    UNITS,
    answered,
    circulating,
    ledger,
    page,
    pass_on,
    rate,
    refused,
    shared_case,
    to,
    told,
)


@pytest.fixture
def law(db: None, monkeypatch: pytest.MonkeyPatch) -> Regulation:
    law = install(BOOK, PEOPLE, UNITS)
    law.at("2024-06-03 09:00")
    monkeypatch.setattr(timezone, "now", lambda: law.now)  # pages read the clock of the test
    return law


@pytest.mark.req("FQR-01")
def test_whoever_takes_a_ticket_first_answers_for_it_to_the_end_wherever_it_goes(law: Regulation) -> None:
    number = circulating(law, "B")
    pass_on(law, number, "C")
    law.do(number, "assign", {"person": law.members["cai"].pk, "reason": "熟悉资费"}, by="chi")
    assert (law.ticket(number).assignee, law.ticket(number).unit) == (law.members["cai"], law.units["C"])
    assert law.ticket(number).responsible == law.members["ma"]
    law.do(number, "answer", DONE, by="cai")

    law.do(number, "call_back", {"reached": "satisfied"}, by="ma")

    assert (law.state(number), law.ticket(number).responsible) == ("closed", law.members["ma"])


@pytest.mark.req("FQR-02")
def test_no_way_out_of_a_department_clears_the_first_taker(law: Regulation) -> None:
    number = circulating(law, "B")
    owners = []

    def note(action: str, payload: Mapping[str, object], by: str) -> None:
        law.do(number, action, payload, by=by)
        owners.append(law.ticket(number).responsible)

    note("pass_on", to(law, "C", reason="属资费"), "pai")
    note("send_back", {"reason": "属网络"}, "chi")
    note("dispatch", to(law, "B"), "pai")
    note("mark_invalid", INVALID, "bu")
    note("review_invalid", {"invalid_review": "by_error", "verified": "并未重复"}, "zhi")
    note("dispatch", to(law, "D"), "pai")
    note("answer", DONE, "ding")
    note("call_back", {"reached": "dissatisfied"}, "zhi")

    assert owners == [law.members["ma"]] * 8


@pytest.mark.req("FQR-02")
def test_passing_a_ticket_on_needs_a_reason_and_the_second_time_tells_the_shift_leader(law: Regulation) -> None:
    number = circulating(law, "B")
    with refused(InvalidInput, "reason"):
        law.do(number, "pass_on", to(law, "C"), by="pai")
    pass_on(law, number, "C")
    assert told(law, number, "repeated") == set()

    pass_on(law, number, "D")

    assert told(law, number, "repeated") == {"zhi"}
    assert not {"dispatch", "pass_on"} & law.may(number, by="ding")  # departments do not hand it round among themselves


@pytest.mark.req("FQR-06")
def test_every_urge_leaves_its_time_its_author_and_its_target(law: Regulation) -> None:
    number = circulating(law, "C")
    law.do(number, "assign", {"person": law.members["cai"].pk, "reason": "熟悉"}, by="chi")
    law.at("2024-06-03 11:00")
    law.do(number, "urge", {"note": "客户再次来电"}, by="pai")
    law.at("2024-06-03 15:30")
    law.do(number, "urge", by="pai")

    first, second = law.events(number, "urge")

    assert (first.actor_name, first.payload["note"], first.payload["to_member_id"]) == ("白派单", "客户再次来电", law.members["cai"].pk)
    assert [event.at for event in (first, second)] == [moment("2024-06-03 11:00"), moment("2024-06-03 15:30")]
    assert told(law, number, "urged") == {"cai"}
    assert "客户再次来电" in page(law, f"/tickets/{number}/", "ma")


@pytest.mark.req("FQR-07")
def test_the_first_taker_follows_the_ticket_through_every_department(law: Regulation) -> None:
    number = circulating(law, "B")
    seen = []

    def look() -> None:
        seen.append(law.ticket(number).unit.name in page(law, f"/tickets/{number}/", "ma"))
        with pytest.raises(Unseen):  # it is his because he took it first, not because of his unit
            get_ticket(law.actor("an"), number)

    look()
    law.do(number, "report_progress", {"note": "已到机房"}, by="bu")
    look()
    pass_on(law, number, "C")
    look()
    law.do(number, "assign", {"person": law.members["cai"].pk, "reason": "熟悉"}, by="chi")
    look()
    law.do(number, "answer", DONE, by="cai")
    look()

    shown = page(law, f"/tickets/{number}/", "ma")
    assert seen == [True] * 5
    for text in ("已到机房", "不属本部门", "蔡处理", "已退费"):
        assert text in shown
    assert told(law, number, "told") == {"ma"}


@pytest.mark.req("FQR-08")
def test_timeliness_and_satisfaction_are_counted(law: Regulation) -> None:
    for minutes, word in ((60, "satisfied"), (26 * 60, "satisfied"), (30, "dissatisfied")):
        number = answered(law)
        law.pass_time(minutes=minutes)
        sweep(law.now)
        law.do(number, "call_back", {"reached": word}, by="an")

    assert rate(law, "satisfaction") == (2, 3)
    assert rate(law, "timeliness") == (1, 2)  # the third is not finished yet


@pytest.mark.req("FQR-08")
def test_a_ticket_that_is_not_finished_in_24_hours_breaks_the_time_limit_and_tells_its_first_taker(law: Regulation) -> None:
    number = circulating(law)

    assert sweep(law.at("2024-06-04 09:00")) >= 0
    assert not Finding.objects.filter(rule="completed", outcome="breached").exists()
    sweep(law.at("2024-06-04 09:01"))

    assert Finding.objects.get(rule="completed", outcome="breached").clause == "二.1"
    assert told(law, number, "breached") == {"ma", "pai", "zhi"}


@pytest.mark.req("FQR-09")
def test_invalid_tickets_are_marked_with_a_cause_reviewed_counted_and_analysed(law: Regulation) -> None:
    invalid, valid, fine = circulating(law), circulating(law), circulating(law)
    with refused(InvalidInput, "invalid_cause"):
        law.do(invalid, "mark_invalid", {"invalid_reason": "重复"}, by="bu")
    for number in (invalid, valid):
        law.do(number, "mark_invalid", INVALID, by="bu")
        assert told(law, number, "entered") == {"zhi"}
    with refused(InvalidInput, "verified"):
        law.do(invalid, "review_invalid", {"invalid_review": "confirmed"}, by="zhi")
    law.do(invalid, "review_invalid", {"invalid_review": "confirmed", "verified": "受理前先查历史"}, by="zhi")
    law.do(valid, "review_invalid", {"invalid_review": "by_error", "verified": "两单内容不同"}, by="zhi")

    assert (law.state(invalid), law.ticket(invalid).is_open) == ("confirmed_invalid", False)
    assert (law.state(valid), law.ticket(valid).is_open) == ("accepted", True)
    assert (rate(law, "confirmed_invalid"), rate(law, "marked_by_error")) == ((1, 2), (1, 2))
    lines = {line[0]: line[9:] for line in ledger(law, "invalid_tickets")}
    assert lines[invalid] == ["重复派单", "与昨日工单相同", "确认无效", "受理前先查历史"]
    assert lines[valid] == ["重复派单", "与昨日工单相同", "误标", "两单内容不同"]
    assert lines[fine] == ["—"] * 4


@pytest.mark.req("FQR-09")
def test_nobody_confirms_an_invalid_ticket_that_only_its_marker_has_judged(law: Regulation) -> None:
    number = circulating(law)
    law.do(number, "mark_invalid", INVALID, by="bu")

    with refused(NotPermitted):
        law.do(number, "review_invalid", {"invalid_review": "confirmed", "verified": "无"}, by="bu")

    assert law.ticket(number).is_open


@pytest.mark.req("FQR-10")
def test_a_difficult_case_is_discussed_and_agreed_by_several_before_it_is_shared(law: Regulation) -> None:
    number = answered(law)
    case = shared_case(law, number)
    assert (law.ticket(case).type, law.ticket(case).fields["content"]) == ("case", "话费多扣")
    assert Link.objects.filter(source__number=case, target__number=number, kind="child").exists()
    law.do(case, "discuss", {"note": "先核对出账批次"}, by="an")
    with refused(InvalidInput, "solution"):
        law.do(case, "propose", by="ma")
    law.do(case, "propose", {"solution": "核对批次后一次退清"}, by="ma")
    with refused(Refused):
        law.do(case, "agree", {"decision": "approved"}, by="ma")

    law.do(case, "agree", {"decision": "approved"}, by="an")
    assert law.state(case) == "agreeing"
    law.do(case, "agree", {"decision": "approved"}, by="zhi")

    assert law.state(case) == "shared"
    for reader in ("jing", "bu"):  # the network department, too, which never had the ticket
        assert [line[7:] for line in ledger(law, "case_library", reader)] == [["跨月重复扣费", "话费多扣", "核对批次后一次退清"]]
    assert ledger(law, "invalid_tickets", "bu") == []


@pytest.mark.req("FQR-11")
def test_seven_people_work_off_50_tickets_and_100_contacts_in_a_day(db: None) -> None:
    team = {f"staff{n}": (f"客服{n}", "complaint_handler", "HQ") for n in range(7)}
    law = install(BOOK, {**team, "jing": PEOPLE["jing"]})
    for n in range(50):
        taker, caller = f"staff{n % 7}", f"staff{(n + 1) % 7}"
        number = law.open(("complaint", "consult", "business")[n % 3], CALL, by=taker)
        law.pass_time(minutes=9)
        law.do(number, "solve", DONE, by=taker)
        for word in ("unreachable", "satisfied"):
            law.do(number, "call_back", {"reached": word}, by=caller)

    run_duties(law.at("2024-06-04 00:01"))

    assert Ticket.objects.filter(state="closed").count() == 50
    assert Event.objects.filter(action="call_back").count() == 100
    assert (rate(law, "timeliness"), rate(law, "satisfaction")) == ((50, 50), (50, 50))
