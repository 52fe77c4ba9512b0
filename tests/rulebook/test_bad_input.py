"""Books that read well and could not be worked by: each found before it is put to work, at its place, with what to write instead."""

from __future__ import annotations

import pytest

from banjie.rulebook.check import check
from banjie.rulebook.source import Problem
from tests.rulebook.books import SIGNED, SMALL, spoil

CHECK = "check: {title: 核实, verb: verify, by: agent, from: opened, needs: verified}"
FINISH = "finish: {title: 办结, verb: complete, by: agent, from: opened, to: done, needs: [result, fully_solved]}"
CLOCK = "finished: {title: 限时办结, clause: 一, from: opened, until: finish, within: handling}"
ACCEPT = "accept: {title: 受理, verb: accept, by: agent, asks: [phone, level]}"
STEPS = "steps: [{by: head}, {by: [head, boss], need: all}, {by: boss, need: 2, when: amount > 100.0}]"
RESULT = "result: {title: 结果}"


def said(problems: tuple[Problem, ...], place: str) -> list[str]:
    """Return what was said at a place of the book."""
    return [p.message for p in problems if p.place == place]


# Who may do it.


def test_an_action_of_the_one_who_works_it_needs_somebody_who_works_it() -> None:
    spoiled = spoil(FINISH, FINISH.replace("by: agent", "by: assignee"))

    assert "还没有经办人" in said(spoiled.problems, "processes.work.actions.finish.by")[0]
    assert (spoiled.only.line, spoiled.only.column) == spoiled.at("by: assignee")


def test_signing_for_a_ticket_gives_it_somebody_who_works_it() -> None:
    taken = "take: {title: 签收, verb: sign, by: agent, from: opened, to: taken}\n      "
    book = SMALL.replace(FINISH, taken + FINISH.replace("by: agent", "by: assignee").replace("from: opened", "from: taken"))

    assert check(book.replace("done: {title: 办结", "taken: {title: 在办, stage: handling}\n      done: {title: 办结")).problems == ()


def test_what_is_refused_to_the_one_who_works_it_names_somebody_else() -> None:
    spoiled = spoil(CHECK, CHECK.replace("by: agent", "by: assignee"))

    assert any("不允许由经办人自己做" in sentence for sentence in said(spoiled.problems, "processes.work.actions.check.by"))


def test_a_role_that_sees_only_its_own_tickets_never_signs() -> None:
    spoiled = spoil("head: {title: 主任, en: Head}", "head: {title: 主任, en: Head, sees: own}", SIGNED)

    assert [p.place for p in spoiled.problems] == ["processes.work.signoffs.both.steps.0.by", "processes.work.signoffs.both.steps.1.by"]
    assert all("永远无法签批" in p.message for p in spoiled.problems)


def test_a_sign_off_whose_conditions_leave_out_every_step_is_named_with_an_example() -> None:
    steps = "steps: [{by: head, when: amount > 100.0 && amount < 500.0}, {by: boss, when: level == 'grave'}]"
    spoiled = spoil(STEPS, steps, SIGNED)

    assert spoiled.only.place == "processes.work.signoffs.both.steps"
    assert "amount = 0.0, level = slight" in spoiled.only.message
    assert "不带 when" in spoiled.only.message


def test_conditions_that_leave_one_step_in_every_case_are_welcome() -> None:
    steps = "steps: [{by: head, when: amount > 100.0}, {by: boss, when: amount <= 100.0}]"

    assert spoil(STEPS, steps, SIGNED).problems == ()


# Clocks.


def test_a_clock_that_is_stopped_by_what_starts_it_never_starts() -> None:
    spoiled = spoil(CLOCK, CLOCK.replace("from: opened", "from: [opened, finish]").replace("until: finish", "until: check"))

    assert "不会从“finish”开始计时" in said(spoiled.problems, "processes.work.deadlines.finished.from")[0]


def test_a_clock_that_nothing_after_its_start_stops_is_named() -> None:
    states = "done: {title: 办结, stage: closing}"
    book = SMALL.replace(states, f"checked: {{title: 已核, stage: handling}}\n      {states}")
    book = book.replace(FINISH, FINISH.replace("from: opened", "from: checked")).replace(
        CHECK, CHECK.replace("from: opened", "from: opened, to: checked")
    )
    clock = CLOCK.replace("from: opened", "from: checked").replace("until: finish", "until: opened")

    problems = check(book.replace(CLOCK, clock)).problems

    assert "从“checked”开始" in said(problems, "processes.work.deadlines.finished.until")[0]


@pytest.mark.parametrize(("limit", "part"), [("due: visit_at - 30m", "due"), ("within: by_plan", "within")])
def test_a_clock_whose_date_or_level_nobody_ever_enters_never_starts(limit: str, part: str) -> None:
    limits = "limits:\n  by_plan: {title: 按计划, per: plan, values: {short: 1h, long: 9h}}"
    book = SMALL.replace("limits:", limits).replace(
        "result: {", "plan: {title: 计划, kind: choice, choices: {short: 短, long: 长}}\n  result: {"
    )
    spoiled = spoil(CLOCK, CLOCK.replace("within: handling", limit), book)

    assert "还不知道" in said(spoiled.problems, f"processes.work.deadlines.finished.{part}")[0]


def test_a_clock_knows_what_is_entered_with_what_starts_it() -> None:
    book = SMALL.replace(CHECK, CHECK.replace("needs: verified", "needs: [verified, visit_at]"))
    clock = CLOCK.replace("from: opened", "from: check").replace("within: handling", "due: visit_at - 30m")

    assert check(book.replace(CLOCK, clock)).problems == ()


