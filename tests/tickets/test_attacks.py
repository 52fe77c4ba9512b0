"""What somebody might try who may do something, but not this."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import ProtectedError
from django.test import Client

from banjie.channels.models import Notification
from banjie.customers.models import Customer
from banjie.kernel.errors import InvalidInput, NotAllowedNow, NotPermitted, Refused, Unseen
from banjie.people.access import actor_of_member
from banjie.people.checks import MemberDraft
from banjie.people.models import Member, Unit
from banjie.people.verbs.members import create_member
from banjie.people.verbs.posts import assign_post
from banjie.rulebook.models import RulebookVersion
from banjie.tickets.attachments import attach, get_attachment
from banjie.tickets.counts import counts
from banjie.tickets.detail import detail
from banjie.tickets.lifecycle import NoSuchAction, perform
from banjie.tickets.models import Event, Ticket
from banjie.tickets.possible import possible_actions
from banjie.tickets.queue import Filters, page
from banjie.tickets.snapshot import load
from banjie.worktime.models import Calendar, CalendarVersion
from tests.cast import BUILDER, LONG_AGO
from tests.pos import BLOCKED, DETAILS, Pos
from tests.rest.client import Rest
from tests.tickets.observing import everything, refused

EVERY_ROLE = ("li", "wang_sup", "chen_hn", "boss_hn", "zhao", "gu_gz", "admin", "auditor")
STRANGERS = ("gu_gz", "sun_gz", "liu_hn", "mallory")


class Upload(io.BytesIO):
    """A small text as an upload."""

    name = "说明.txt"
    size = 6

    @property
    def file(self) -> io.BytesIO:
        return self

    def chunks(self) -> list[bytes]:
        """Return it whole."""
        return [self.getvalue()]


def attachment(pos: Pos, number: str) -> int:
    """Add a file as Li; return its id."""
    return attach(number, Upload("说明".encode()), by=pos.cast.li.actor, at=pos.now).pk  # type: ignore[arg-type]


@pytest.mark.req("PLT-09", "POS-03")
@pytest.mark.parametrize("who", STRANGERS)
def test_no_way_to_a_ticket_of_others_is_open(pos: Pos, who: str) -> None:
    number = pos.dispatched()
    file = attachment(pos, number)
    actor = getattr(pos.cast, who).actor
    ticket = pos.ticket(number)

    ways: list[Filters] = [
        Filters(view="all", order="newest"),
        Filters(text=number),
        Filters(text="13800000001"),
        Filters(text="打印机"),
        Filters(text="T-88001"),
        Filters(unit_path=pos.cast.units["HN"].path),
        Filters(assignee=pos.cast.zhao.member.pk),
        Filters(state="unprocessed"),
        Filters(type="device_fault"),
    ]
    assert [page(actor, filters).rows for filters in ways] == [[]] * len(ways)
    assert counts(actor, {"all": Filters(view="all", order="newest")}) == {"all": 0}
    with refused(Unseen):
        detail(actor, number)
    with refused(Unseen):
        get_attachment(actor, number, file)
    with refused(Unseen):
        attach(number, Upload("说明".encode()), by=actor, at=pos.now)  # type: ignore[arg-type]
    for action in pos.program.types["device_fault"].actions:
        with refused(Unseen):
            perform(number, action, {"note": "x"}, by=actor, at=pos.now)
    assert not Notification.objects.filter(member_id=actor.member_id, ticket_number=ticket.number).exists()


@pytest.mark.req("PLT-09")
def test_an_inspector_sees_what_he_works_and_nothing_of_the_colleague_beside_him(pos: Pos) -> None:
    number = pos.dispatched()
    member, _password = create_member(MemberDraft(username="beside", name="邻座", phone=""), by=BUILDER, at=LONG_AGO)
    assign_post(member, role=pos.cast.roles["engineer"], unit=pos.cast.units["HN-CS"], by=BUILDER, at=LONG_AGO)
    beside = actor_of_member(member.pk, pos.now)

    assert page(beside, Filters(view="all", order="newest")).rows == []
    assert page(beside, Filters(text=number)).rows == []
    with refused(Unseen):
        detail(beside, number)
    with refused(Unseen):
        perform(number, "complete", {"result": "好", "fully_solved": True}, by=beside, at=pos.now)
    pos.do(number, "transfer", {"inspector": member.pk, "reason": "赵强休假"}, by=pos.cast.chen_hn.actor)
    assert [row.number for row in page(beside, Filters(view="all", order="newest")).rows] == [number]
    assert page(pos.cast.zhao.actor, Filters(view="all", order="newest")).rows == []


def test_a_file_cannot_be_reached_through_another_ticket(pos: Pos) -> None:
    mine, other = pos.open(payload=DETAILS, by=pos.cast.gu_gz.actor).number, pos.dispatched()
    file = attachment(pos, other)

    with refused(Unseen):
        get_attachment(pos.cast.gu_gz.actor, mine, file)


@pytest.mark.req("PLT-09")
def test_what_is_offered_is_what_is_allowed_for_everybody_in_every_state(pos: Pos) -> None:
    """The matrix of roles and actions: an offer is never refused for want of rights, and nothing else goes through."""
    zhao = pos.cast.zhao.actor
    fresh, sent, blocked, booked, done = (pos.dispatched() for _n in range(5))
    opened = pos.open(payload={**DETAILS, "terminal_no": "T-88001"}).number
    pos.do(blocked, "report_blocked", BLOCKED, by=zhao)
    pos.do(booked, "book", {"visit_at": "2024-06-04 15:00", "agreed_with": "王老板"}, by=zhao)
    pos.do(done, "complete", {"result": "好", "fully_solved": True}, by=zhao)
    pos.do(sent, "send_back", {"reason": "不在片区"}, by=zhao)
    closed = pos.completed()
    pos.do(closed, "close")

    for number in (opened, fresh, sent, blocked, booked, done, closed):
        ticket = load(number, lock=False)
        for who in EVERY_ROLE:
            actor = getattr(pos.cast, who).actor
            if not _sees(actor, number):
                continue
            offered = {a.name for a in possible_actions(actor, pos.program, ticket, "en")}
            allowed = {name for name in pos.program.types[ticket.type].actions if _is_let_through(number, name, actor, pos)}
            assert allowed == offered, (number, ticket.state, who, allowed ^ offered)


def _sees(actor: Any, number: str) -> bool:
    try:
        detail(actor, number)
    except Unseen:
        return False
    return True


def _is_let_through(number: str, action: str, actor: Any, pos: Pos) -> bool:
    """Tell whether an empty form gets as far as its fields."""
    try:
        with transaction.atomic():
            perform(number, action, {}, by=actor, at=pos.now)
            transaction.set_rollback(True)
    except (NotPermitted, NotAllowedNow, NoSuchAction, Unseen):
        return False
    except Refused:
        return True
    return True


@pytest.mark.parametrize(
    "name", ["state", "stage", "assignee_id", "assignee", "unit_id", "responsible_id", "is_open", "version", "ended_at", "role", "is_staff"]
)
def test_a_form_sets_no_column_that_is_none_of_its_fields(pos: Pos, name: str) -> None:
    number = pos.open(payload=DETAILS).number

    with refused(InvalidInput, field=name):
        pos.do(number, "register", {name: 1})
    with refused(InvalidInput, field=name):
        pos.open(payload={name: 1})


@pytest.mark.parametrize(
    "statement",
    [
        "update tickets_event set payload = '{}'",
        "delete from tickets_event where seq = (select max(seq) from tickets_event)",
        "truncate tickets_event cascade",
        "delete from tickets_ticket",
        "update tickets_ticket set responsible_id = null",
        "update tickets_ticket set opened_by_id = null",
        "update tickets_ticket set opened_at = opened_at - interval '1 day'",
        "update tickets_ticket set number = 'GZ-240603-99999'",
        "update tickets_ticket set rulebook_version_id = rulebook_version_id",
        "update dispatch_assignment set by_name = '别人'",
        "delete from handling_completion",
        "update handling_completion set result = '没修好'",
        "delete from intake_guidance",
        "update verification_callback set result = 'satisfied'",
        "truncate verification_callback",
    ],
)
@pytest.mark.req("PLT-05")
def test_the_applications_own_rights_do_not_suffice_to_rewrite_what_happened(pos: Pos, statement: str) -> None:
    number = pos.completed()
    pos.do(number, "call_back", {"reached": "dissatisfied"})
    before = everything()

    with pytest.raises(DatabaseError, match="keeps its history"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("set constraints all immediate;" + statement)

    assert everything() == before


@pytest.mark.parametrize("what", ["member", "unit", "version", "calendar", "customer"])
def test_removing_people_units_rulebooks_calendars_or_customers_removes_no_evidence(pos: Pos, what: str) -> None:
    ticket = pos.ticket(pos.completed())
    victims: dict[str, Any] = {
        "member": Member.objects.filter(pk=pos.cast.zhao.member.pk),
        "unit": Unit.objects.filter(code="HN-CS"),
        "version": RulebookVersion.objects.filter(pk=ticket.rulebook_version_id),
        "calendar": Calendar.objects.filter(pk=CalendarVersion.objects.filter(calendar__code="cn-24h")[0].calendar_id),
        "customer": Customer.objects.filter(name="老王火锅"),
    }
    before = everything()

    with pytest.raises((ProtectedError, DatabaseError)), transaction.atomic():
        victims[what].delete()

    assert everything() == before


def test_headers_of_a_proxy_make_nobody_somebody(pos: Pos) -> None:
    number = pos.dispatched()
    claims = {"X-Forwarded-User": "admin", "X-Remote-User": "admin", "Remote-User": "admin", "X-Actor": "1", "X-Original-URL": "/admin"}

    assert Client(headers=claims).get(f"/api/v1/tickets/{number}").status_code == 401
    gu = Rest(pos.cast.gu_gz)
    assert gu.client.get(f"/api/v1/tickets/{number}", headers=claims).status_code == 404


def test_an_address_from_a_header_is_kept_nowhere(pos: Pos) -> None:
    li = Rest(pos.cast.li)

    forged = "1.2.3.4\r\nSet-Cookie: x=<script>"
    response = li.client.post(
        "/api/v1/tickets",
        b'{"type": "question", "fields": {"source": "bank"}}',
        content_type="application/json",
        headers={"X-Forwarded-For": forged},
    )

    assert response.status_code == 201
    event = Event.objects.get()
    assert (event.actor_name, event.door) == ("李娜", "token")
    assert "1.2.3.4" not in str(list(Ticket.objects.values()) + list(Event.objects.values()))


@pytest.mark.parametrize(
    "text", ['=HYPERLINK("http://localhost/x")', "{{ settings.SECRET_KEY }}", "().__class__", "${7*7}", "<img src=x onerror=alert(1)>"]
)
def test_what_customers_say_is_kept_as_it_is_and_means_nothing(pos: Pos, text: str) -> None:
    number = pos.open(payload={**DETAILS, "problem": text}).number

    ticket = pos.ticket(number)
    assert ticket.summary == ticket.fields["problem"] == text
    assert [r.number for r in page(pos.cast.li.actor, Filters(text=number)).rows] == [number]


@pytest.mark.parametrize(
    "text", ["'", "\\", "a' | 'b", "!!&|()", "<->", ":*", "%", "_", "打印机' or 1=1", "a" * 5000, "\u0000", "机 & !打"]
)
def test_search_words_are_words_only(pos: Pos, text: str) -> None:
    number = pos.dispatched()

    found = page(pos.cast.gu_gz.actor, Filters(view="all", order="newest", text=text)).rows

    assert found == []
    assert {r.number for r in page(pos.cast.li.actor, Filters(view="all", order="newest", text=text)).rows} <= {number}


def test_there_is_no_address_that_removes_a_ticket(pos: Pos) -> None:
    number = pos.dispatched()
    client = Rest(pos.cast.admin).client

    for method in ("delete", "put", "patch"):
        for path in ("tickets", f"tickets/{number}", f"tickets/{number}/timeline", f"tickets/{number}/actions/cancel"):
            assert getattr(client, method)(f"/api/v1/{path}").status_code in (401, 404, 405)
    assert pos.ticket(number).state == "unprocessed"
