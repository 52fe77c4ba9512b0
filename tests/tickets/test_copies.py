"""Copies of a ticket: who gets one reads it wherever it goes, by every door, and does nothing to it by that."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, transaction

from banjie.channels.models import Notification
from banjie.kernel.errors import NotPermitted, Unseen
from banjie.tickets.access import get_ticket, may_see, visible_tickets
from banjie.tickets.copies import NobodyToCopy
from banjie.tickets.counts import counts
from banjie.tickets.models import Copy
from banjie.tickets.queue import Filters, page
from banjie.tickets.snapshot import load
from tests.regulation import Regulation, install

BOOK = """\
rulebook: copied-book
title: 抄送办法
calendar: cn-24h
clauses:
  一: 转出时抄送分管领导。
roles:
  clerk: {title: 经办}
  leader: {title: 分管领导}
fields:
  text: {title: 内容, as: summary}
  target_unit: {title: 承办单位, kind: unit}
  note: {title: 说明, kind: long_text}
types:
  slip: {title: 工单, process: work, start: taken}
processes:
  work:
    title: 办理
    states:
      taken: {title: 已受理, stage: dispatch}
      sent: {title: 已转出, stage: handling}
      done: {title: 办结, stage: closing}
    actions:
      take: {title: 受理, verb: accept, by: clerk, asks: text}
      send: {title: 转出, verb: dispatch, by: clerk, from: [taken, sent], to: {direct: sent, relay: sent}, needs: target_unit, match: {relay: clerk, anywhere: true}, copies: leader, clause: 一}
      remark: {title: 备注, verb: comment, by: leader, needs: note}
      finish: {title: 办结, verb: close, by: clerk, from: sent, to: done}
"""
PEOPLE = {
    "xi": ("习经办", "clerk", "WEST"),
    "lei": ("雷分管", "leader", "WEST"),
    "lu": ("路分管", "leader", "EAST"),
    "dong": ("董经办", "clerk", "EAST"),
    "nan": ("南经办", "clerk", "SOUTH"),
}


@pytest.fixture
def law(db: None) -> Regulation:
    return install(BOOK, PEOPLE, {"WEST": ("西区", "西"), "EAST": ("东区", "东"), "SOUTH": ("南区", "南")})


def send(law: Regulation, number: str, unit: str = "EAST", *, by: str = "xi") -> None:
    law.do(number, "send", {"target_unit": law.units[unit].pk}, by=by)


def listed(law: Regulation, name: str) -> list[str]:
    return [row.number for row in page(law.actor(name), Filters(view="all")).rows]


def test_the_copy_goes_to_those_over_the_unit_that_sends_and_they_read_it_by_every_door(law: Regulation) -> None:
    number = law.open("slip", {"text": "合同"}, by="xi")
    send(law, number)

    lei = law.actor("lei")
    assert get_ticket(lei, number).unit == law.units["EAST"]
    assert may_see(lei, load(number, lock=False))
    assert listed(law, "lei") == [number]
    assert counts(lei, {"open": Filters()}) == {"open": 1}
    assert list(Notification.objects.filter(kind="copied").values_list("member__username", flat=True)) == ["lei"]
    assert law.events(number, "send")[0].payload["copied_to"] == ["雷分管"]


def test_without_a_copy_nothing_is_seen_and_a_copy_lets_nobody_act(law: Regulation) -> None:
    number = law.open("slip", {"text": "合同"}, by="xi")
    send(law, number)

    assert (listed(law, "nan"), visible_tickets(law.actor("nan")).count(), may_see(law.actor("nan"), load(number, lock=False))) == (
        [],
        0,
        False,
    )
    with pytest.raises(Unseen), transaction.atomic():
        law.do(number, "finish", by="nan")
    assert law.may(number, by="lei") == set()
    with pytest.raises(NotPermitted), transaction.atomic():
        law.do(number, "remark", {"note": "快办"}, by="lei")
    law.dismiss("lei", "leader")
    assert listed(law, "lei") == []


def test_a_missing_recipient_is_named_and_stops_the_sending(law: Regulation) -> None:
    number = law.open("slip", {"text": "合同"}, by="xi")
    law.dismiss("lei", "leader")

    with pytest.raises(NobodyToCopy) as said, transaction.atomic():
        send(law, number)

    assert "分管领导" in said.value.message
    assert (law.state(number), Copy.objects.count(), Notification.objects.count()) == ("taken", 0, 0)


def test_a_second_sending_copies_to_the_other_side_too_and_a_copy_is_kept_for_good(law: Regulation) -> None:
    number = law.open("slip", {"text": "合同"}, by="xi")
    send(law, number)
    send(law, number, "WEST", by="dong")
    send(law, number)

    assert set(Copy.objects.values_list("member__username", flat=True)) == {"lei", "lu"}
    assert Notification.objects.filter(kind="copied", member=law.members["lei"]).count() == 2
    with pytest.raises(DatabaseError), transaction.atomic():
        Copy.objects.all().delete()


def test_a_ticket_that_lies_on_every_way_is_listed_once(law: Regulation) -> None:
    law.appoint("xi", "leader", "WEST")
    numbers = [law.open("slip", {"text": "合同"}, by="xi") for _n in range(3)]
    for number in numbers:
        send(law, number, "WEST")

    assert listed(law, "xi") == numbers[::-1]
    assert len(page(law.actor("xi"), Filters(view="all"), limit=2).rows) == 2
