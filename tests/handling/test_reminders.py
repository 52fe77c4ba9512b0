"""Urging and supervising: who may remind whom, and what is kept of it."""

from __future__ import annotations

import pytest

from banjie.channels.models import Notification
from banjie.handling.models import Supervision, Urge
from banjie.kernel.errors import InvalidInput, NotAllowedNow, NotPermitted, Unseen
from tests.pos import DETAILS, Pos
from tests.tickets.observing import refused


@pytest.mark.req("POS-26", "FQR-06", "DSP-07")
@pytest.mark.parametrize("who", ["li", "chen_hn"])
def test_both_levels_urge_and_supervise_and_it_is_kept_with_time_actor_and_target(pos: Pos, who: str) -> None:
    number = pos.dispatched()
    person, zhao = getattr(pos.cast, who), pos.cast.zhao

    pos.do(number, "urge", {"note": "商户来电催促"}, by=person.actor)
    pos.pass_time(minutes=5)
    pos.do(number, "supervise", {"note": "今日必须上门"}, by=person.actor)

    urge, supervision = Urge.objects.get(), Supervision.objects.get()
    assert (urge.by, urge.to_member, urge.to_unit, urge.note) == (person.member, zhao.member, pos.cast.units["HN-CS"], "商户来电催促")
    assert (supervision.by, supervision.to_member, supervision.at, supervision.note) == (
        person.member,
        zhao.member,
        pos.now,
        "今日必须上门",
    )
    kinds = Notification.objects.filter(member=zhao.member).exclude(kind="dispatched").order_by("id").values_list("kind", flat=True)
    assert list(kinds) == ["urged", "supervised"]


def test_an_urge_of_what_nobody_has_reaches_those_who_dispatch_it(pos: Pos) -> None:
    number = pos.open("consumables", {**DETAILS, "merchant_no": "M-7002"}).number
    pos.do(number, "dispatch")

    pos.do(number, "urge")

    assert set(Notification.objects.filter(kind="urged").values_list("member__username", flat=True)) == {"gu_gz"}
    assert (Urge.objects.get().to_member, Urge.objects.get().to_unit) == (None, pos.cast.units["GZ"])


def test_supervision_needs_its_demand_and_neither_reaches_what_is_over(pos: Pos) -> None:
    number = pos.dispatched()

    with refused(InvalidInput, field="note"):
        pos.do(number, "supervise")
    with refused(NotPermitted):
        pos.do(number, "urge", by=pos.cast.zhao.actor)
    with refused(Unseen):
        pos.do(number, "urge", by=pos.cast.gu_gz.actor)
    pos.do(number, "cancel", {"reason": "撤回"})
    with refused(NotAllowedNow):
        pos.do(number, "urge")
