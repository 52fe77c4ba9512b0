"""A regulation at work in virtual time: tickets come to an end, some are late, hardly anything is refused; a visitor is told who has work."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from random import Random

import pytest
from django.conf import settings
from django.test import override_settings

from banjie.config.welcome import THE_WHOLE, sign_ins
from banjie.deadlines.models import Finding
from banjie.people.models import Post
from banjie.simulation.demo import demo_password
from banjie.simulation.others import work
from banjie.simulation.showing import choose_shown, write_shown
from banjie.tickets.models import Event, Ticket
from tests.pos import moment
from tests.regulation import install

UNTIL = moment("2024-06-21 15:00")
BEGIN = UNTIL - timedelta(days=18)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("slug", "action"),
    [("channel-conflict", "execute"), ("order-review", "seal"), ("company-ticket", "confirm"), ("complaint-loop", "choose")],
)
def test_people_work_a_regulation_through_to_its_end(db: None, slug: str, action: str) -> None:
    install("channel-conflict", {})

    engine = work(slug, Random(5), "x", begin=BEGIN, until=UNTIL)

    tickets = Ticket.objects.filter(rulebook_version__rulebook__slug=slug)
    refused = sum(engine.refused[code] for code in engine.refused if code != "stale-version")
    assert engine.done[action] >= 3
    assert tickets.filter(is_open=False).count() >= 5
    assert tickets.filter(is_open=True).count() >= 2
    assert Finding.objects.filter(book=slug, outcome="breached").exists()
    assert refused <= sum(engine.done.values()) / 20, engine.refused
    assert not Event.objects.filter(ticket__in=tickets, at__gt=UNTIL).exists()


def test_two_people_of_different_roles_who_have_work_are_shown_for_a_regulation(db: None, tmp_path: Path) -> None:
    install("channel-conflict", {})
    engine = work("inter-department-letter", Random(5), "x", begin=BEGIN, until=UNTIL)
    programs = [one.program for one in engine.works]
    env = settings.ENV.model_copy(update={"home": tmp_path})

    shown = choose_shown(programs, engine.people)
    write_shown(tmp_path, shown)
    demo_password(tmp_path)
    with override_settings(ENV=env):
        told = sign_ins()

    first, second = shown["inter-department-letter"]
    roles = {name: set(Post.objects.filter(member__username=name).values_list("role__code", flat=True)) for name in (first, second)}
    assert roles[first].isdisjoint(roles[second])
    assert [one["username"] for one in told] == [first, second]
    assert {one["of"] for one in told} == {"部门间工作联系函办法"} != {THE_WHOLE}
    assert all(one["password"] == demo_password(tmp_path) for one in told)


def test_without_a_demonstration_nobody_is_shown(db: None, tmp_path: Path) -> None:
    with override_settings(ENV=settings.ENV.model_copy(update={"home": tmp_path})):
        assert sign_ins() == []
