"""The bank's regulation on circulated tickets, clause by clause (BNK-01 to BNK-21)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from banjie.approval.standing import OwnApplication
from banjie.channels.models import Notification
from banjie.deadlines.duties import run_duties
from banjie.deadlines.models import Clock, DutyRun, Finding
from banjie.deadlines.registration import register_unit
from banjie.deadlines.sweep import sweep
from banjie.dispatch.choosing import NobodyToTakeIt, NotEligible, UnitNotRegistered
from banjie.insight.period import Period
from banjie.insight.queries.rates import Rate
from banjie.insight.queries.statistics import Asked, statistics
from banjie.kernel.errors import InvalidInput, NotPermitted, Refused, Unseen
from banjie.people.access import forget
from banjie.people.certified import Uncertified
from banjie.people.checks import UnitDraft
from banjie.people.models import Course, Examination, Role, Unit
from banjie.people.permissions import Permission
from banjie.people.verbs.certificates import enter_result
from banjie.people.verbs.posts import assign_post
from banjie.people.verbs.units import create_unit
from banjie.rulebook.queries import active_program
from banjie.rulebook.shipped import shipped_text
from banjie.rulebook.verbs.versions import activate, propose, save_draft
from banjie.tickets.models import Ticket
from banjie.tickets.queue import Filters, page
from tests.cast import BUILDER, LONG_AGO, Person
from tests.pos import moment
from tests.regulation import Regulation, install
from tests.rest.client import Rest

SLUG = "bank-circulation"
JUNE = Asked(SLUG, Period(date(2024, 6, 1), date(2024, 6, 30)))
LETTERS = {
    "consult_supervise": "Z",
    "complaint_supervise": "T",
    "suggestion_supervise": "J",
    "praise_supervise": "B",
    "business_acceptance": "Y",
}
SAID = {"content": "吞卡且柜员态度差", "severity": "serious", "customer_urgency": "pressing", "urgency": "urgent"}
CALM = {"content": "询问网点营业时间", "severity": "ordinary", "customer_urgency": "ordinary", "urgency": "general"}
STEPS = "专员登记—负责人批阅—经办办理—专员返回"
PEOPLE = {
    "hu": ("胡总行", "hq_cs", "HQ"),
    "he": ("何总行", "hq_cs", "HQ"),
    "shen": ("沈审核", "hq_cs_reviewer", "HQ"),
    "guan": ("管行长", "management", "HQ"),
    "fang": ("方行长", "department_head", "CX"),
    "wu": ("吴主管", "follow_up", "CX"),
    "zhu": ("朱柜员", "follow_up", "CX"),
    "ding": ("丁经办", "follow_up", "DX"),
    "qian": ("钱专员", "", ""),
    "dong": ("董专员", "", ""),
    "sun": ("孙专员", "", ""),
}
UNITS = {"CX": ("城西支行", "城西"), "DX": ("城东支行", "城东"), "BX": ("城北支行", "城北")}


@pytest.fixture
def law(db: None) -> Regulation:
    """Return the regulation at work on Monday, with certified specialists in Chengxi and Chengdong, both registered."""
    law = install(SLUG, PEOPLE, UNITS)
    for name, unit in (("qian", "CX"), ("dong", "DX")):
        certify(law, name)
        appoint(law, name, unit)
        register(law, unit, by=name)
    return law


@contextmanager
def refused(kind: type[Refused]) -> Iterator[None]:
    with pytest.raises(kind), transaction.atomic():
        yield


def certify(law: Regulation, name: str, score: int = 90, day: str = "2024-05-20", *, by: str = "hu") -> Examination:
    course = Course.objects.get(code="circulation")
    return enter_result(law.members[name], course, score=score, held_on=date.fromisoformat(day), by=law.actor(by), at=law.now)


def appoint(law: Regulation, name: str, unit: str) -> None:
    role = Role.objects.get(code="circulation_specialist")
    assign_post(law.members[name], role=role, unit=law.units[unit], by=BUILDER, at=law.now)


def register(law: Regulation, unit: str, limit: str = "8 working hours", *, by: str) -> None:
    register_unit(law.program, law.units[unit], {"handling": limit}, {"steps": STEPS}, by=law.actor(by), at=law.now)


def reviewed(law: Regulation, kind: str = "complaint_supervise", said: dict[str, str] = SAID) -> str:
    number = law.open(kind, said, by="hu")
    law.do(number, "submit", by="hu")
    law.do(number, "review", {"decision": "approved"}, by="shen")
    return number


def circulate(law: Regulation, number: str, unit: str = "CX", through: str = "platform") -> None:
    law.do(number, "circulate", {"target_unit": law.units[unit].pk, "sent_through": through}, by="hu")


def circulated(law: Regulation, unit: str = "CX", kind: str = "complaint_supervise", said: dict[str, str] = SAID) -> str:
    number = reviewed(law, kind, said)
    circulate(law, number, unit)
    return number


def divert(law: Regulation, number: str, to: str = "wu", *, by: str = "qian") -> None:
    law.do(number, "divert", {"follower": law.members[to].pk}, by=by)


def diverted(law: Regulation, kind: str = "complaint_supervise", said: dict[str, str] = SAID) -> str:
    number = circulated(law, kind=kind, said=said)
    divert(law, number)
    return number


def returned(law: Regulation) -> str:
    number = diverted(law)
    law.do(number, "return_opinion", {"opinion": "已取卡并致歉"}, by="wu")
    return number


def closed(law: Regulation) -> str:
    number = returned(law)
    law.do(number, "close", by="hu")
    return number


def told(law: Regulation, kind: str, number: str) -> set[str]:
    found = Notification.objects.filter(kind=kind, ticket_number=number).values_list("member__username", flat=True)
    return set(found)


def clock(number: str, name: str) -> Clock:
    return Clock.objects.filter(ticket__number=number, name=name).latest("id")


def rate(law: Regulation, name: str, *, by: str = "hu", unit: str = "") -> Rate:
    asked = replace(JUNE, unit_id=law.units[unit].pk) if unit else JUNE
    return next(r for r in statistics(law.actor(by), asked).rates if r.name == name)


def rest(law: Regulation, name: str, monkeypatch: pytest.MonkeyPatch) -> Rest:
    monkeypatch.setattr(timezone, "now", lambda: law.now)
    return Rest(Person(law.members[name], law.actor(name), ""))


# ── The scenario ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.req("BNK-05", "BNK-11", "BNK-12", "BNK-16", "BNK-17", "BNK-19", "BNK-20", "TRN-01")
def test_a_complaint_goes_from_headquarters_to_the_branch_and_back_with_a_certified_specialist_only(db: None) -> None:
    law = install(SLUG, PEOPLE, UNITS)
    older = reviewed(law, "consult_supervise", CALM)
    law.at("2024-06-03 09:10")
    number = law.open("complaint_supervise", SAID, by="hu")
    law.do(number, "submit", by="hu")
    law.do(number, "review", {"decision": "approved"}, by="shen")

    # 2: Sun was trained and failed; Qian passed.
    certify(law, "sun", 59)
    with refused(Uncertified):
        appoint(law, "sun", "CX")
    certify(law, "qian", 88)
    appoint(law, "qian", "CX")

    # 3: without steps and limit the branch receives nothing.
    law.at("2024-06-03 09:20")
    with pytest.raises(UnitNotRegistered) as said, transaction.atomic():
        circulate(law, number)
    assert "处理时效、工单流转环节" in said.value.message
    register(law, "CX", "8 working hours", by="qian")
    circulate(law, number)
    assert law.ticket(number).unit == law.units["CX"]
    assert clock(number, "returned_in_time").due_at == moment("2024-06-04 09:50")

    # 5: the urgent complaint stands before the older general consultation.
    circulate(law, older)
    assert [row.number for row in page(law.actor("qian"), Filters()).rows] == [number, older]

    # 4: Qian diverts to Wu; an empty opinion is refused; six hours later it is back at headquarters.
    law.at("2024-06-03 09:30")
    divert(law, number)
    for empty in ({}, {"opinion": "   "}):
        with refused(InvalidInput):
            law.do(number, "return_opinion", empty, by="wu")
    law.at("2024-06-03 15:30")
    law.do(number, "return_opinion", {"opinion": "卡已取出交还客户，柜员已道歉并记入考核"}, by="wu")
    assert law.state(number) == "returned"
    assert told(law, "entered", number) == {"hu", "he"}
    assert clock(number, "returned_in_time").state == Clock.State.MET

    # 6: praise is closed and nobody was urged.
    praise = diverted(law, "praise_supervise", CALM)
    assert praise.startswith("B-")
    law.do(praise, "return_opinion", {"opinion": "已转达并表扬柜员"}, by="wu")
    law.do(praise, "close", by="hu")
    assert (law.state(praise), law.events(praise, "urge")) == ("closed", [])


# ── Chapter 1 and 2: what a ticket is, and who answers for what ──────────────────────────────────────────────────────────


@pytest.mark.req("BNK-01")
@pytest.mark.parametrize("kind", sorted(LETTERS))
def test_every_need_of_a_customer_taken_by_headquarters_becomes_a_slip_that_says_how_it_was_circulated(law: Regulation, kind: str) -> None:
    number = reviewed(law, kind)
    with refused(InvalidInput):
        law.do(number, "circulate", {"target_unit": law.units["CX"].pk}, by="hu")

    circulate(law, number, through="oa")

    assert law.ticket(number).summary == SAID["content"]
    assert law.events(number, "circulate")[0].payload["sent_through"] == "oa"
    assert set(law.program.field("sent_through").choices) == {"platform", "oa", "mail", "other"}


@pytest.mark.req("BNK-01", "BNK-05")
@pytest.mark.parametrize("name", ["shen", "qian", "wu", "fang", "guan"])
def test_only_the_customer_service_of_headquarters_takes_a_need_as_a_ticket(law: Regulation, name: str) -> None:
    with refused(NotPermitted):
        law.open("complaint_supervise", SAID, by=name)


@pytest.mark.req("BNK-02")
@pytest.mark.parametrize("kind", [Unit.Kind.DEPARTMENT, Unit.Kind.TEAM, Unit.Kind.BRANCH, Unit.Kind.DISTRICT])
def test_departments_rooms_centres_and_branches_are_handling_units_all_alike(law: Regulation, kind: str) -> None:
    for code, above in (("U1", law.units["HQ"]), ("U2", law.units["CX"])):
        law.units[code] = create_unit(UnitDraft(code, f"单位{code}", kind, ""), parent=above, by=BUILDER, at=LONG_AGO)
    certify(law, "sun")
    for code in ("U1", "U2"):
        appoint(law, "sun", code)
        register(law, code, "4 working hours", by="sun")

    for code in ("U1", "U2"):
        number = circulated(law, code)

        assert law.ticket(number).unit == law.units[code]
        assert "divert" in law.may(number, by="sun")


@pytest.mark.req("BNK-03")
def test_priority_speed_and_safety_are_what_a_ticket_meets_first_in_the_unit(law: Regulation) -> None:
    urgent, general = diverted(law), circulated(law, said=CALM)

    assert clock(urgent, "diverted_promptly").due_at == moment("2024-06-03 10:00")
    assert clock(general, "diverted_promptly").due_at == moment("2024-06-03 14:30")
    assert {"press", "feedback"} <= law.may(urgent, by="qian")
    for stranger in ("dong", "ding", "zhu"):
        with refused(Unseen):
            law.do(urgent, "feedback", {"note": "看看"}, by=stranger)


@pytest.mark.req("BNK-03")
def test_a_unit_that_does_not_respond_quickly_is_named_to_its_head(law: Regulation) -> None:
    number = circulated(law)

    sweep(moment("2024-06-03 10:01"))

    assert told(law, "breached", number) == {"qian", "fang"}
    assert Finding.objects.get(rule="diverted_promptly").unit == law.units["CX"]


@pytest.mark.req("BNK-04")
def test_headquarters_coordinates_a_ticket_that_went_to_the_wrong_unit(law: Regulation) -> None:
    number = circulated(law, "DX")
    with refused(InvalidInput):
        law.do(number, "send_back", {}, by="dong")
    law.do(number, "send_back", {"reason": "属城西支行业务"}, by="dong")
    assert (law.state(number), law.ticket(number).unit.code) == ("reviewed", "HQ")
    circulate(law, number)
    divert(law, number)

    law.do(number, "send_back", {"reason": "协调后由城东办理"}, by="he")
    circulate(law, number, "DX")

    assert (law.state(number), law.ticket(number).unit) == ("circulated", law.units["DX"])
    assert {row.number for row in page(law.actor("he"), Filters()).rows} == {number}
    assert clock(number, "returned_in_time").state == Clock.State.RUNNING


@pytest.mark.req("BNK-04")
@pytest.mark.parametrize("action", ["close", "cancel", "comment", "send_back"])
def test_the_daily_organisation_belongs_to_headquarters(law: Regulation, action: str) -> None:
    rule = law.program.types["complaint_supervise"].actions[action]

    assert "hq_cs" in rule.roles
    assert action == "comment" or rule.roles <= {"hq_cs", "circulation_specialist"}
    assert action != "close" or rule.roles == {"hq_cs"}


@pytest.mark.req("BNK-05")
def test_who_initiates_does_not_review_not_even_with_both_posts(law: Regulation) -> None:
    number = law.open("complaint_supervise", SAID, by="hu")
    law.do(number, "submit", by="hu")
    law.appoint("hu", "hq_cs_reviewer")

    with refused(OwnApplication):
        law.do(number, "review", {"decision": "approved"}, by="hu")
    with refused(NotPermitted):
        law.do(number, "review", {"decision": "approved"}, by="he")
    law.do(number, "review", {"decision": "approved"}, by="shen")

    assert law.state(number) == "reviewed"


@pytest.mark.req("BNK-05")
def test_nothing_is_circulated_before_its_review_and_what_is_returned_is_screened_again(law: Regulation) -> None:
    number = law.open("complaint_supervise", SAID, by="hu")
    for _round in (1, 2):
        with refused(Refused):
            circulate(law, number)
        if _round == 1:
            law.do(number, "submit", by="hu")
    with refused(InvalidInput):
        law.do(number, "review", {"decision": "returned"}, by="shen")

    law.do(number, "review", {"decision": "returned", "reason": "级别不当"}, by="shen")
    law.do(number, "screen", {"urgency": "general"}, by="hu")

    assert (law.state(number), law.ticket(number).priority) == ("screened", "general")


@pytest.mark.req("BNK-05")
def test_headquarters_urges_and_counts_and_no_unit_does_so_for_another(law: Regulation) -> None:
    number = diverted(law)
    circulated(law, "DX")

    law.do(number, "urge", by="he")

    assert told(law, "urged", number) == {"wu"}
    assert "urge" not in law.may(number, by="qian") | law.may(number, by="fang") | law.may(number, by="wu")
    assert statistics(law.actor("hu"), JUNE).tickets.opened.by_type == {"complaint_supervise": 2}
    with refused(NotPermitted):
        statistics(law.actor("wu"), JUNE)


@pytest.mark.req("BNK-06")
def test_headquarters_checks_supervises_and_reports_to_the_management(law: Regulation) -> None:
    number = diverted(law)

    law.do(number, "check", {"verified": "已分流，尚在办理"}, by="hu")
    law.do(number, "supervise", {"note": "今日内返回"}, by="shen")
    law.do(number, "report", {"reason": "客户将向监管投诉"}, by="hu")

    assert told(law, "supervised", number) == {"wu"}
    assert told(law, "told", number) == {"guan"}
    for action in ("check", "supervise", "report"):
        assert law.program.types["complaint_supervise"].actions[action].roles == {"hq_cs", "hq_cs_reviewer"}
        assert law.events(number, action)


@pytest.mark.req("BNK-06")
def test_a_week_without_a_check_of_what_circulates_is_a_breach(law: Regulation) -> None:
    first, second = diverted(law), circulated(law, "DX")
    run_duties(moment("2024-06-10 08:00"))
    run = DutyRun.objects.get(duty="check_circulation", period=date(2024, 6, 10))
    assert (sorted(run.frame), run.required) == (sorted([first, second]), 1)

    run_duties(moment("2024-06-17 08:00"))

    run.refresh_from_db()
    assert run.state == DutyRun.State.BROKEN
    law.at("2024-06-18 09:00")
    for number in (first, second):
        law.do(number, "check", {"verified": "在办"}, by="hu")
    run_duties(moment("2024-06-24 08:00"))
    assert DutyRun.objects.get(duty="check_circulation", period=date(2024, 6, 17)).state == DutyRun.State.KEPT


@pytest.mark.req("BNK-06", "BNK-21")
def test_how_a_unit_keeps_its_limit_is_its_assessment(law: Regulation) -> None:
    late, _in_time = circulated(law), returned(law)
    dongs = circulated(law, "DX")
    law.do(dongs, "return_opinion", {"opinion": "已答复"}, by="dong")

    sweep(moment("2024-06-05 09:00"))

    assert clock(late, "returned_in_time").breached_at is not None
    assert (rate(law, "return_timeliness").numerator, rate(law, "return_timeliness").denominator) == (2, 3)
    chengxi = rate(law, "return_timeliness", unit="CX")
    assert (chengxi.value, chengxi.is_reached, chengxi.deduction) == (0.5, False, 9.0)
    chengdong = rate(law, "return_timeliness", unit="DX")
    assert (chengdong.value, chengdong.is_reached, chengdong.deduction) == (1.0, True, 0.0)


K_TYPE = """\
  reward_supervise: {title: 奖励督办单, en: Supervised reward, process: circulation, start: screened, letter: K, clause: 第五条(四)}
