"""A version that is approved for a later day."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from banjie.kernel.errors import InvalidInput
from banjie.people.actor import Actor
from banjie.people.models import AdminEvent
from banjie.rulebook.models import RulebookVersion
from banjie.rulebook.records import NotReady
from banjie.rulebook.starting import start_approved
from banjie.rulebook.verbs.drafts import change_draft, return_proposal
from banjie.rulebook.verbs.versions import activate, propose, save_draft
from banjie.worktime.models import Calendar
from banjie.worktime.verbs.install_shipped import install_shipped_calendars
from tests.authoring.conftest import client_of
from tests.cast import BUILDER, LONG_AGO, Cast
from tests.pos import moment
from tests.rulebook.books import SMALL

Status = RulebookVersion.Status
NOW = moment("2024-06-03 10:00")
DAY = moment("2024-07-01 00:00")


@pytest.fixture
def author(cast: Cast) -> Actor:
    install_shipped_calendars(by=BUILDER, at=LONG_AGO)
    return cast.wang_sup.actor


def approved(author: Actor, text: str = SMALL, starts_at: datetime = DAY) -> RulebookVersion:
    version = propose(save_draft(text, by=author, at=NOW).pk, by=author, at=NOW)
    return activate(version.pk, by=BUILDER, at=NOW, starts_at=starts_at)


def status(version: RulebookVersion) -> str:
    version.refresh_from_db()
    return version.status


def test_it_waits_for_its_time_while_the_old_version_stays_active(author: Actor) -> None:
    old = activate(propose(save_draft(SMALL, by=author, at=NOW).pk, by=author, at=NOW).pk, by=BUILDER, at=NOW)
    new = approved(author, SMALL.replace("小办法", "新办法"))

    early = start_approved(DAY - timedelta(seconds=1))
    assert (early, status(old), status(new)) == (0, Status.ACTIVE, Status.APPROVED)

    done = start_approved(DAY)

    assert (done, status(old), status(new)) == (1, Status.RETIRED, Status.ACTIVE)
    assert (new.activated_at, new.approved_at) == (DAY, NOW)
    assert start_approved(DAY) == 0


@pytest.mark.parametrize("starts_at", [NOW, NOW - timedelta(days=1), NOW + timedelta(days=400)])
def test_a_time_that_is_past_or_far_away_is_refused(author: Actor, starts_at: datetime) -> None:
    with pytest.raises(InvalidInput, match="标出"):
        approved(author, starts_at=starts_at)

    assert RulebookVersion.objects.get().status == Status.PROPOSED


def test_only_one_version_of_a_rulebook_waits_for_its_day(author: Actor) -> None:
    approved(author)

    with pytest.raises(NotReady, match="第 1 版已批准"):
        approved(author, SMALL.replace("小办法", "新办法"))


def test_it_can_be_returned_before_its_day_and_is_a_draft_again(author: Actor) -> None:
    version = approved(author)

    return_proposal(version.pk, "再议", by=author, at=NOW)

    assert status(version) == Status.DRAFT
    assert (version.starts_at, version.approved_at) == (None, None)
    assert start_approved(DAY) == 0


def test_its_text_cannot_be_changed(author: Actor) -> None:
    version = approved(author)

    with pytest.raises(NotReady):
        change_draft(version.pk, SMALL, expect=version.digest, by=author, at=NOW)
    for change in ("source = 'x'", "starts_at = now()", "approved_by_id = null, approved_at = now()", "status = 'retired'"):
        with pytest.raises(IntegrityError, match="immutable"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"update rulebook_rulebookversion set {change} where id = %s", [version.pk])  # noqa: S608  our own words


def test_one_that_cannot_work_any_more_becomes_a_draft_and_the_log_says_why(author: Actor) -> None:
    version = approved(author)
    Calendar.objects.filter(code="cn-24h").update(code="gone")

    assert start_approved(DAY) == 0

    assert status(version) == Status.DRAFT
    assert "cn-24h" in AdminEvent.objects.filter(kind="rulebook.returned").get().detail["reason"]


def test_the_page_takes_the_day_and_shows_it(author: Actor, cast: Cast) -> None:
    version = propose(save_draft(SMALL, by=author, at=LONG_AGO).pk, by=author, at=LONG_AGO)
    admin: Client = client_of(cast.admin.member)
    later = (datetime.now().astimezone() + timedelta(days=3)).strftime("%Y-%m-%dT09:00")

    wrong = admin.post(f"/rulebooks/{version.pk}/activate", {"starts_at": "someday"})
    right = admin.post(f"/rulebooks/{version.pk}/activate", {"starts_at": later})

    assert (wrong.status_code, right.status_code) == (422, 302)
    assert status(version) == Status.APPROVED
    assert "已批准，待生效" in admin.get(f"/rulebooks/{version.pk}/").content.decode()
    assert f"{later[:10]} 09:00" in admin.get("/rulebooks/").content.decode()
