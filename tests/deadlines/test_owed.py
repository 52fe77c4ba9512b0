"""Duties that open tickets of their own, duties about tickets of an age, and limits that run to the end of a day."""

from __future__ import annotations

import pytest

from banjie.deadlines.duties import run_duties
from banjie.deadlines.models import Clock, DutyItem, DutyRun, Finding
from banjie.deadlines.sweep import sweep
from banjie.tickets.models import Ticket
from banjie.worktime.verbs.import_holidays import import_holidays
from tests.cast import BUILDER
from tests.pos import moment
from tests.regulation import Regulation, install

BOOK = """\
rulebook: owed-book
title: 定期工作办法
calendar: cn-office
clauses:
  一: 每季度公示一次。
  二: 各部门每周报告。
  三: 超过24小时未办结的,值班长逐单处理。
  四: 三个工作日内报告。
roles:
  clerk: {title: 专员}
  leader: {title: 值班长}
  manager: {title: 部门经理}
fields:
  text: {title: 内容, as: summary}
  note: {title: 说明, kind: long_text}
  result: {title: 结果, kind: long_text}
  fully_solved: {title: 完成, kind: yes_no}
types:
  report: {title: 定期报告, process: standing, start: due, letter: BG}
  job: {title: 事项, process: work, start: opened, letter: SX}
processes:
  standing:
    title: 定期工作
    states:
      due: {title: 待完成, stage: handling}
      done: {title: 已完成, stage: closing}
    actions:
      begin: {title: 发起, verb: accept, by: clerk, asks: note}
      submit: {title: 提交, verb: complete, by: clerk, from: due, to: done, needs: [result, fully_solved]}
  work:
    title: 办理
    states:
      opened: {title: 待办, stage: handling}
      closed: {title: 已办结, stage: closing}
    actions:
      take: {title: 受理, verb: accept, by: clerk, asks: text}
      opine: {title: 处理意见, verb: comment, by: leader, from: opened, needs: note}
      finish: {title: 办结, verb: complete, by: clerk, from: opened, to: closed, needs: [result, fully_solved]}
    deadlines:
      reported: {title: 限时报告, clause: 四, from: opened, until: finish, within: "3 working days, end of day", owner: opener}
duties:
  publish: {title: 季度公示, clause: 一, every: quarter, opens: report, by: clerk, on_breach: [{notify: manager}]}
  weekly: {title: 每周报告, clause: 二, every: week, opens: report, by: clerk, each: unit}
  backlog: {title: 24小时积压, clause: 三, over: {states: opened, older_than: 24h}, do: opine, by: leader, on_breach: [{notify: manager}]}
"""
DONE = {"result": "已公示", "fully_solved": True}


@pytest.fixture
def law(db: None) -> Regulation:
    people = {
        "lan": ("兰专员", "clerk", "HQ"),
        "wu": ("吴专员", "clerk", "EAST"),
        "ding": ("丁班长", "leader", "HQ"),
        "jin": ("金经理", "manager", "HQ"),
    }
    return install(BOOK, people, {"EAST": ("东区", "东")})


def runs(law: Regulation, duty: str) -> list[DutyRun]:
    run_duties(law.now)
    return list(DutyRun.objects.filter(duty=duty).order_by("period"))


def test_a_quarterly_duty_opens_one_ticket_each_quarter_and_no_more(law: Regulation) -> None:
    law.at("2024-07-02 09:00")
    runs(law, "publish")
    run_duties(law.pass_time(hours=5))

    last = runs(law, "publish")[-1]

    assert (str(last.period), last.due_at) == ("2024-07-01", moment("2024-10-01 00:00"))
    assert DutyItem.objects.get(run=last).ticket.number == last.frame[0]
    assert Ticket.objects.get(number=last.frame[0]).unit == law.units["HQ"]