processes:
"""


def maintain(law: Regulation, text: str) -> None:
    """Let headquarters' customer service propose a new text of its types, and its reviewer activate it."""
    for code, more in (("hq_cs", Permission.RULEBOOK_EDIT), ("hq_cs_reviewer", Permission.RULEBOOK_ACTIVATE)):
        role = Role.objects.get(code=code)
        role.permissions = sorted({*role.permissions, more.value})
        role.save()
    forget()
    version = save_draft(text, by=law.actor("hu"), at=law.now)
    propose(version.pk, by=law.actor("hu"), at=law.now)
    with refused(NotPermitted):
        activate(version.pk, by=law.actor("hu"), at=law.now)
    activate(version.pk, by=law.actor("shen"), at=law.now)
    law.program = active_program(SLUG)


@pytest.mark.req("BNK-07")
def test_a_type_k_is_added_as_data_while_everything_runs(law: Regulation, monkeypatch: pytest.MonkeyPatch) -> None:
    hu = rest(law, "hu", monkeypatch)
    older = circulated(law)
    assert hu.open("reward_supervise", SAID)[0] == 422

    maintain(law, shipped_text(SLUG).replace("processes:\n", K_TYPE, 1))
    status, opened = hu.open("reward_supervise", SAID)

    assert (status, opened["state"]) == (201, "screened")
    assert opened["number"].startswith("K-")
    assert hu.act(opened["number"], "submit")[1]["state"] == "in_review"
    law.do(opened["number"], "review", {"decision": "approved"}, by="shen")
    circulate(law, opened["number"])
    divert(law, older)
    assert law.state(opened["number"]) == "circulated"