@pytest.mark.parametrize("within", ["30 working days", "4 working hours", "30d, end of day"])
def test_repeats_are_looked_for_by_calendar_days(within: str) -> None:
    spoiled = spoil("start: opened", f"start: opened, repeat: {{within: '{within}'}}")

    assert spoiled.only.place == "types.job.repeat.within"
    assert "请写天数，例如 30d" in spoiled.only.message


# Expressions.


@pytest.mark.parametrize(
    ("old", "new", "place", "sentence"),
    [
        (CHECK, CHECK.replace("needs", "when: timestamp(visit_at) > timestamp('2024-01-01T00:00:00Z'), needs"), "actions.check.when", "visit_at != '' && …"),
        (RESULT, "result: {title: 结果, need_if: 'lines[0].qty > 1.0'}", "fields.result.need_if", "size(lines) > 0 && …"),
        (RESULT, "result: {title: 结果, value: 100.0 / amount}", "fields.result.value", "amount == 0.0 ? 0.0 : …"),
        (RESULT, "result: {title: 结果, need_if: int(note) > 1}", "fields.result.need_if", "“note”为空时"),
        (RESULT, "result: {title: 结果, need_if: note != '' && int(note) > 1}", "fields.result.need_if", "“note”填“甲”时"),
        (RESULT, "result: {title: 结果, need_if: level == 'hihg'}", "fields.result.need_if", "没有“hihg”这个选项。是不是想写“high”"),
        (RESULT, "result: {title: 结果, need_if: \"'hihg' != level\"}", "fields.result.need_if", "没有“hihg”这个选项"),
        (RESULT, "result: {title: 结果, need_if: \"level in ['high', 'lo']\"}", "fields.result.need_if", "没有“lo”这个选项"),
        (CHECK, CHECK.replace("needs", "when: ticket.state == 'open', needs"), "actions.check.when", "没有“open”这个状态"),
        (CHECK, CHECK.replace("needs", "when: ticket.type != 'jobs', needs"), "actions.check.when", "没有“jobs”这个类别"),
    ],
)  # fmt: skip
def test_an_expression_that_fails_or_never_holds_names_the_field_and_the_guard(old: str, new: str, place: str, sentence: str) -> None:
    book = SMALL.replace(ACCEPT, ACCEPT.replace("[phone, level]", "[phone, level, visit_at]"))
    spoiled = spoil(old, new, book)

    found = [p for p in spoiled.problems if p.place.endswith(place)]
    assert any(sentence in p.message for p in found), [str(p) for p in spoiled.problems]


@pytest.mark.parametrize(
    "new",
    [
        "result: {title: 结果, need_if: visit_at != '' && timestamp(visit_at) > timestamp('2024-01-01T00:00:00Z')}",
        "result: {title: 结果, value: 'amount == 0.0 ? 0.0 : 100.0 / amount'}",
        "result: {title: 结果, need_if: 'size(lines) > 0 && lines[0].qty > 1.0'}",
        "result: {title: 结果, need_if: level == '' || level == 'high'}",
    ],
)
def test_an_expression_with_its_guard_is_welcome(new: str) -> None:
    assert spoil(RESULT, new).problems == ()


def test_a_demand_on_a_field_that_its_action_needs_wants_no_guard_for_its_absence() -> None:
    demand = "must: [{that: timestamp(visit_at) > timestamp('2024-01-01T00:00:00Z'), say: 太早}]"
    needed = CHECK.replace("needs: verified", f"needs: [verified, visit_at], {demand}")

    assert spoil(CHECK, needed).problems == ()
    assert "visit_at != ''" in spoil(CHECK, needed.replace("[verified, visit_at]", "verified, asks: visit_at")).only.message


def test_a_type_whose_tickets_would_begin_where_they_are_over_is_named() -> None:
    spoiled = spoil("start: opened", "start: done")

    assert "types.job.start" in {p.place for p in spoiled.problems}
    assert any("不能从“done”开始" in p.message for p in spoiled.problems)


# Types that open each other.


def test_types_that_open_each_other_without_end_are_named() -> None:
    spoiled = spoil(
        "end: {title: 完成, verb: record, by: staff", "end: {title: 完成, verb: record, needs: item, opens: job, by: staff", SIGNED
    )

    assert {p.place for p in spoiled.problems} == {"processes.work.actions.split.opens", "processes.parts.actions.end.opens"}
    assert all("无休止" in p.message for p in spoiled.problems)


def test_a_type_that_opens_its_own_kind_is_named() -> None:
    spoiled = spoil("opens: part", "opens: job", SIGNED)

    assert any("“job”会无休止地开立" in p.message for p in spoiled.problems)


def test_types_that_wait_for_each_other_are_named() -> None:
    spoiled = spoil("from: waiting, to: finished}", "from: waiting, to: finished, children: {job: done}}", SIGNED)

    assert {"processes.work.actions.finish.children", "processes.parts.actions.end.children"} <= {p.place for p in spoiled.problems}


# What is only worth knowing.


def test_a_clause_that_no_rule_serves_is_remarked_and_blocks_nothing() -> None:
    report = check(SMALL.replace("  二: 每日核实。", "  二: 每日核实。\n  三: 本办法自发布之日起施行。"))

    assert [(p.place, p.line, p.severity) for p in report.remarks] == [("clauses.三", 7, "remark")]
    assert "没有规则对应这一条" in report.remarks[0].message
    assert report.may_activate
    assert check(SMALL).remarks == ()


def test_a_misspelled_key_is_answered_with_the_nearest_one() -> None:
    spoiled = spoil("deadlines:", "deadline:")

    assert "是不是想写“deadlines”？" in spoiled.only.message
