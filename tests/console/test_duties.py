"""The duties of the day: what is drawn, what is done, and how it is drawn again."""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256

import pytest
from django.utils import timezone

from banjie.deadlines.duties import run_duties
from banjie.deadlines.models import DutyRun
from tests.console.desk import HTMX, Desk


@pytest.fixture
def day(desk: Desk) -> Desk:
    """Yesterday twelve tickets were completed; today two callbacks are owed."""
    desk.pos.now = timezone.now() - timedelta(days=1)
    for _n in range(12):
        desk.pos.completed()
    desk.pos.now = timezone.now()
    run_duties(desk.pos.now)
    return desk


@pytest.mark.req("POS-22", "CBK-07")
def test_a_callback_is_done_from_the_list_and_counts_at_once(day: Desk) -> None:
    li, run = day.pos.cast.li, DutyRun.objects.get(duty="sample_completed", frame_size=12)
    drawn = run.items.filter(chosen=True).select_related("ticket").order_by("position")[0].ticket.number
    before = day.read(li, "/duties/")
    form = day.read(li, f"/tickets/{drawn}/actions/call_back?back=/duties/", **HTMX)

    response = day.send(li, drawn, "call_back", {"reached": "satisfied", "back": "/duties/"})

    assert "应完成 2 张，已完成 0 张" in before
    assert 'name="back" value="/duties/"' in form
    assert response["HX-Redirect"] == "/duties/"
    after = day.read(li, "/duties/")
    assert "应完成 2 张，已完成 1 张" in after
    assert "满意" in after


def test_only_visible_tickets_are_listed(day: Desk) -> None:
    guizhou = day.read(day.pos.cast.gu_gz, "/duties/")

    assert "抽到的工单都不在您的单位" in guizhou
    assert "GZ-" not in guizhou


def test_an_auditor_can_draw_the_sample_again_from_the_page(day: Desk) -> None:
    run = DutyRun.objects.get(duty="sample_completed", frame_size=12)

    html = day.read(day.pos.cast.auditor, f"/duties/{run.pk}")

    assert run.seed in html
    frame = html.split('<p class="mono small">')[1].split("</p>")[0].split()
    again = sorted(frame, key=lambda number: sha256(f"{run.seed}|{number}".encode()).hexdigest())[: run.required]
    assert set(again) == set(run.items.filter(chosen=True).values_list("ticket__number", flat=True))
    assert "mono small" not in day.read(day.pos.cast.chen_hn, f"/duties/{run.pk}")


@pytest.mark.req("POS-25")
def test_a_day_that_was_not_kept_is_said_to_be_broken(day: Desk) -> None:
    yesterday = timezone.localdate() - timedelta(days=1)
    DutyRun.objects.filter(duty="sample_completed", period=yesterday).update(state="broken", closed_at=timezone.now())

    assert "未履行" in day.read(day.pos.cast.wang_sup, "/duties/")


def test_a_missing_run_is_not_found(day: Desk) -> None:
    assert day.browser(day.pos.cast.li).get("/duties/999999").status_code == 404