@pytest.mark.req("BNK-07")
def test_a_type_is_taken_away_or_changed_and_its_open_tickets_go_on_to_their_end(law: Regulation) -> None:
    number = circulated(law, kind="suggestion_supervise")
    text = shipped_text(SLUG)
    line = next(line for line in text.splitlines(keepends=True) if line.startswith("  suggestion_supervise:"))

    maintain(
        law,
        text.replace(line, "")
        .replace("suggestion_supervise, ", "")
        .replace("业务受理单,", "业务办理单,")
        .replace("letter: Y", "letter: YW"),
    )

    with refused(InvalidInput):
        law.open("suggestion_supervise", SAID, by="hu")
    assert law.open("business_acceptance", SAID, by="hu").startswith("YW-")
    divert(law, number)
    law.do(number, "return_opinion", {"opinion": "采纳"}, by="wu")
    law.do(number, "close", by="hu")
    assert law.state(number) == "closed"


@pytest.mark.req("BNK-08")
def test_headquarters_files_what_is_closed_under_a_number_and_nobody_erases_it(law: Regulation) -> None:
    number = closed(law)
    with refused(InvalidInput):
        law.do(number, "file_away", {}, by="hu")
    for other in ("shen", "qian", "fang"):
        with refused(NotPermitted):
            law.do(number, "file_away", {"archive_no": "2024-T-001"}, by=other)

    law.do(number, "file_away", {"archive_no": "2024-T-001"}, by="he")

    assert (law.state(number), law.may(number, by="hu")) == ("filed", {"comment"})
    with pytest.raises(DatabaseError), transaction.atomic():
        Ticket.objects.filter(number=number).delete()


