"""Taking requests: what is recorded, who may, whom it is about, and once however often it is sent."""

from __future__ import annotations

from typing import Any

import pytest

from banjie.customers.models import Customer
from banjie.intake.models import Guidance
from banjie.kernel.errors import InvalidInput, NotAllowedNow, NotPermitted
from banjie.rulebook.queries import active_programs
from banjie.tickets.lifecycle import NoSuchAction
from banjie.tickets.models import Event, Identifier, RequestKey, Ticket
from banjie.tickets.opening import KeyReused, open_ticket
from tests.pos import DETAILS, GUIDED, Pos
from tests.tickets.observing import broken_chains, disagreements, refused


@pytest.mark.req("POS-04", "FQR-01")
@pytest.mark.parametrize("source", ["bank", "merchant", "other"])
@pytest.mark.parametrize("who", ["li", "chen_hn"])
def test_banks_merchants_and_others_reach_either_level_and_the_source_is_kept(pos: Pos, source: str, who: str) -> None:
    person = getattr(pos.cast, who)

    number = pos.open(payload={"source": source}, by=person.actor).number

    ticket = pos.ticket(number)
    assert (ticket.source, ticket.fields["source"]) == (source, source)
    assert ticket.opened_by == ticket.responsible == person.member
    assert ticket.unit == pos.cast.units["HQ" if who == "li" else "HN"]


@pytest.mark.req("POS-04")
def test_a_request_whose_source_is_not_said_is_not_taken(pos: Pos) -> None:
    without = {name: value for name, value in DETAILS.items() if name != "source"}

    for missing in ({}, {"source": ""}, {"source": "  "}, {"source": "market"}):
        with refused(InvalidInput, field="source", clause="五.1"):
            pos.open(payload={**without, **missing})


@pytest.mark.req("PLT-13")
def test_numbers_carry_the_letters_of_the_class_and_the_day(pos: Pos) -> None:
    fault, delivery = pos.open("device_fault"), pos.open("consumables")

    assert fault.number.startswith("GZ-240603-")
    assert delivery.number.startswith("HC-240603-")
    assert fault.number != delivery.number


@pytest.mark.req("POS-01", "PLT-18")
@pytest.mark.parametrize("key", [{"terminal_no": " t-88001 "}, {"merchant_no": "M-5001"}, {"barcode": "ps-900001"}])
def test_any_of_the_three_numbers_finds_merchant_terminal_and_district(pos: Pos, key: dict[str, str]) -> None:
    ticket = pos.ticket(pos.open(payload={"source": "merchant", **key}).number)

    assert (ticket.customer.name if ticket.customer else "", ticket.unit) == ("老王火锅", pos.cast.units["HN-CS"])
    assert Identifier.objects.filter(ticket=ticket, value=next(iter(key.values())).strip().upper()).exists()


@pytest.mark.req("POS-03", "PLT-09")
def test_a_branch_takes_requests_of_its_own_district_only(pos: Pos) -> None:
    payload = {**DETAILS, "terminal_no": "T-88001"}

    with refused(NotPermitted):
        pos.open(payload=payload, by=pos.cast.gu_gz.actor)
    number = pos.open(payload=payload, by=pos.cast.chen_hn.actor).number

    assert pos.ticket(number).unit == pos.cast.units["HN-CS"]


@pytest.mark.req("POS-02")
def test_headquarters_takes_requests_of_the_whole_country(pos: Pos) -> None:
    hunan, guizhou = (pos.open(payload={"source": "bank", **key}).number for key in ({"terminal_no": "T-88001"}, {"merchant_no": "M-7002"}))

    assert (pos.ticket(hunan).unit.code, pos.ticket(guizhou).unit.code) == ("HN-CS", "GZ")


@pytest.mark.parametrize("who", ["zhao", "boss_hn", "wang_sup", "auditor", "admin", "mallory"])
def test_whoever_takes_no_calls_opens_no_tickets(pos: Pos, who: str) -> None:
    with refused(NotPermitted, clause="五.1"):
        pos.open(payload=DETAILS, by=getattr(pos.cast, who).actor)


@pytest.mark.parametrize(
    ("payload", "field"),
    [
        ({"nonsense": "x"}, "nonsense"),
        ({"phone": "12"}, "phone"),
        ({"source": "alien"}, "source"),
        ({"terminal_no": "a b"}, "terminal_no"),
        ({"terminal_no": "T-88001\n"}, ""),
        ({"problem": "坏" * 2001}, "problem"),
        ({"contact": ["王"]}, "contact"),
        ({"contact": True}, "contact"),
        ({"address": {"$ne": 1}}, "address"),
        ({"visit_at": "2024-06-03 15:00"}, "visit_at"),
    ],
)
def test_wrong_entries_are_named_and_nothing_is_opened(pos: Pos, payload: dict[str, Any], field: str) -> None:
    if not field:
        assert pos.ticket(pos.open(payload={"source": "bank", **payload}).number).fields == {"source": "bank", "terminal_no": "T-88001"}
        return
    with refused(InvalidInput, field=field):
        pos.open(payload=payload)


@pytest.mark.parametrize("kind", ["no_such_type", "", "x" * 5000, "device_fault'; --"])
def test_an_unknown_type_is_refused(pos: Pos, kind: str) -> None:
    with refused(InvalidInput, field="type"):
        pos.open(kind, DETAILS)


