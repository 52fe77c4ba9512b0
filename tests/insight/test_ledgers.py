"""Ledgers: the tickets of a regulation as a table, for the page and as a workbook."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from banjie.insight.ledgers import ledger_cells
from banjie.insight.period import Period
from banjie.insight.queries.ledger import PAGE, Narrowed, ledger_rows
from banjie.insight.queries.statistics import Asked
from banjie.kernel.errors import NotPermitted, Unseen
from banjie.people.models import AdminEvent
from tests.regulation import Regulation, install

BOOK = """\
rulebook: ledger-book
title: 台账办法
calendar: cn-24h
clauses:
  一: 建立处理跟踪台账。
roles:
  clerk: {title: 专员}
  boss: {title: 主管}
  worker: {title: 经办, sees: own}
fields:
  customer: {title: 客户, as: contact}
  phone: {title: 电话, kind: phone, as: phone}
  level: {title: 级别, kind: choice, choices: {one: 一级, two: 二级}}
  result: {title: 处理结果, kind: long_text}
  fully_solved: {title: 解决, kind: yes_no}
  amount: {title: 金额, kind: money}
types:
  case: {title: 异常, process: work, start: opened, letter: YC}
  other: {title: 其他, process: work, start: opened, letter: QT}
processes:
  work:
    title: 办理
    states:
      opened: {title: 待办, stage: handling}
      done: {title: 已办结, stage: closing}
    actions:
      take: {title: 登记, verb: accept, by: clerk, asks: [customer, phone, amount]}
      grade: {title: 定级, verb: classify, by: clerk, from: opened, needs: level}
      finish: {title: 办结, verb: complete, by: [clerk, worker], from: opened, to: done, needs: [result, fully_solved]}
ledgers:
  tracking: {title: 跟踪台账, clause: 一, types: case, columns: [customer, phone, level, result, amount]}
"""
JUNE = Period(date(2024, 6, 1), date(2024, 6, 30))


@pytest.fixture
def law(db: None) -> Regulation:
    people = {
        "lan": ("兰专员", "clerk", "HQ"),
        "bo": ("薄主管", "boss hq_supervisor", "HQ"),
        "dong": ("董主管", "hq_supervisor", "EAST"),
        "wei": ("韦经办", "worker", "HQ"),
    }
    return install(BOOK, people, {"EAST": ("东区", "东")})


def handled(law: Regulation) -> str:
    number = law.open("case", {"customer": "王老板", "phone": "13800138000", "amount": "12.50"}, by="lan")
    law.do(number, "grade", {"level": "one"}, by="lan")
    law.do(number, "finish", {"result": "已更换", "fully_solved": True}, by="lan")
    return number


def read(law: Regulation, by: str = "bo", *, period: Period = JUNE, state: str = "") -> list[list[str]]:
    actor, ledger = law.actor(by), law.program.book.ledgers["tracking"]
    found = ledger_rows(actor, Asked("ledger-book", period), ledger, Narrowed(only=state))
    return [[str(cell) for cell in line] for line in ledger_cells(law.program, ledger, found, actor)]


@pytest.mark.req("EXC-35", "COM-18")
def test_a_ledger_shows_what_every_action_entered_beside_number_times_handler_and_state(law: Regulation) -> None:
    number = handled(law)

    (line,) = read(law)

    assert line[0] == number
    assert line[1] == "异常"
    assert line[2].startswith("2024-06-03")
    assert line[3:6] == ["总部", "", "已办结"]
    assert line[6].startswith("2024-06-03")
    assert line[7:] == ["王老板", "13800138000", "一级", "已更换", "12.50"]


def test_it_holds_only_its_types_its_period_and_the_state_asked_for(law: Regulation) -> None:
    handled(law)
    law.open("other", {"customer": "李老板"}, by="lan")
    running = law.open("case", {"customer": "赵老板"}, by="lan")
    law.at("2024-07-01 00:00")
    law.open("case", {"customer": "钱老板"}, by="lan")

    assert len(read(law)) == 2
    assert [line[0] for line in read(law, state="open")] == [running]
    assert len(read(law, state="ended")) == 1
    assert [line[7] for line in read(law, period=Period(date(2024, 7, 1), date(2024, 7, 31)))] == ["钱老板"]


def test_other_units_see_only_their_own_and_who_reads_no_figures_sees_none(law: Regulation) -> None:
    handled(law)

    assert read(law, "dong") == []
    with pytest.raises(NotPermitted):
        read(law, "wei")
    asked = Asked("ledger-book", JUNE, unit_id=law.units["HQ"].pk)
    with pytest.raises(Unseen):
        ledger_rows(law.actor("dong"), asked, law.program.book.ledgers["tracking"])


def test_a_page_holds_fifty_and_costs_the_same_however_long_it_is(law: Regulation, django_assert_num_queries: object) -> None:
    for n in range(PAGE + 2):
        law.open("case", {"customer": f"客户{n}"}, by="lan")
    actor, ledger = law.actor("bo"), law.program.book.ledgers["tracking"]

    found = ledger_rows(actor, Asked("ledger-book", JUNE), ledger)
    rest = ledger_rows(actor, Asked("ledger-book", JUNE), ledger, after=found[PAGE - 1].id)

    assert (len(found), len(rest)) == (PAGE + 1, 2)


def test_the_page_shows_it_and_the_workbook_is_logged(law: Regulation, client: Client) -> None:
    number = handled(law)
    client.force_login(law.members["bo"])

    page = client.get("/insight/ledgers?book=ledger-book&first=2024-06-01&last=2024-06-30")
    sheet = client.get("/insight/ledgers.xlsx?book=ledger-book&first=2024-06-01&last=2024-06-30")

    text = page.content.decode()
    assert page.status_code == 200
    assert all(word in text for word in (number, "跟踪台账", "王老板", "一级", "已更换", "建立处理跟踪台账"))
    assert sheet.status_code == 200
    assert sheet.content[:2] == b"PK"
    assert AdminEvent.objects.get(kind="ledger.exported").detail == {"book": "ledger-book", "rows": 1}


@pytest.mark.req("FQR-10")
def test_a_shared_ledger_is_read_by_all_units_with_phones_masked_and_by_nobody_without_figures(db: None) -> None:
    people = {"lan": ("兰专员", "clerk", "HQ"), "dong": ("董主管", "boss", "EAST"), "wei": ("韦经办", "worker", "EAST")}
    text = BOOK.replace("title: 跟踪台账,", "title: 案例库, shared: true,")
    law = install(text, people, {"EAST": ("东区", "东")})
    number = handled(law)

    (line,) = read(law, "dong")

    assert (line[0], line[7], line[10]) == (number, "王老板", "已更换")
    assert "13800138000" not in line[8]
    with pytest.raises(NotPermitted):
        read(law, "wei")