@pytest.mark.req("BNK-08")
def test_what_lies_closed_and_unfiled_for_a_month_is_a_breach(law: Regulation) -> None:
    number = closed(law)

    run_duties(moment("2024-07-01 08:00"))
    run_duties(moment("2024-08-01 08:00"))

    run = DutyRun.objects.get(duty="file_closed", period=date(2024, 7, 1))
    assert (run.frame, run.state) == ([number], DutyRun.State.BROKEN)
    ledger = law.program.book.ledgers["ticket_files"]
    assert (set(ledger.types), "archive_no" in ledger.columns) == (set(LETTERS), True)


@pytest.mark.req("BNK-09")
def test_headquarters_examines_and_certifies_and_no_unit_examines_its_own_people(law: Regulation) -> None:
    for examiner in ("qian", "fang", "shen"):
        with refused(NotPermitted):
            certify(law, "sun", by=examiner)

    result = certify(law, "sun", 80)

    assert (result.passed, law.program.book.courses["circulation"].by) == (True, "hq_cs")
    appoint(law, "sun", "BX")


@pytest.mark.req("BNK-10")
def test_a_unit_relays_and_processes_and_may_do_both_by_its_specialist(law: Regulation) -> None:
    number = diverted(law)
    law.do(number, "reassign", {"follower": law.members["zhu"].pk, "reason": "经办人"}, by="qian")
    law.do(number, "hand_back", {"reason": "需零售条线"}, by="zhu")
    assert (law.state(number), law.ticket(number).assignee) == ("circulated", None)

    law.do(number, "return_opinion", {"opinion": "专员直接答复"}, by="qian")

    assert law.state(number) == "returned"
    with refused(NotEligible):
        divert(law, circulated(law), "ding")


