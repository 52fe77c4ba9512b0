"""Who gets a ticket, why, and who may decide it."""

from __future__ import annotations

import pytest

from banjie.channels.models import Notification
from banjie.dispatch.choosing import NobodyToTakeIt, NotEligible
from banjie.dispatch.models import Assignment
from banjie.kernel.errors import InvalidInput, NotAllowedNow, NotPermitted, Unseen
from banjie.people.access import actor_of_member
from banjie.people.actor import Actor
from banjie.people.checks import MemberDraft
from banjie.people.models import Member
from banjie.people.verbs.members import create_member, deactivate_member
from banjie.people.verbs.posts import assign_post, end_post
from banjie.tickets.access import visible_tickets
from tests.cast import BUILDER, LONG_AGO, Person
from tests.pos import BLOCKED, DETAILS, GUIDED, Pos
from tests.tickets.observing import disagreements, refused

FULL = {**DETAILS, "terminal_no": "T-88001"}


def ready(pos: Pos, payload: dict[str, str], by: Actor | None = None) -> str:
    """Open a ticket of an on-site class, ready to be dispatched."""
    return pos.open("consumables", payload, by=by).number


def at_guizhou(pos: Pos) -> str:
    """Relay a ticket to the second level of Guizhou."""
    number = ready(pos, {**DETAILS, "merchant_no": "M-7002"})
    pos.do(number, "dispatch")
    return number


def appoint(pos: Pos, person: Person, role: str, unit: str) -> Actor:
    """Give a person another post; return the actor with both."""
    assign_post(person.member, role=pos.cast.roles[role], unit=pos.cast.units[unit], by=BUILDER, at=LONG_AGO)
    return actor_of_member(person.member.pk, pos.now)


@pytest.mark.req("POS-12", "DSP-03", "DSP-12")
def test_a_terminal_with_an_inspector_is_dispatched_to_him_at_once_and_the_evidence_says_why(pos: Pos) -> None:
    other = pos.dispatched()
    number = ready(pos, FULL)

    done = pos.do(number, "dispatch")

    assert (done.state, done.outcome) == ("unprocessed", "direct")
    ticket = pos.ticket(number)
    assert (ticket.assignee, ticket.unit) == (pos.cast.zhao.member, pos.cast.units["HN-CS"])
    row = Assignment.objects.get(ticket=ticket)
    assert (row.kind, row.assignee, row.by_name, row.at) == ("direct", pos.cast.zhao.member, "李娜", pos.now)
    assert row.candidates == [{"member": pos.cast.zhao.member.pk, "name": "赵强", "open": 1, "excluded": "", "chosen": True}]
    assert other != number
    note = Notification.objects.get(ticket_number=number, member=pos.cast.zhao.member)
    assert (note.kind, note.actor_name) == ("dispatched", "李娜")


@pytest.mark.req("POS-13")
def test_without_a_match_the_ticket_goes_to_the_second_level_of_its_district_which_chooses_the_inspector(pos: Pos) -> None:
    number = at_guizhou(pos)

    ticket = pos.ticket(number)
    assert (ticket.state, ticket.assignee, ticket.unit) == ("at_second_level", None, pos.cast.units["GZ"])
    assert set(Notification.objects.filter(kind="relayed").values_list("member__username", flat=True)) == {"gu_gz"}
    pos.do(number, "relay", {"inspector": pos.cast.sun_gz.member.pk}, by=pos.cast.gu_gz.actor)
    ticket.refresh_from_db()
    assert (ticket.state, ticket.assignee, ticket.unit) == ("unprocessed", pos.cast.sun_gz.member, pos.cast.units["GZ-GY"])
    assert list(Assignment.objects.filter(ticket=ticket).order_by("id").values_list("kind", flat=True)) == ["relay", "chosen"]


@pytest.mark.req("POS-13")
@pytest.mark.parametrize("why", ["inactive", "lacks-role"])
def test_an_inspector_who_may_not_take_it_lets_the_second_level_choose_another(pos: Pos, why: str) -> None:
    if why == "inactive":
        deactivate_member(pos.cast.zhao.member, by=BUILDER, at=pos.now)
    else:
        end_post(pos.cast.zhao.member.posts.get(), by=BUILDER, at=pos.now)
    number = ready(pos, FULL)

    assert pos.do(number, "dispatch").outcome == "relay"

    assert pos.ticket(number).unit == pos.cast.units["HN"]
    reasons = {c["name"]: c["excluded"] for c in Assignment.objects.get(ticket__number=number).candidates}
    assert reasons["赵强"] == why


