"""Text messages: what a rulebook asks for reaches the mobiles of those it tells, once, and nothing else leaves the house."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from banjie.channels.models import Notification, TextMessage
from banjie.channels.texts import send_texts
from banjie.people.models import Member
from banjie.rulebook.check import check
from tests.channels.faults import dispatched, states
from tests.channels.gateway_server import Server
from tests.regulation import Regulation, install
from tests.rulebook.books import SMALL, spoil


@pytest.mark.req("HOT-16")
def test_the_areas_staff_gets_a_text_message_when_a_fault_is_dispatched(law: Regulation, sms: Server) -> None:
    number = dispatched(law)

    assert send_texts(law.now) == 2
    assert send_texts(law.now) == 0

    assert sorted(body["to"] for body in sms.bodies) == ["+8613800010001", "+8613800010002"]
    assert states() == [("gao", "sent"), ("gu", "sent")]
    said = sms.bodies[0]["text"]
    assert number in said
    assert "故障报修" in said
    assert "安坐席" in said
    assert not any(secret in said for secret in ("不能上网", "13900001111", "和平路", "U-1001"))


@pytest.mark.req("HOT-16")
def test_a_single_technician_gets_it_when_the_ticket_is_sent_to_him_or_assigned(law: Regulation, sms: Server) -> None:
    dispatched(law, technician=str(law.members["han"].pk))
    number = dispatched(law)
    law.do(number, "sign", by="gao")
    law.do(number, "assign", {"technician": str(law.members["hou"].pk), "reason": "就近"}, by="gao")

    send_texts(law.now)

    assert {name for name, _state in states(kind="dispatched")} == {"han", "hou"}


@pytest.mark.req("HOT-16")
def test_without_a_gateway_nothing_is_queued_and_nothing_sent(law: Regulation) -> None:
    dispatched(law)

    assert send_texts(law.now) == 0
    assert not TextMessage.objects.exists()
    assert Notification.objects.filter(kind="relayed").count() == 2


def test_actions_of_which_the_book_does_not_say_so_send_none(law: Regulation, sms: Server) -> None:
    number = dispatched(law)
    TextMessage.objects.all().delete()

    law.do(number, "refuse", {"reason": "不是本工区"}, by="gao")

    assert Notification.objects.filter(kind="sent_back").exists()
    assert not TextMessage.objects.exists()


def test_who_has_no_mobile_gets_none(law: Regulation, sms: Server) -> None:
    Member.objects.filter(username="gao").update(phone="")
    Member.objects.filter(username="gu").update(phone="085187654321")

    dispatched(law)

    assert not TextMessage.objects.exists()


def test_a_person_gets_one_message_for_an_event_however_many_notices_reach_him(db: None, sms: Server) -> None:
    book = SMALL.replace(
        "finish: {title: 办结, verb: complete, by: agent", "finish: {title: 办结, verb: complete, tell: agent, sms: true, by: boss"
    )
    book = book.replace("done: {title: 办结, stage: closing}", "done: {title: 办结, stage: closing, tell: agent}")
    law = install(book, {"an": ("安客服", "agent", "HQ"), "bo": ("薄主管", "boss", "HQ")})
    number = law.open("job", by="an")

    law.do(number, "finish", {"result": "好", "fully_solved": True}, by="bo")

    assert Notification.objects.filter(member__username="an", ticket_number=number).count() == 2
    row = TextMessage.objects.get()
    assert (row.member.username, row.kind) == ("an", "told")
    row.pk, row.key = None, "00000000-0000-0000-0000-000000000000"
    with pytest.raises(IntegrityError, match="text_message_once"), transaction.atomic():
        row.save(force_insert=True)


def test_a_change_that_is_undone_leaves_no_message_behind(law: Regulation, sms: Server) -> None:
    with transaction.atomic():
        dispatched(law)
        written = TextMessage.objects.count()
        transaction.set_rollback(True)

    assert written == 2
    assert not TextMessage.objects.exists()


def test_who_has_left_meanwhile_gets_none_and_a_corrected_number_counts(law: Regulation, sms: Server) -> None:
    dispatched(law)
    Member.objects.filter(username="gao").update(is_active=False, left_at=law.now)
    Member.objects.filter(username="gu").update(phone="13911112222")

    send_texts(law.now)

    assert states() == [("gao", "failed"), ("gu", "sent")]
    assert [body["to"] for body in sms.bodies] == ["+8613911112222"]
    assert TextMessage.objects.get(state="sent").sent_to == "139****2222"


def test_a_book_that_asks_for_messages_to_nobody_is_told_so() -> None:
    spoiled = spoil(
        "verb: verify, by: agent, from: opened, needs: verified", "verb: verify, by: agent, from: opened, sms: true, needs: verified"
    )

    assert (spoiled.only.line, spoiled.only.column) == spoiled.at("sms: true")
    assert "请加上 tell" in spoiled.only.message
    assert check(spoiled_with_tell := SMALL.replace("needs: verified}", "needs: verified, tell: boss, sms: true}")).problems == ()
    assert spoiled_with_tell