@pytest.mark.req("BNK-10")
def test_a_unit_follows_up_the_sooner_the_more_urgent_it_is(law: Regulation) -> None:
    assert law.program.book.limits["diverting"].values == {"urgent": "1 working hour", "general": "4 working hours"}
    urgent, general = circulated(law), circulated(law, said=CALM)

    sweep(moment("2024-06-03 11:00"))

    assert clock(urgent, "diverted_promptly").breached_at is not None
    assert clock(general, "diverted_promptly").breached_at is None


@pytest.mark.req("BNK-11")
def test_a_unit_lacking_its_specialist_its_steps_or_its_limit_receives_nothing(law: Regulation) -> None:
    number = reviewed(law)
    with refused(NobodyToTakeIt):
        circulate(law, number, "BX")
    certify(law, "sun")
    appoint(law, "sun", "BX")
    for person in ({"target_unit": law.units["BX"].pk}, {"specialist": law.members["sun"].pk}):
        with refused(UnitNotRegistered):
            law.do(number, "circulate", {"sent_through": "platform", **person}, by="hu")
    with pytest.raises(InvalidInput) as missing, transaction.atomic():
        register_unit(law.program, law.units["BX"], {}, {}, by=law.actor("sun"), at=law.now)
    assert [error.field for error in missing.value.errors] == ["handling", "steps"]

    register(law, "BX", by="sun")
    circulate(law, number, "BX")

    assert law.state(number) == "circulated"


