"""Posts that need a certificate: who may take them, act in them, and what an exception asks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta

import pytest
from django.db import transaction

from banjie.dispatch.choosing import NotEligible
from banjie.kernel.errors import InvalidInput, NotPermitted, Refused
from banjie.people.certificates import OwnExamination
from banjie.people.certified import Uncertified
from banjie.people.models import AdminEvent, Certificate, Course, Role
from banjie.people.verbs.certificates import revoke_certificate
from banjie.people.verbs.examinations import enter_result
from banjie.people.verbs.posts import assign_post
from banjie.people.verbs.waivers import approve_waiver, ask_for_waiver
from banjie.rulebook.verbs.versions import activate, propose, save_draft
from tests.cast import BUILDER
from tests.regulation import Regulation, install

BOOK = """\
rulebook: certified-book
title: 流转管理办法
calendar: cn-24h
clauses:
  第九条: 工单流转专员须经培训并考试合格,方可上岗。
roles:
  hq: {title: 总行客服}
  specialist: {title: 流转专员, certificate: circulation}
courses:
  circulation: {title: 流转专员培训, by: hq, pass_mark: 80, valid_days: 365, clause: 第九条}
fields:
  text: {title: 内容, as: summary}
  specialist: {title: 流转专员, kind: person, role: specialist}
  note: {title: 意见, kind: long_text}
types:
  slip: {title: 工单, process: circulate, start: taken}
processes:
  circulate:
    title: 流转
    states:
      taken: {title: 已受理, stage: dispatch}
      sent: {title: 已流转, stage: handling}
      done: {title: 办结, stage: closing}
    actions:
      take: {title: 受理, verb: accept, by: hq, asks: text}
      send: {title: 流转, verb: dispatch, by: hq, from: taken, to: {direct: sent, relay: taken}, needs: specialist, match: {role: specialist, relay: specialist}, clause: 第九条}
      remark: {title: 意见, verb: comment, by: specialist, from: sent, needs: note, clause: 第九条}
      finish: {title: 办结, verb: close, by: [hq, specialist], from: sent, to: done}
"""


@pytest.fixture
def law(db: None) -> Regulation:
    people = {"hu": ("胡总行", "hq", "HQ"), "sun": ("孙专员", "", "HQ"), "qian": ("钱专员", "", "HQ"), "ao": ("敖管理", "admin", "HQ")}
    return install(BOOK, people)


@contextmanager
def refused(kind: type[Refused]) -> Iterator[None]:
    with pytest.raises(kind), transaction.atomic():
        yield


def examined(law: Regulation, name: str, score: int, day: str = "2024-06-01") -> None:
    course = Course.objects.get(code="circulation")
    enter_result(law.members[name], course, score=score, held_on=date.fromisoformat(day), by=law.actor("hu"), at=law.now)


def appoint(law: Regulation, name: str) -> None:
    assign_post(law.members[name], role=Role.objects.get(code="specialist"), unit=law.units["HQ"], by=BUILDER, at=law.now)


def sent(law: Regulation, to: str) -> str:
    number = law.open("slip", {"text": "吞卡"}, by="hu")
    law.do(number, "send", {"specialist": law.members[to].pk}, by="hu")
    return number


@pytest.mark.req("BNK-09", "BNK-17")
def test_a_post_is_taken_only_after_the_examination_is_passed(law: Regulation) -> None:
    with refused(Uncertified):
        appoint(law, "sun")
    examined(law, "sun", 79)
    with refused(Uncertified):
        appoint(law, "sun")

    examined(law, "qian", 80)
    appoint(law, "qian")

    assert law.state(sent(law, "qian")) == "sent"


@pytest.mark.req("BNK-17")
def test_a_certificate_that_has_run_out_stops_new_tickets_and_all_acting(law: Regulation) -> None:
    examined(law, "qian", 90)
    appoint(law, "qian")
    number = sent(law, "qian")
    law.do(number, "remark", {"note": "已查"}, by="qian")
    law.pass_time(days=366)

    with refused(NotPermitted):
        law.do(number, "remark", {"note": "再查"}, by="qian")
    with refused(NotEligible):
        sent(law, "qian")
    examined(law, "qian", 85, "2025-06-03")
    law.do(number, "remark", {"note": "再查"}, by="qian")


@pytest.mark.req("BNK-17")
def test_a_certificate_taken_back_counts_no_more(law: Regulation) -> None:
    examined(law, "qian", 90)
    appoint(law, "qian")
    number = sent(law, "qian")

    revoke_certificate(Certificate.objects.get(), reason="违规", by=law.actor("hu"), at=law.now)

    assert "remark" not in law.may(number, by="qian")
    with refused(Refused):
        revoke_certificate(Certificate.objects.get(), reason="违规", by=law.actor("hu"), at=law.now)


def test_nobody_examines_himself_nor_without_the_examining_role(law: Regulation) -> None:
    with refused(OwnExamination):
        examined(law, "hu", 100)
    with refused(NotPermitted):
        enter_result(law.members["sun"], Course.objects.get(), score=100, held_on=law.now.date(), by=law.actor("qian"), at=law.now)


@pytest.mark.parametrize(("score", "day"), [(101, "2024-06-01"), (-1, "2024-06-01"), (80, "2024-07-01")])
def test_a_result_that_cannot_be_is_refused(law: Regulation, score: int, day: str) -> None:
    with refused(InvalidInput):
        examined(law, "sun", score, day)


def test_a_day_has_one_result(law: Regulation) -> None:
    examined(law, "sun", 60)
    with refused(InvalidInput):
        examined(law, "sun", 95)


def test_a_waiver_needs_another_persons_approval_ends_and_is_reported(law: Regulation) -> None:
    course = Course.objects.get()
    until = law.now + timedelta(days=30)
    waiver = ask_for_waiver(law.members["sun"], course, until=until, reason="原专员离职", by=law.actor("hu"), at=law.now)
    with refused(Uncertified):
        appoint(law, "sun")
    with refused(NotPermitted):
        approve_waiver(waiver, by=law.actor("hu"), at=law.now)

    approve_waiver(waiver, by=law.actor("ao"), at=law.now)
    appoint(law, "sun")

    number = sent(law, "sun")
    assert "remark" in law.may(number, by="sun")
    assert AdminEvent.objects.get(kind="certificate.waived").detail == {"course": "流转专员培训", "reason": "原专员离职"}
    law.pass_time(days=31)
    assert "remark" not in law.may(number, by="sun")


def test_who_asks_for_a_waiver_does_not_approve_it(law: Regulation) -> None:
    waiver = ask_for_waiver(
        law.members["sun"], Course.objects.get(), until=law.now + timedelta(days=3), reason="急", by=law.actor("ao"), at=law.now
    )

    with refused(OwnExamination):
        approve_waiver(waiver, by=law.actor("ao"), at=law.now)


def test_a_book_that_asks_for_no_certificate_leaves_that_of_another_book_alone(law: Regulation) -> None:
    other = BOOK.replace("certified-book", "other-book").replace(", certificate: circulation", "")
    other = "\n".join(line for line in other.splitlines() if "courses:" not in line and "circulation: {" not in line)
    version = save_draft(other, by=BUILDER, at=law.now)
    propose(version.pk, by=BUILDER, at=law.now)
    activate(version.pk, by=BUILDER, at=law.now)

    assert Role.objects.get(code="specialist").certificate == "circulation"