@pytest.mark.req("POS-13")
def test_an_unknown_terminal_taken_at_headquarters_needs_the_branch_and_then_goes_there(pos: Pos) -> None:
    number = ready(pos, {**DETAILS, "terminal_no": "T-99999"})

    with refused(NobodyToTakeIt, field="target_unit", clause="五.3"):
        pos.do(number, "dispatch")
    done = pos.do(number, "dispatch", {"target_unit": pos.cast.units["HN-YY"].pk})

    assert done.outcome == "relay"
    assert pos.ticket(number).unit == pos.cast.units["HN"]
    assert number in visible_tickets(pos.cast.chen_hn.actor).values_list("number", flat=True)


@pytest.mark.req("POS-01", "POS-13")
def test_each_branch_has_a_second_level_of_its_own_which_comes_before_one_above_it(pos: Pos) -> None:
    deactivate_member(pos.cast.zhao.member, by=BUILDER, at=pos.now)
    appoint(pos, pos.cast.zhang, "second_level", "HQ")
    hunan, guizhou = ready(pos, FULL), at_guizhou(pos)

    pos.do(hunan, "dispatch")

    assert (pos.ticket(hunan).unit, pos.ticket(guizhou).unit) == (pos.cast.units["HN"], pos.cast.units["GZ"])


@pytest.mark.parametrize("unit", [0, 10**17])
def test_a_branch_that_does_not_exist_is_refused(pos: Pos, unit: int) -> None:
    number = ready(pos, {**DETAILS, "terminal_no": "T-99999"})

    with refused(NobodyToTakeIt, field="target_unit"):
        pos.do(number, "dispatch", {"target_unit": unit})


@pytest.mark.req("POS-03", "PLT-09")
def test_a_branch_hands_no_ticket_to_another_branch(pos: Pos) -> None:
    number = ready(pos, {**DETAILS, "terminal_no": "T-99999"}, by=pos.cast.chen_hn.actor)

    with refused(NotEligible, field="target_unit"):
        pos.do(number, "dispatch", {"target_unit": pos.cast.units["GZ"].pk}, by=pos.cast.chen_hn.actor)
    with refused(NotEligible, field="inspector"):
        pos.do(number, "dispatch", {"inspector": pos.cast.sun_gz.member.pk}, by=pos.cast.chen_hn.actor)

    pos.do(number, "dispatch", {"inspector": pos.cast.liu_hn.member.pk}, by=pos.cast.chen_hn.actor)
    assert pos.ticket(number).assignee == pos.cast.liu_hn.member


@pytest.mark.req("POS-03", "PLT-09")
def test_a_post_that_does_not_dispatch_gives_no_reach_to_dispatch(pos: Pos) -> None:
    chen = appoint(pos, pos.cast.chen_hn, "auditor", "HQ")
    number = ready(pos, FULL, by=chen)

    with refused(NotEligible, field="inspector"):
        pos.do(number, "dispatch", {"inspector": pos.cast.sun_gz.member.pk}, by=chen)


@pytest.mark.req("DSP-02")
def test_the_evidence_names_everyone_considered_with_his_load_and_why_he_was_passed_over(pos: Pos) -> None:
    pos.dispatched()
    number = ready(pos, {**DETAILS, "terminal_no": "T-99999"}, by=pos.cast.chen_hn.actor)

    pos.do(number, "dispatch", {"inspector": pos.cast.liu_hn.member.pk}, by=pos.cast.chen_hn.actor)

    evidence = {c["name"]: c for c in Assignment.objects.get(ticket__number=number).candidates}
    assert evidence["刘伟"]["chosen"]
    assert (evidence["赵强"]["open"], evidence["赵强"]["excluded"], evidence["赵强"]["chosen"]) == (1, "passed-over:chosen", False)
    assert "孙磊" not in evidence


def test_the_one_who_was_chosen_is_found_among_any_number_of_colleagues(pos: Pos) -> None:
    many = Member.objects.bulk_create([Member(username=f"e{n}", name=f"巡检{n}", joined_at=LONG_AGO) for n in range(70)])
    for member in many:
        member.posts.create(role=pos.cast.roles["engineer"], unit=pos.cast.units["HN-CS"], since=LONG_AGO)
    number = ready(pos, FULL)

    pos.do(number, "dispatch", {"inspector": many[-1].pk})

    assert pos.ticket(number).assignee == many[-1]
    assert len(Assignment.objects.get(ticket__number=number).candidates) == 60