@pytest.mark.req("BNK-12")
def test_each_unit_works_under_the_limit_that_it_registered(law: Regulation) -> None:
    register(law, "DX", "2 working days", by="dong")

    first, second = circulated(law), circulated(law, "DX")

    assert clock(first, "returned_in_time").due_at == moment("2024-06-04 09:30")
    assert clock(second, "returned_in_time").due_at == moment("2024-06-04 18:00")
    with refused(InvalidInput):
        register(law, "DX", "unset", by="dong")


@pytest.mark.req("BNK-13")
def test_a_unit_reports_presses_and_counts_its_own_tickets_and_no_others(law: Regulation) -> None:
    number = diverted(law)
    circulated(law, "DX")

    law.do(number, "feedback", {"note": "已联系客户"}, by="wu")
    law.do(number, "press", {"note": "下午五点前答复"}, by="fang")

    assert told(law, "supervised", number) == {"wu"}
    own = statistics(law.actor("qian"), JUNE).tickets.opened
    assert own.by_unit == {law.units["CX"].pk: 1}
    assert statistics(law.actor("fang"), JUNE).tickets.opened.total == 1
    with refused(Unseen):
        statistics(law.actor("qian"), replace(JUNE, unit_id=law.units["DX"].pk))


# ── Chapter 3: types, levels, specialists ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.req("BNK-14")
def test_there_are_five_types_and_the_letter_of_each_stands_in_its_numbers(law: Regulation) -> None:
    numbers = {kind: law.open(kind, SAID, by="hu") for kind in LETTERS}

    assert set(law.program.types) == set(LETTERS)
    assert {kind: number.split("-")[0] for kind, number in numbers.items()} == LETTERS
    assert [law.program.book.types[kind].title for kind in LETTERS] == [
        "咨询督办单",
        "投诉督办单",
        "建议督办单",
        "表扬督办单",
        "业务受理单",
    ]


