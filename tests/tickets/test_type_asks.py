"""What one type asks at its opening, beside what its process asks."""

from __future__ import annotations

import pytest

from banjie.kernel.errors import InvalidInput
from banjie.rulebook.check import check
from tests.regulation import Regulation, install

BOOK = """\
rulebook: asking-book
title: 受理办法
calendar: cn-24h
clauses:
  一: 受理。
roles:
  desk: {title: 前台}
fields:
  text: {title: 内容, as: summary}
  about: {title: 投诉对象, kind: choice, need_if: 'true', choices: {service: 服务, staff: 人员}}
types:
  complaint: {title: 投诉, process: work, start: taken, asks: about}
  question: {title: 咨询, process: work, start: taken}
processes:
  work:
    title: 受理
    states:
      taken: {title: 已受理, stage: intake}
      done: {title: 办结, stage: closing}
    actions:
      take: {title: 受理, verb: accept, by: desk, needs: text}
      finish: {title: 办结, verb: close, by: desk, to: done}
"""


@pytest.fixture
def law(db: None) -> Regulation:
    return install(BOOK, {"li": ("李前台", "desk", "HQ")})


def test_a_type_asks_its_own_fields_at_its_opening_and_keeps_them(law: Regulation) -> None:
    number = law.open("complaint", {"text": "慢", "about": "staff"}, by="li")

    assert law.ticket(number).fields == {"text": "慢", "about": "staff"}


def test_what_a_type_demands_is_not_demanded_of_others_nor_known_to_them(law: Regulation) -> None:
    law.open("question", {"text": "问"}, by="li")

    with pytest.raises(InvalidInput) as missing:
        law.open("complaint", {"text": "慢"}, by="li")
    with pytest.raises(InvalidInput) as unknown:
        law.open("question", {"text": "问", "about": "staff"}, by="li")

    assert [error.field for error in (*missing.value.errors, *unknown.value.errors)] == ["about", "about"]


def test_an_unknown_field_that_a_type_asks_is_named_at_its_place() -> None:
    report = check(BOOK.replace("asks: about}", "asks: abuot}"))

    assert [problem.place for problem in report.errors] == ["types.complaint.asks"]