def test_what_is_done_in_time_keeps_the_duty_and_what_is_not_breaks_its_clause(law: Regulation) -> None:
    law.at("2024-07-02 09:00")
    law.do(runs(law, "publish")[-1].frame[0], "submit", DONE, by="lan")
    law.at("2024-10-01 00:01")
    runs(law, "publish")
    law.at("2025-01-01 00:01")
    run_duties(law.now)

    kept, broken = DutyRun.objects.filter(duty="publish", closed_at__isnull=False).order_by("-period")[:2][::-1]

    assert (str(kept.period), kept.state, str(broken.period), broken.state) == ("2024-07-01", "kept", "2024-10-01", "broken")
    assert Finding.objects.filter(rule="publish", outcome="breached", at__gte=moment("2024-12-31 00:00")).count() == 1


def test_each_unit_owes_one_where_the_rulebook_says_so(law: Regulation) -> None:
    last = runs(law, "weekly")[-1]

    assert str(last.period) == "2024-06-03"
    assert {item.ticket.unit.code for item in DutyItem.objects.filter(run=last)} == {"HQ", "EAST"}
    law.do(last.frame[0], "submit", DONE, by="lan")
    law.at("2024-06-10 00:01")
    run_duties(law.now)
    assert DutyRun.objects.get(pk=last.pk).state == "broken"


def test_a_period_missed_while_nothing_ran_is_caught_up(law: Regulation) -> None:
    runs(law, "weekly")
    law.at("2024-06-26 09:00")

    assert [str(run.period) for run in runs(law, "weekly")][-3:] == ["2024-06-10", "2024-06-17", "2024-06-24"]


@pytest.mark.req("FQR-03")
def test_a_ticket_joins_the_list_of_the_day_when_it_is_older_than_24_hours_and_not_before(law: Regulation) -> None:
    number = law.open("job", {"text": "无信号"}, by="lan")
    law.at("2024-06-04 08:59")
    assert number not in runs(law, "backlog")[-1].frame
    law.at("2024-06-04 09:01")

    last = runs(law, "backlog")[-1]

    assert (str(last.period), last.frame, last.required) == ("2024-06-04", [number], 1)
    assert runs(law, "backlog")[-1].required == 1


@pytest.mark.req("FQR-04")
def test_the_list_is_worked_off_by_an_opinion_on_each_ticket_and_not_otherwise(law: Regulation) -> None:
    first, second = law.open("job", {"text": "无信号"}, by="lan"), law.open("job", {"text": "掉线"}, by="lan")
    law.at("2024-06-04 09:01")
    run = runs(law, "backlog")[-1]
    law.do(first, "opine", {"note": "联系厂家"}, by="ding")
    law.at("2024-06-05 00:01")
    run_duties(law.now)

    run.refresh_from_db()

    assert (run.state, run.done, run.required) == ("broken", 1, 2)
    finding = Finding.objects.get(rule="backlog", outcome="breached")
    assert finding.evidence["missing"] == [second]


@pytest.mark.req("CHC-09")
@pytest.mark.parametrize(
    ("opened", "due"),
    [
        ("2024-11-08 10:00", "2024-11-14 00:00"),  # Friday: Monday, Tuesday, Wednesday to its end
        ("2024-11-08 20:00", "2024-11-14 00:00"),  # after hours it is the same day still
        ("2024-09-30 10:00", "2024-10-11 00:00"),  # the week of the national holiday lies between
        ("2024-11-09 10:00", "2024-11-14 00:00"),  # Saturday
    ],
)
def test_working_days_to_the_end_of_the_day_begin_to_count_on_the_next_working_day(law: Regulation, opened: str, due: str) -> None:
    import_holidays("cn-office", [2024], by=BUILDER, at=law.now)
    law.at(opened)
    number = law.open("job", {"text": "窜货"}, by="lan")

    assert Clock.objects.get(ticket__number=number).due_at == moment(due)


def test_it_is_broken_only_when_that_day_is_over(law: Regulation) -> None:
    law.at("2024-11-08 10:00")
    law.open("job", {"text": "窜货"}, by="lan")

    assert sweep(moment("2024-11-13 23:59")) == 0
    assert sweep(moment("2024-11-14 00:01")) == 1
