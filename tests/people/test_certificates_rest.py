"""Certificates over REST: courses, marks, exceptions."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from banjie.people.models import Certificate, Examination
from tests.cast import Cast
from tests.people.courses import Taught, lapsing, taught
from tests.rest.client import Rest


@pytest.fixture
def it(cast: Cast) -> Taught:
    return taught(cast)


def marks(*results: tuple[str, object, str]) -> dict[str, object]:
    return {"course": "safety", "results": [{"member": m, "score": s, "held_on": d} for m, s, d in results]}


def test_courses_and_certificates_are_listed(it: Taught) -> None:
    lapsing(it)
    li = Rest(it.cast.li)

    courses = li.get("courses")[1]["courses"]
    soon = li.get("certificates", course="safety", state="soon")[1]["certificates"]
    first = li.get("certificates", limit=1)[1]
    second = li.get("certificates", limit=1, before=first["next"])[1]

    assert [(c["code"], c["needed_by"], c["appointed"], c["valid"], c["soon"]) for c in courses] == [("safety", ["巡检员"], 3, 1, 1)]
    assert [(c["username"], c["state"], c["is_waiver"]) for c in soon] == [("zhao", "soon", False)]
    assert [first["certificates"][0]["username"], second["certificates"][0]["username"], second["next"]] == ["sun_gz", "zhao", None]


@pytest.mark.req("BNK-09", "BNK-17")
def test_marks_are_entered_all_or_none_by_the_examiner_only(it: Taught) -> None:
    li, today = Rest(it.cast.li), timezone.localdate().isoformat()
    ahead = (timezone.localdate() + timedelta(days=2)).isoformat()

    wrong = li.post("examinations", marks(("zhao", 90, today), ("liu_hn", 90, ahead)))
    unknown = li.post("examinations", marks(("zhao", 90, today), ("nobody", 90, today)))
    own = li.post("examinations", marks(("li", 90, today)))
    by_others = [Rest(who).post("examinations", marks(("zhao", 90, today)))[0] for who in (it.cast.admin, it.cast.chen_hn)]
    reading = Rest(it.cast.li, scope="read").post("examinations", marks(("zhao", 90, today)))[0]
    assert not Examination.objects.exists()
    done = li.post("examinations", marks(("zhao", 80, today), ("liu_hn", 79, today)))

    assert [(w[0], w[1]["errors"][0]["field"]) for w in (wrong, unknown, own)] == [
        (422, "results.1.held_on"),
        (422, "results.1.member"),
        (422, "results.0.member"),
    ]
    assert (by_others, reading) == ([403, 403], 403)
    assert (done[0], [row["passed"] for row in done[1]["results"]]) == (201, [True, False])
    assert Certificate.objects.get().member == it.cast.zhao.member


def test_an_exception_is_asked_for_and_decided_over_rest(it: Taught) -> None:
    until = (timezone.now() + timedelta(days=5)).isoformat()
    body = {"member": "zhao", "course": "safety", "until": until, "reason": "原巡检员离职"}
    li, admin = Rest(it.cast.li), Rest(it.cast.admin)

    status, asked = li.post("waivers", body)
    where = f"waivers/{asked['id']}/decision"
    by_li, by_guizhou = li.post(where, {"approve": True})[0], Rest(it.cast.gu_gz).post(where, {"approve": True})[0]
    without_reason = admin.post(where, {"approve": False})
    decided = admin.post(where, {"approve": True})
    again = admin.post(where, {"approve": False, "reason": "x"})

    assert (status, asked["state"], asked["asked_by"]) == (201, "waiting", "李娜")
    assert (by_li, by_guizhou) == (403, 403)
    assert (without_reason[0], without_reason[1]["errors"][0]["field"]) == (422, "reason")
    assert (decided[0], decided[1]["state"], decided[1]["issued_by"]) == (200, "soon", "何管理")
    assert again[0] == 409