@pytest.mark.req("BNK-15")
def test_there_are_two_levels_judged_from_severity_and_urgency(law: Regulation) -> None:
    assert {key: choice.title for key, choice in law.program.field("urgency").choices.items()} == {"urgent": "紧急", "general": "一般"}
    with refused(InvalidInput):
        law.open("complaint_supervise", {**SAID, "urgency": "very"}, by="hu")
    for missing in ("severity", "customer_urgency", "urgency"):
        with pytest.raises(InvalidInput) as said, transaction.atomic():
            law.open("complaint_supervise", {k: v for k, v in SAID.items() if k != missing}, by="hu")
        assert [error.field for error in said.value.errors] == [missing]


@pytest.mark.req("BNK-16", "BNK-03")
def test_urgent_tickets_stand_before_general_ones_for_the_unit_and_for_the_person(law: Regulation, monkeypatch: pytest.MonkeyPatch) -> None:
    older = [diverted(law, kind, CALM) for kind in LETTERS]
    law.pass_time(minutes=30)
    newer = [diverted(law, kind) for kind in LETTERS]

    unit = [row.number for row in page(law.actor("qian"), Filters()).rows]
    own = [row.number for row in page(law.actor("wu"), Filters(mine=True)).rows]
    listed = [row["number"] for row in rest(law, "wu", monkeypatch).get("tickets")[1]["tickets"]]

    for queue in (unit, own, listed):
        assert (set(queue[:5]), set(queue[5:])) == (set(newer), set(older))


@pytest.mark.req("BNK-17", "TRN-01")
def test_without_passing_the_examination_nobody_takes_the_post_or_a_ticket(law: Regulation) -> None:
    with refused(Uncertified):
        appoint(law, "sun", "BX")
    certify(law, "sun", 79)
    with refused(Uncertified):
        appoint(law, "sun", "BX")
    with refused(NotEligible):
        law.do(reviewed(law), "circulate", {"sent_through": "oa", "specialist": law.members["sun"].pk}, by="hu")

    certify(law, "sun", 80, "2024-05-27")
    appoint(law, "sun", "CX")
    number = reviewed(law)
    law.do(number, "circulate", {"sent_through": "oa", "specialist": law.members["sun"].pk}, by="hu")

    assert law.ticket(number).assignee == law.members["sun"]


# ── Chapter 4: the way of a ticket ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.req("BNK-18")
def test_initiating_screens_the_content_and_fixes_type_and_level(law: Regulation) -> None:
    with pytest.raises(InvalidInput) as said, transaction.atomic():
        law.open("complaint_supervise", {}, by="hu")
    assert [error.field for error in said.value.errors] == ["content", "severity", "customer_urgency", "urgency"]

    number = law.open("complaint_supervise", SAID, by="hu")

    ticket = law.ticket(number)
    assert (ticket.type, ticket.priority, ticket.state) == ("complaint_supervise", "urgent", "screened")
    law.do(number, "screen", {"severity": "ordinary", "urgency": "general"}, by="he")
    assert law.ticket(number).priority == "general"
    assert "screen" not in law.may(number, by="shen")


@pytest.mark.req("BNK-19")
def test_headquarters_circulates_promptly_and_the_specialist_diverts(law: Regulation) -> None:
    number = reviewed(law)
    slow = reviewed(law, said=CALM)
    law.pass_time(minutes=59)
    circulate(law, number)
    assert told(law, "relayed", number) == {"qian"}
    assert "divert" not in law.may(number, by="hu") | law.may(number, by="wu") | law.may(number, by="fang")

    divert(law, number)
    sweep(moment("2024-06-03 14:31"))

    assert clock(number, "circulated_promptly").state == clock(number, "diverted_promptly").state == Clock.State.MET
    assert told(law, "dispatched", number) == {"wu"}
    assert told(law, "breached", slow) == {"hu", "shen"}


