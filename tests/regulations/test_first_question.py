"""首问负责与24小时积压工单管理 at work (FQR; scenario S7)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from banjie.channels.models import Notification
from banjie.deadlines.duties import run_duties
from banjie.deadlines.models import DutyItem, DutyRun, Finding
from banjie.deadlines.sweep import sweep
from banjie.insight.ledgers import ledger_cells
from banjie.insight.period import Period
from banjie.insight.queries.ledger import ledger_rows
from banjie.insight.queries.statistics import Asked, statistics
from banjie.kernel.errors import InvalidInput, NotPermitted, Refused, Unseen
from banjie.people.models import Member
from banjie.tickets.access import get_ticket
from banjie.tickets.models import Event, Link, Ticket
from tests.pos import moment
from tests.regulation import Regulation, install

BOOK = "first-question"
PEOPLE = {
    "ma": ("马首问", "complaint_handler", "CS"),
    "an": ("安首问", "complaint_handler", "CS"),
    "pai": ("白派单", "dispatcher", "HQ"),
    "zhi": ("支值班", "shift_leader", "HQ"),
    "jing": ("景经理", "department_manager", "HQ"),
    "bu": ("卜网络", "department_head", "B"),
    "chi": ("迟资费", "department_head", "C"),
    "cai": ("蔡处理", "handler", "C"),
    "ding": ("丁工程", "department_head", "D"),
}
UNITS = {"CS": ("客服中心", "客服"), "B": ("网络部", "网络"), "C": ("资费部", "资费"), "D": ("工程部", "工程")}
CALL = {"content": "话费多扣", "phone": "13812345678", "customer": "甲客户"}
DONE = {"result": "已退费", "fully_solved": True}
OPINION = {"note": "联系厂家", "follow_up": "已致电厂家值班"}
INVALID = {"invalid_cause": "duplicate", "invalid_reason": "与昨日工单相同"}
JUNE = Asked(BOOK, Period(date(2024, 6, 1), date(2024, 6, 30)))


@pytest.fixture
def law(db: None, monkeypatch: pytest.MonkeyPatch) -> Regulation:
    law = install(BOOK, PEOPLE, UNITS)
    law.at("2024-06-03 09:00")
    monkeypatch.setattr(timezone, "now", lambda: law.now)  # pages read the clock of the test
    return law


@contextmanager
def refused(kind: type[Refused], field: str = "") -> Iterator[None]:
    with pytest.raises(kind) as said, transaction.atomic():
        yield
    assert not field or field in [error.field for error in said.value.errors], said.value.errors


def opened(law: Regulation, by: str = "ma") -> str:
    return law.open("complaint", CALL, by=by)


def to(law: Regulation, unit: str, **more: object) -> dict[str, object]:
    return {"target_unit": law.units[unit].pk, **more}


def circulating(law: Regulation, unit: str = "B") -> str:
    number = opened(law)
    law.do(number, "dispatch", to(law, unit), by="pai")
    return number


def pass_on(law: Regulation, number: str, unit: str, *, by: str = "pai") -> None:
    law.do(number, "pass_on", to(law, unit, reason="不属本部门"), by=by)


def answered(law: Regulation) -> str:
    number = opened(law)
    law.do(number, "solve", DONE, by="ma")
    return number


def run_of(law: Regulation, duty: str, at: str) -> DutyRun:
    """Return the list of the day that stands at a moment."""
    run_duties(law.at(at))
    return DutyRun.objects.filter(book=BOOK, duty=duty).order_by("period").last() or pytest.fail("no run")


def listed(law: Regulation, duty: str, at: str) -> list[str]:
    run = run_of(law, duty, at)
    return sorted(DutyItem.objects.filter(run=run).values_list("ticket__number", flat=True))


def told(law: Regulation, number: str, kind: str) -> set[str]:
    return set(Notification.objects.filter(ticket_number=number, kind=kind).values_list("member__username", flat=True))


def rate(law: Regulation, name: str) -> tuple[int, int]:
    found = next(rate for rate in statistics(law.actor("jing"), JUNE).rates if rate.name == name)
    return found.numerator, found.denominator


def ledger(law: Regulation, name: str, by: str = "jing") -> list[list[str]]:
    book = law.program.book.ledgers[name]
    actor = law.actor(by)
    return [[str(cell) for cell in line] for line in ledger_cells(law.program, book, ledger_rows(actor, JUNE, book), actor)]


def page(law: Regulation, address: str, by: str) -> str:
    Member.objects.update(must_change_password=False)
    client = Client(headers={"Accept-Language": "zh-hans"})
    client.force_login(law.members[by])
    return client.get(address).content.decode()


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
    with refused(Refused):
        pass_on(law, number, "B", by="ding")  # departments do not hand it round among themselves


@pytest.mark.req("FQR-03")
def test_the_daily_list_holds_what_is_older_than_24_hours_and_not_finished(law: Regulation) -> None:
    old, finished = circulating(law), answered(law)
    law.do(finished, "call_back", {"reached": "satisfied"}, by="an")
    law.pass_time(hours=1)
    young = opened(law)

    assert listed(law, "backlog", "2024-06-04 08:59") == []
    assert listed(law, "backlog", "2024-06-04 09:00") == []  # more than 24 hours
    assert listed(law, "backlog", "2024-06-04 09:01") == [old]
    assert listed(law, "backlog", "2024-06-04 10:01") == [old, young]
    assert listed(law, "backlog", "2024-06-05 00:01") == [old, young]  # each day anew


@pytest.mark.req("FQR-03")
@pytest.mark.parametrize("state", ["accepted", "circulating", "answered", "invalid"])
def test_no_state_before_the_end_hides_a_ticket_from_the_list(law: Regulation, state: str) -> None:
    number = opened(law)
    if state == "circulating":
        law.do(number, "dispatch", to(law, "B"), by="pai")
    elif state == "answered":
        law.do(number, "solve", DONE, by="ma")
    elif state == "invalid":
        law.do(number, "mark_invalid", INVALID, by="ma")

    assert law.state(number) == state
    assert listed(law, "backlog", "2024-06-04 09:01") == [number]


@pytest.mark.req("FQR-04")
def test_the_shift_leader_writes_an_opinion_on_each_ticket_and_what_follow_up_he_began(law: Regulation) -> None:
    first, second = circulating(law), circulating(law)
    run = run_of(law, "backlog", "2024-06-04 09:01")
    assert first in page(law, "/duties/", "zhi")
    for missing in ("note", "follow_up"):
        with refused(InvalidInput, missing):
            law.do(first, "opine", {key: value for key, value in OPINION.items() if key != missing}, by="zhi")
    with refused(NotPermitted):
        law.do(first, "opine", OPINION, by="pai")
    law.do(first, "opine", OPINION, by="zhi")

    run_duties(law.at("2024-06-05 00:01"))

    run.refresh_from_db()
    assert (run.state, run.done, run.required) == ("broken", 1, 2)
    finding = Finding.objects.get(rule="backlog", outcome="breached")
    assert (finding.evidence["missing"], finding.clause) == ([second], "二.3")
    assert Notification.objects.filter(kind="duty_broken", member=law.members["jing"]).exists()


@pytest.mark.req("FQR-04")
def test_a_list_with_an_opinion_on_every_ticket_is_kept(law: Regulation) -> None:
    number = circulating(law)
    run = run_of(law, "backlog", "2024-06-04 09:01")
    law.do(number, "opine", OPINION, by="zhi")

    run_duties(law.at("2024-06-05 00:01"))

    run.refresh_from_db()
    assert run.state == "kept"
    assert told(law, number, "told") == {"ma"}


@pytest.mark.req("FQR-05")
def test_what_is_still_unsolved_comes_to_the_department_manager_who_coordinates(law: Regulation) -> None:
    number = circulating(law)
    assert listed(law, "unsolved", "2024-06-05 09:00") == []
    run = run_of(law, "unsolved", "2024-06-05 09:01")
    assert list(run.frame) == [number]
    with refused(InvalidInput, "coordinated_with"):
        law.do(number, "coordinate", {"note": "今日到场"}, by="jing")
    with refused(NotPermitted):
        law.do(number, "coordinate", {"note": "今日到场", "coordinated_with": law.units["D"].pk}, by="zhi")

    law.do(number, "coordinate", {"note": "今日到场", "coordinated_with": law.units["D"].pk}, by="jing")
    pass_on(law, number, "D", by="jing")

    assert DutyItem.objects.get(run=run).done_by == law.members["jing"]
    assert law.ticket(number).unit == law.units["D"]
    assert "answer" in law.may(number, by="ding")
    assert told(law, number, "told") == {"zhi", "ma"}


@pytest.mark.req("FQR-05")
def test_the_shift_leader_reports_what_he_cannot_solve_at_once(law: Regulation) -> None:
    number = circulating(law)
    with refused(InvalidInput, "reason"):
        law.do(number, "escalate", by="zhi")

    law.do(number, "escalate", {"reason": "两部门意见不一"}, by="zhi")

    assert told(law, number, "told") == {"jing"}


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


@pytest.mark.req("FQR-06")
def test_the_dispatcher_owes_a_word_or_an_urge_on_each_ticket_in_circulation_every_day(law: Regulation) -> None:
    tracked, urged, forgotten = circulating(law), circulating(law), circulating(law)
    run = run_of(law, "tracking", "2024-06-04 08:00")
    law.do(tracked, "track", {"note": "网络部已派人"}, by="pai")
    law.do(urged, "urge", by="pai")

    run_duties(law.at("2024-06-05 00:01"))

    run.refresh_from_db()
    assert (run.state, run.done, run.required) == ("broken", 2, 3)
    assert Finding.objects.get(rule="tracking", outcome="breached").evidence["missing"] == [forgotten]


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
    for minutes, word in ((60, "satisfied"), (26 * 60, "dissatisfied")):
        number = answered(law)
        law.pass_time(minutes=minutes)
        sweep(law.now)
        law.do(number, "call_back", {"reached": word}, by="an")

    assert rate(law, "satisfaction") == (1, 2)
    assert rate(law, "timeliness") == (1, 2)


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
    lines = {line[0]: line[8:] for line in ledger(law, "invalid_tickets")}
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


def shared_case(law: Regulation, number: str) -> str:
    """Let a difficult ticket become a case; return the case, still under discussion."""
    law.do(number, "share_case", {"case_title": "跨月重复扣费"}, by="ma")
    return str(Event.objects.get(ticket__number=number, action="share_case").payload["opened"])


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


@pytest.mark.req("FQR-01", "FQR-03", "FQR-04", "FQR-05", "FQR-06", "FQR-09")
def test_s7_a_backlog_ticket_goes_from_the_shift_leader_to_the_department_manager(law: Regulation) -> None:
    number = opened(law)
    law.at("2024-06-03 09:10")
    law.do(number, "dispatch", to(law, "B"), by="pai")
    law.at("2024-06-03 11:00")
    pass_on(law, number, "C")
    law.do(number, "urge", {"note": "客户催"}, by="pai")
    assert law.ticket(number).responsible == law.members["ma"]

    assert listed(law, "backlog", "2024-06-04 09:00") == []
    run = run_of(law, "backlog", "2024-06-04 09:01")
    assert list(run.frame) == [number]
    law.at("2024-06-04 09:20")
    law.do(number, "urge", {"note": "已超24小时"}, by="pai")
    law.at("2024-06-04 09:30")
    with refused(InvalidInput):
        law.do(number, "opine", by="zhi")
    law.do(number, "opine", {"note": "联系厂家", "follow_up": "已致电厂家"}, by="zhi")
    assert DutyItem.objects.get(run=run).done_at == law.now

    manager = run_of(law, "unsolved", "2024-06-05 09:01")
    assert list(manager.frame) == [number]
    law.do(number, "coordinate", {"note": "工程部协助", "coordinated_with": law.units["D"].pk}, by="jing")
    pass_on(law, number, "D", by="jing")
    law.do(number, "mark_invalid", INVALID, by="ding")
    law.do(number, "review_invalid", {"invalid_review": "by_error", "verified": "确有多扣"}, by="zhi")

    assert [event.at for event in law.events(number, "urge")] == [moment("2024-06-03 11:00"), moment("2024-06-04 09:20")]
    assert rate(law, "marked_by_error") == (1, 1)
    assert (law.state(number), law.ticket(number).responsible) == ("accepted", law.members["ma"])