@pytest.mark.parametrize("who", ["nobody", "li", "gone"])
def test_a_person_who_cannot_take_it_is_refused(pos: Pos, who: str) -> None:
    deactivate_member(pos.cast.liu_hn.member, by=BUILDER, at=pos.now)
    wanted = {"nobody": 10**15, "li": pos.cast.li.member.pk, "gone": pos.cast.liu_hn.member.pk}[who]
    number = ready(pos, FULL)

    with refused(NotEligible, field="inspector", clause="五.3"):
        pos.do(number, "dispatch", {"inspector": wanted})


@pytest.mark.req("POS-09")
@pytest.mark.parametrize("key", [{"terminal_no": "T-88001"}, {"merchant_no": "M-5001"}, {"barcode": "PS-900001"}])
def test_one_of_the_three_numbers_is_enough_and_none_is_too_little(pos: Pos, key: dict[str, str]) -> None:
    number = ready(pos, DETAILS)

    with refused(InvalidInput, field="terminal_no", clause="五.3"):
        pos.do(number, "dispatch")
    pos.do(number, "register", key)

    assert pos.do(number, "dispatch").outcome == "direct"


@pytest.mark.req("POS-10")
@pytest.mark.parametrize("missing", ["address", "contact", "phone", "problem"])
def test_dispatch_is_refused_while_any_content_is_missing_and_possible_once_it_is_there(pos: Pos, missing: str) -> None:
    number = ready(pos, {k: v for k, v in FULL.items() if k != missing})

    with refused(InvalidInput, field=missing, clause="五.3"):
        pos.do(number, "dispatch")
    pos.do(number, "register", {missing: DETAILS[missing]})

    assert pos.do(number, "dispatch").state == "unprocessed"


@pytest.mark.req("POS-09", "POS-10")
@pytest.mark.parametrize("missing", ["address", "contact", "phone", "problem", "merchant_no"])
def test_the_second_level_dispatches_no_incomplete_ticket_either(pos: Pos, missing: str) -> None:
    number = at_guizhou(pos)
    gu, choice = pos.cast.gu_gz.actor, {"inspector": pos.cast.sun_gz.member.pk}
    pos.do(number, "register", {missing: ""}, by=gu)

    with refused(InvalidInput, field="terminal_no" if missing == "merchant_no" else missing, clause="三.2"):
        pos.do(number, "relay", choice, by=gu)
    pos.do(number, "register", {missing: {**DETAILS, "merchant_no": "M-7002"}[missing]}, by=gu)

    assert pos.do(number, "relay", choice, by=gu).state == "unprocessed"


@pytest.mark.req("POS-05", "POS-07")
@pytest.mark.parametrize("kind", ["question", "device_fault", "operation_guidance"])
def test_phone_classes_are_dispatched_only_after_guidance_is_recorded_as_failed(pos: Pos, kind: str) -> None:
    number = pos.open(kind, FULL).number

    with refused(NotAllowedNow, clause="五.3"):
        pos.do(number, "dispatch")
    pos.do(number, "guide", GUIDED)

    assert pos.do(number, "dispatch").state == "unprocessed"


@pytest.mark.req("POS-08")
@pytest.mark.parametrize("kind", ["consumables", "install_remove_replace", "information_change", "document_collection"])
def test_on_site_classes_go_straight_to_dispatch(pos: Pos, kind: str) -> None:
    number = pos.open(kind, FULL).number

    assert pos.ticket(number).state == "registered"
    with refused(NotAllowedNow):
        pos.do(number, "guide", GUIDED)
    assert pos.do(number, "dispatch").state == "unprocessed"


@pytest.mark.req("POS-03", "POS-13")
def test_only_its_own_second_level_dispatches_what_was_relayed(pos: Pos) -> None:
    number = at_guizhou(pos)

    with refused(Unseen):
        pos.do(number, "relay", {"inspector": pos.cast.liu_hn.member.pk}, by=pos.cast.chen_hn.actor)
    with refused(NotPermitted, clause="三.2"):
        pos.do(number, "relay", {"inspector": pos.cast.sun_gz.member.pk})
    with refused(NotEligible, field="inspector"):
        pos.do(number, "relay", {"inspector": pos.cast.zhao.member.pk}, by=pos.cast.gu_gz.actor)
    with refused(InvalidInput, field="inspector"):
        pos.do(number, "relay", by=pos.cast.gu_gz.actor)