@pytest.mark.req("POS-06")
def test_a_request_solved_by_phone_ends_recorded_and_without_dispatch(pos: Pos) -> None:
    number = pos.open(payload={**DETAILS, "terminal_no": "T-88001"}).number
    pos.pass_time(minutes=4)

    pos.do(number, "guide", {"guided": "solved", "guidance": "重新装纸,已能打印"})

    ticket = pos.ticket(number)
    assert (ticket.state, ticket.is_open, ticket.ended_at, ticket.assignee) == ("solved_by_phone", False, pos.now, None)
    row = Guidance.objects.get(ticket=ticket)
    assert (row.solved, row.text, row.by_name, row.at) == (True, "重新装纸,已能打印", "李娜", pos.now)
    with refused(NotAllowedNow):
        pos.do(number, "dispatch")
    assert disagreements() == []


@pytest.mark.req("POS-05", "POS-07")
def test_guidance_needs_its_result_and_its_words(pos: Pos) -> None:
    number = pos.open(payload=DETAILS).number

    with refused(InvalidInput, field="guided", clause="五.2"):
        pos.do(number, "guide", {"guidance": "重启"})
    with refused(InvalidInput, field="guidance", clause="五.2"):
        pos.do(number, "guide", {"guided": "failed", "guidance": "\u200b \t"})
    pos.do(number, "guide", GUIDED)

    assert (pos.ticket(number).state, Guidance.objects.get().solved) == ("registered", False)
    with refused(NotAllowedNow):
        pos.do(number, "guide", GUIDED)


@pytest.mark.req("POS-07", "PLT-05")
def test_correcting_details_keeps_what_they_were(pos: Pos) -> None:
    number = pos.open(payload=DETAILS).number

    pos.do(number, "register", {"address": "五一路12号2楼", "contact": "", "source": "bank"})

    ticket = pos.ticket(number)
    assert (ticket.address, ticket.contact, ticket.source) == ("五一路12号2楼", "", "bank")
    assert "contact" not in ticket.fields
    event = Event.objects.get(ticket=ticket, action="register")
    assert event.payload["before"] == {"address": DETAILS["address"], "contact": "王老板", "source": "merchant"}
    assert (event.actor_name, event.at, event.from_state, event.to_state) == ("李娜", pos.now, "accepted", "accepted")


@pytest.mark.req("POS-01")
def test_the_terminals_number_entered_later_moves_the_ticket_to_its_district(pos: Pos) -> None:
    number = pos.open(payload=DETAILS).number
    assert pos.ticket(number).unit == pos.cast.units["HQ"]

    pos.do(number, "register", {"terminal_no": "T-88001"})

    assert pos.ticket(number).unit == pos.cast.units["HN-CS"]
    assert pos.do(number, "guide", GUIDED).state == "registered"
    assert disagreements() == []


@pytest.mark.req("POS-03")
def test_a_branch_cannot_draw_another_districts_terminal_into_its_ticket(pos: Pos) -> None:
    number = pos.open(payload=DETAILS, by=pos.cast.gu_gz.actor).number

    with refused(NotPermitted):
        pos.do(number, "register", {"terminal_no": "T-88001"}, by=pos.cast.gu_gz.actor)


def test_an_unknown_caller_becomes_a_customer_once(pos: Pos) -> None:
    first, again = pos.ticket(pos.open(payload=DETAILS).number), pos.ticket(pos.open(payload=DETAILS).number)

    assert first.customer is not None
    assert first.customer == again.customer
    assert Customer.objects.filter(name="王老板").count() == 1


def test_the_same_key_again_returns_the_ticket_as_it_stands(pos: Pos) -> None:
    first = pos.open("consumables", DETAILS, key="call-1")
    pos.do(first.number, "register", {"contact": "李老板"})

    again = pos.open("consumables", DETAILS, key="call-1")

    assert (again.number, again.version) == (first.number, 2)
    assert Ticket.objects.count() == RequestKey.objects.count() == 1
    with refused(KeyReused):
        pos.open("consumables", {**DETAILS, "contact": "别人"}, key="call-1")
    assert pos.open("consumables", DETAILS, key="call-1", by=pos.cast.zhang.actor).number != first.number


def test_a_refused_opening_does_not_use_up_its_key(pos: Pos) -> None:
    with refused(InvalidInput):
        pos.open("consumables", {**DETAILS, "phone": "12"}, key="call-2")

    assert pos.open("consumables", DETAILS, key="call-2").version == 1


def test_opening_again_and_unknown_actions_are_no_actions_of_a_ticket(pos: Pos) -> None:
    number = pos.open(payload=DETAILS).number

    for name in ("accept", "no_such_action", "", "x" * 500):
        with refused(NoSuchAction):
            pos.do(number, name)


@pytest.mark.req("PLT-05")
def test_every_step_keeps_who_when_from_where_to_where_and_what_was_entered(pos: Pos) -> None:
    number = pos.open(payload={**DETAILS, "terminal_no": "T-88001"}).number
    pos.pass_time(minutes=1)
    pos.do(number, "guide", GUIDED, by=pos.cast.zhang.actor)

    events = list(
        Event.objects.filter(ticket__number=number).order_by("seq").values_list("actor_name", "at", "from_state", "to_state", "outcome")
    )
    assert events == [
        ("李娜", pos.now.replace(minute=0), "", "accepted", ""),
        ("张敏", pos.now, "accepted", "registered", "failed"),
    ]
    assert Event.objects.get(ticket__number=number, seq=2).payload == GUIDED
    assert broken_chains() == []


def test_the_number_of_programs_does_not_matter_to_a_ticket(pos: Pos) -> None:
    program = active_programs()[0]

    number = open_ticket(program, "question", {"source": "bank"}, by=pos.cast.li.actor, at=pos.now).number

    assert pos.ticket(number).rulebook_version_id == program.version_id