@pytest.mark.req("BNK-20")
def test_an_opinion_is_written_within_the_limit_and_returns_to_headquarters(law: Regulation) -> None:
    number = diverted(law)
    for empty in ({}, {"opinion": ""}, {"opinion": " \n "}):
        with pytest.raises(InvalidInput) as said, transaction.atomic():
            law.do(number, "return_opinion", empty, by="wu")
        assert said.value.clause.endswith("第十一条")
    with refused(NotPermitted):
        law.do(number, "return_opinion", {"opinion": "代答"}, by="hu")

    law.do(number, "return_opinion", {"opinion": "已取卡并致歉"}, by="wu")

    assert law.ticket(number).fields["opinion"] == "已取卡并致歉"
    assert "close" in law.may(number, by="hu")
    assert clock(number, "returned_in_time").state == Clock.State.MET


@pytest.mark.req("BNK-20")
def test_an_opinion_that_is_not_accurate_goes_back_to_the_unit_under_a_new_limit(law: Regulation) -> None:
    number = returned(law)
    law.at("2024-06-03 14:00")
    with refused(InvalidInput):
        law.do(number, "reopen", {}, by="hu")

    law.do(number, "reopen", {"reason": "未说明吞卡原因"}, by="hu")

    assert (law.state(number), law.ticket(number).unit) == ("circulated", law.units["CX"])
    assert clock(number, "returned_in_time").due_at == moment("2024-06-04 14:00") + (
        moment("2024-06-04 10:00") - moment("2024-06-04 09:30")
    )


@pytest.mark.req("BNK-21", "BNK-05")
def test_an_overdue_opinion_is_urged_by_the_system_then_told_to_the_head_and_counts_against_the_unit(law: Regulation) -> None:
    number = diverted(law)
    due = moment("2024-06-04 09:30")

    sweep(due)
    assert law.events(number, "urge") == []
    sweep(moment("2024-06-04 09:31"))
    urged = law.events(number, "urge")
    assert len(urged) == 1
    assert told(law, "urged", number) == {"wu"}
    assert told(law, "breached", number) == {"wu", "qian", "hu", "he"}

    sweep(moment("2024-06-04 15:01"))
    assert len(law.events(number, "urge")) == 2
    assert told(law, "escalated", number) == {"fang", "shen"}
    law.at("2024-06-04 16:00")
    law.do(number, "urge", {"note": "第三次催办"}, by="hu")
    assert told(law, "repeated", number) == {"fang", "guan"}

    law.do(number, "return_opinion", {"opinion": "迟到的意见"}, by="wu")
    assert clock(number, "returned_in_time").state == Clock.State.MISSED
    assert Finding.objects.get(rule="returned_in_time").clause == "第六条(二)"
    assert rate(law, "return_timeliness", unit="CX").deduction == 19.0


@pytest.mark.req("BNK-21")
def test_praise_is_late_without_being_urged(law: Regulation) -> None:
    number = diverted(law, "praise_supervise", CALM)

    sweep(moment("2024-06-05 09:00"))

    assert clock(number, "returned_in_time").breached_at is not None
    assert (law.events(number, "urge"), "urge" in law.may(number, by="hu")) == ([], False)


# ── The same through REST ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.req("BNK-20", "BNK-11")
def test_over_rest_a_complaint_is_reviewed_circulated_diverted_and_returned(law: Regulation, monkeypatch: pytest.MonkeyPatch) -> None:
    hu, shen, qian, wu = (rest(law, name, monkeypatch) for name in ("hu", "shen", "qian", "wu"))
    number = hu.open("complaint_supervise", SAID)[1]["number"]
    assert hu.act(number, "submit")[0] == 200
    assert hu.act(number, "review", {"decision": "approved"})[0] == 403
    assert shen.act(number, "review", {"decision": "approved"})[1]["state"] == "reviewed"

    status, problem = hu.act(number, "circulate", {"sent_through": "mail", "target_unit": law.units["BX"].pk})
    assert (status, problem["code"]) == (422, "nobody-to-take-it")
    sent: dict[str, Any] = {"sent_through": "mail", "target_unit": law.units["CX"].pk}
    assert hu.act(number, "circulate", sent)[1]["state"] == "circulated"
    assert qian.act(number, "divert", {"follower": law.members["wu"].pk})[1]["state"] == "diverted"

    status, problem = wu.act(number, "return_opinion", {"opinion": ""})
    assert (status, [error["field"] for error in problem["errors"]]) == (422, ["opinion"])
    assert wu.act(number, "return_opinion", {"opinion": "已致歉"})[1]["state"] == "returned"
    assert hu.get(f"tickets/{number}")[1]["fields"]["opinion"] == "已致歉"
    assert rest(law, "dong", monkeypatch).get(f"tickets/{number}")[0] == 404