@pytest.mark.req("FQR-01", "FQR-02")
def test_a_transfer_changes_the_assignee_and_never_the_first_taker(pos: Pos) -> None:
    number = pos.dispatched()

    pos.do(number, "transfer", {"inspector": pos.cast.liu_hn.member.pk, "reason": "赵强休假"}, by=pos.cast.chen_hn.actor)

    ticket = pos.ticket(number)
    assert (ticket.state, ticket.assignee, ticket.responsible) == ("unprocessed", pos.cast.liu_hn.member, pos.cast.li.member)
    assert ticket.unit == pos.cast.units["HN-YY"]
    row = Assignment.objects.get(ticket=ticket, kind="transfer")
    assert (row.reason, row.assignee) == ("赵强休假", pos.cast.liu_hn.member)
    told = set(Notification.objects.filter(ticket_number=number, actor_name="陈静").values_list("member__username", "kind"))
    assert told == {("liu_hn", "dispatched"), ("zhao", "transferred")}
    with refused(Unseen):  # he had it, he sees it no longer
        pos.do(number, "complete", {"result": "好", "fully_solved": True}, by=pos.cast.zhao.actor)


def test_a_transfer_needs_a_reason_another_person_and_the_right_to_it(pos: Pos) -> None:
    number = pos.dispatched()
    chen, liu = pos.cast.chen_hn.actor, pos.cast.liu_hn.member.pk

    with refused(InvalidInput, field="reason"):
        pos.do(number, "transfer", {"inspector": liu}, by=chen)
    with refused(InvalidInput, field="reason"):
        pos.do(number, "transfer", {"inspector": liu, "reason": " \u200b\u3000"}, by=chen)
    with refused(InvalidInput, field="inspector"):
        pos.do(number, "transfer", {"reason": "休假"}, by=chen)
    with refused(NotEligible, field="inspector"):
        pos.do(number, "transfer", {"inspector": pos.cast.zhao.member.pk, "reason": "休假"}, by=chen)
    with refused(NotEligible, field="inspector"):
        pos.do(number, "transfer", {"inspector": pos.cast.sun_gz.member.pk, "reason": "休假"}, by=chen)
    with refused(NotPermitted):
        pos.do(number, "transfer", {"inspector": liu, "reason": "休假"}, by=pos.cast.zhao.actor)


@pytest.mark.req("POS-13")
def test_a_ticket_sent_back_waits_at_the_second_level_with_its_reason_and_its_clock(pos: Pos) -> None:
    number = pos.dispatched()
    due = pos.ticket(number).due_at

    pos.pass_time(minutes=20)
    pos.do(number, "send_back", {"reason": "不在我的片区"}, by=pos.cast.zhao.actor)

    ticket = pos.ticket(number)
    assert (ticket.state, ticket.assignee, ticket.unit) == ("at_second_level", None, pos.cast.units["HN"])
    assert ticket.responsible == pos.cast.li.member
    assert ticket.due_at == due
    assert Assignment.objects.get(ticket=ticket, kind="sent_back").reason == "不在我的片区"
    assert set(Notification.objects.filter(kind="sent_back").values_list("member__username", flat=True)) == {"chen_hn"}
    pos.do(number, "relay", {"inspector": pos.cast.liu_hn.member.pk}, by=pos.cast.chen_hn.actor)
    assert pos.ticket(number).assignee == pos.cast.liu_hn.member
    assert disagreements() == []


def test_sending_back_needs_a_reason_and_the_ticket(pos: Pos) -> None:
    number = pos.dispatched()

    with refused(InvalidInput, field="reason", clause="一.2"):
        pos.do(number, "send_back", by=pos.cast.zhao.actor)
    with refused(NotPermitted):
        pos.do(number, "send_back", {"reason": "不想修"}, by=pos.cast.wang_sup.actor)
    pos.do(number, "report_blocked", BLOCKED, by=pos.cast.zhao.actor)
    with refused(NotAllowedNow):
        pos.do(number, "send_back", {"reason": "不想修"}, by=pos.cast.zhao.actor)


def test_a_new_colleague_can_be_chosen_at_once(pos: Pos) -> None:
    member, _password = create_member(MemberDraft(username="new", name="新人", phone=""), by=BUILDER, at=pos.now)
    assign_post(member, role=pos.cast.roles["engineer"], unit=pos.cast.units["HN-CS"], by=BUILDER, at=pos.now)
    number = ready(pos, FULL)

    pos.do(number, "dispatch", {"inspector": member.pk})

    assert pos.ticket(number).assignee == member
