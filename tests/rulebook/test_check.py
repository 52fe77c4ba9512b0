"""Every kind of mistake, with its exact place, what is wrong, and what is allowed."""

from __future__ import annotations

from pathlib import Path

import pytest

from banjie.rulebook.check import check
from banjie.rulebook.language import json_schema
from banjie.rulebook.shipped import FOLDER, shipped_text
from tests.rulebook.books import SMALL, as_its_text_leaves_it, spoil

FINISH = "finish: {title: 办结, verb: complete, by: agent, from: opened, to: done, needs: [result, fully_solved]}"
CLOCK = "finished: {title: 限时办结, clause: 一, from: opened, until: finish, within: handling}"

# what is replaced, by what, where the problem stands, what its sentence says
MISTAKES = [
    # shape
    ("title: 小办法", "titel: 小办法", "titel", None),
    ("agent: {title: 客服}", "agent: {title: 客服, sight: own}", "sight", "这里没有“sight”这个关键字"),
    ("agent: {title: 客服}", "agent: {en: Agent}", "agent", "缺少“title”"),
    ("agent: {title: 客服}", "Agent: {title: 客服}", "Agent", "小写字母"),
    ("agent: {title: 客服}", "agent: 客服", "agent", "应写键和值"),
    ("stage: handling", "stage: handlin", "stage", "是不是想写“handling”？可用：intake"),
    ("  一: 接到即办。", "  一: 5", "一", "应写文字"),
    ("{high: 高, low: 低}", "{high: 高, low: 5}", "low", "应写文字，不能写“5”"),
    ("{high: 高, low: 低}", "{high: 高, low: {en: Low}}", "low", "缺少“title”"),
    ("{high: 高, low: 低}", "{high: 高, low: {title: 低, english: Low}}", "english", "这里没有“english”这个关键字"),
    ("{high: 高, low: 低}", "{high: 高, low: ''}", "low", "不能为空"),
    ("kind: money", "kind: money, max: many", "max", "应写整数，不能写“many”"),
    ("calendar: cn-24h", "calendar: 24小时", "calendar", "小写字母、数字和连字符"),
    ("start: opened", "start: opened, rank: 12", "rank", "不能大于 9"),
    ("title: 小办法", "title: ''", "title", "不能为空"),
    # names
    ("process: work, start", "process: wrok, start", "process", "没有“wrok”这个流程。是不是想写“work”？"),
    ("start: opened", "start: open", "start", "没有“open”这个状态。是不是想写“opened”？可用：done, opened"),
    ("verb: verify", "verb: verifi", "verb", "没有“verifi”这个动作词。是不是想写“verify”？"),
    ("by: agent, from: opened, needs: verified", "by: agnt, from: opened, needs: verified", "by", "没有“agnt”这个岗位"),
    ("needs: verified", "needs: [verified, reason]", "needs", "没有“reason”这个字段"),
    ("title: 时效, clause: 一", "title: 时效, clause: 三", "clause", "没有“三”这个条款。可用：一, 二"),
    ("of: {deadline: finished}", "of: {deadline: finish}", "deadline", "没有“finish”这个时限。是不是想写“finished”？"),
    ("of: {deadline: finished}", "of: {}", "of", "只能统计一项"),
    ("of: {deadline: finished}", "of: {action: finish, outcome: good}", "outcome", "没有“good”这个结果"),
    ("boss: {title: 主管}", "assignee: {title: 主管}", "assignee", "是固定用语"),
    ("check: {title: 核实, verb", "done: {title: 核实, verb", "done", "既是状态又是动作"),
    # actions
    ("needs: [result, fully_solved]", "needs: result", "needs", "必须填写“fully_solved”，不可配置掉"),
    ("to: done, needs", "needs", "finish", "会改变状态，请写明“to: 状态”"),
    ("to: done, needs", "to: {solved: done}, needs", "to", "只有一种结果"),
    ("by: agent, from: opened, to: done", "by: [], from: opened, to: done", "by", "没有人可以做“finish”"),
    ("from: opened, needs: verified", "from: [], needs: verified", "from", "没有可以做“check”的状态"),
    (
        "accept: {title: 受理, verb: accept, by: agent, asks",
        "accept: {title: 受理, verb: accept, by: agent, to: done, asks",
        "accept",
        "起始状态由类别决定",
    ),
    ("verb: verify, by: agent, from: opened, needs: verified", "verb: dispatch, by: agent, to: {direct: opened}", "check", "需要写“match”"),
    ("verb: verify, by: agent, from: opened, needs: verified", "verb: guide, by: agent, needs: [result]", "check", None),
    ("from: opened, to: done", "from: opned, to: done", "from", "没有“opned”这个状态。是不是想写“opened”"),
    ("from: opened, to: done", "from: opened, to: dne", "to:", "没有“dne”这个状态"),
    (
        "verb: verify, by: agent, from: opened, needs: verified",
        "verb: dispatch, by: agent, from: opened, to: {direct: opened}, match: {role: cook}",
        "role",
        "没有“cook”这个岗位",
    ),
    # fields
    ("level: {title: 级别, kind: choice, choices: {high: 高, low: 低}}", "level: {title: 级别, kind: choice}", "level", None),
    ("note: {title: 说明, kind: long_text}", "note: {title: 说明, as: phone}", "as", "“phone”已对应“phone”"),
    ("amount: {title: 金额, kind: money}", "amount: {title: 金额, kind: money, min: 9, max: 1}", "min", "最小值大于最大值"),
    ("result: {title: 结果}", "result: {title: 结果, pattern: '(a+)+'}", "pattern", "可能运行很久"),
    ("result: {title: 结果}", "result: {title: 结果, pattern: '[a'}", "pattern", "不是正则表达式"),
    ("result: {title: 结果}", "result: {title: 结果, role: cook}", "role", "没有“cook”这个岗位"),
    # expressions
    ("result: {title: 结果}", "result: {title: 结果, need_if: amount >}", "need_if", "从第 9 个字符起读不懂"),
    ("result: {title: 结果}", "result: {title: 结果, need_if: amont > 1.0}", "need_if", "没有“amont”这个字段。是不是想写“amount”？"),
    ("result: {title: 结果}", "result: {title: 结果, need_if: ticket.state == 'x'}", "need_if", "没有“ticket”这个字段"),
    ("result: {title: 结果}", "result: {title: 结果, need_if: note > 1}", "need_if", "种类不一致"),
    ("result: {title: 结果}", "result: {title: 结果, show_if: result == 'x'}", "show_if", "是否显示取决于它自己"),
    ("result: {title: 结果}", "result: {title: 结果, value: amount + 1}", "value", "种类不一致"),
    ("result: {title: 结果}", "result: {title: 结果, value: 1.0 / amount}", "value", "“amount”为空时，这个表达式算不出来：除数为零"),
    ("result: {title: 结果}", "result: {title: 结果, value: 'lines.map(l, l.qty)'}", "value", "必须是文字、数字"),
    ("result: {title: 结果}", "result: {title: 结果, value: string(timestamp(visit_at))}", "value", "“visit_at”为空时，这个表达式算不出来"),
    ("result: {title: 结果}", "result: {title: 结果, value: upper(note)}", "value", "没有函数“upper”"),
    ("result: {title: 结果}", "result: {title: 结果, value: 'lines.map(l, note)'}", "value", "内容太长，不能逐行重复读取"),
    ("result: {title: 结果}", "result: {title: 结果, value: result + 'x'}", "value", "由它自己算出"),
    (
        "from: opened, needs: verified",
        "from: opened, needs: verified, when: ticket.stat == 'x'",
        "when",
        "没有“ticket.stat”这个取值。是不是想写“ticket.state”？",
    ),
    # flow
    ("done: {title: 办结, stage: closing}", "done: {title: 办结, stage: closing}\n      lost: {title: 迷失, stage: handling}", None, None),
    # limits and clocks
    ("values: {high: 2h, low: 8h}", "values: {high: 2h, low: 8 hous}", "low: 8 hous", "不是时长"),
    ("values: {high: 2h, low: 8h}", "values: {high: 2h, lo: 8h, low: 8h}", "lo:", "没有“lo”这个取值"),
    ("per: level, values", "values", "handling", "需要写“per”"),
    ("within: handling", "within: handling, due: visit_at", "finished", "只能写一种"),
    ("within: handling", "due: amount", "due", "没有“amount”这个日期字段"),
    ("within: handling", "due: visit_at minus 3", "due", "visit_at - 30m"),
    ("within: handling", "by: noon", "by", "14:00"),
    ("until: finish, within", "until: opened, within", "until", "同时开始和结束"),
    ("from: opened, until: finish", "from: done, until: finish", "from", "不会开始计时"),
    ("until: finish, within", "until: accept, within", "from", "不会开始计时"),
    (CLOCK, CLOCK + "\n    timers:\n      late: {in: opened, after: 1d, do: finish}", None, None),
    # duties
    ("do: check, by: agent", "do: accept, by: agent", "do", "在“opened”状态下做不了 accept"),
    ("over: {states: opened}, do: check", "over: {states: done}, do: check", "do:", "在“done”状态下做不了 check"),
    ("do: check, by: agent", "do: check, by: boss", "by", "都不能做 check"),
    ("do: check, by: agent", "do: check, by: agent, until: soon", "until", "14:00"),
    ("over: {states: opened}, do: check", "do: check", "check_all", "需要写“over”"),
    ("do: check, by: agent", "do: check, by: agent, take: many", "take", "10%"),
]


@pytest.mark.parametrize(("old", "new", "place", "sentence"), MISTAKES, ids=[f"{i}-{m[1][:32]}" for i, m in enumerate(MISTAKES)])
def test_a_mistake_is_named_at_its_line_and_column_with_what_is_allowed(
    old: str, new: str, place: str | None, sentence: str | None
) -> None:
    spoiled = spoil(old, new)

    assert spoiled.problems
    here = [p for p in spoiled.problems if place is None or (p.line, p.column) == spoiled.at(place)]
    assert here, [str(p) for p in spoiled.problems]
    assert sentence is None or any(sentence in p.message for p in here), [str(p) for p in here]
    for problem in spoiled.problems:
        assert any("一" <= sign <= "鿿" for sign in problem.message), f"not in Chinese: {problem}"


def test_a_state_that_nobody_reaches_and_one_that_nobody_leaves_are_named() -> None:
    unreached = spoil(
        "done: {title: 办结, stage: closing}", "done: {title: 办结, stage: closing}\n      lost: {title: 迷失, stage: handling}"
    )
    stuck = spoil("to: done, needs", "to: opened, needs")

    assert "不会有工单进入“lost”" in unreached.only.message
    assert unreached.only.line == unreached.line + 1
    assert any("从“opened”无法走到结束" in p.message for p in stuck.problems)


def test_a_timer_may_do_only_what_needs_no_person() -> None:
    spoiled = spoil(CLOCK, CLOCK + "\n    timers:\n      late: {in: opened, after: 1d, do: finish}")

    assert (spoiled.only.line, spoiled.only.column) == (spoiled.line + 2, 37)
    assert "“finish”不能由系统代做" in spoiled.only.message


def test_all_problems_are_reported_at_once_in_the_order_of_the_text() -> None:
    text = SMALL.replace("verb: verify", "verb: verifi").replace("start: opened", "start: open").replace("do: check", "do: chek")

    problems = check(text).problems

    assert [p.line for p in problems] == sorted(p.line for p in problems)
    assert {"verb", "start", "do"} <= {p.place.rsplit(".", 1)[-1] for p in problems}


def test_a_problem_says_its_place_in_the_book() -> None:
    problem = spoil("verb: verify", "verb: verifi").only

    assert problem.place == "processes.work.actions.check.verb"
    assert str(problem) == f"{problem.line}:{problem.column}: processes.work.actions.check.verb: {problem.message}"


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*.yaml")), ids=lambda file: file.stem)
def test_every_shipped_rulebook_may_be_activated(file: Path) -> None:
    report = check(file.read_text(encoding="utf-8"))

    assert report.may_activate, [str(p) for p in report.problems]
    assert report.book is not None
    assert report.book.rulebook == file.stem


@pytest.mark.parametrize("file", sorted((FOLDER / "drafts").glob("*.yaml")), ids=lambda file: file.stem)
def test_every_draft_is_right_and_waits_for_nothing_that_is_not_built(file: Path) -> None:
    report = check(file.read_text(encoding="utf-8"))

    assert report.errors == ()
    assert report.unavailable == ()


@pytest.mark.req("PLT-10")
def test_a_limit_left_unset_is_listed_and_does_not_make_the_text_wrong() -> None:
    whole = spoil("values: {high: 2h, low: 8h}", "values: {high: 2h, low: unset}")
    missing = spoil("values: {high: 2h, low: 8h}", "values: {high: 2h}")

    assert (whole.only.line, whole.only.column, whole.only.severity) == (*whole.at("low: unset"), "unset")
    assert "请写明时长" in whole.only.message
    assert missing.only.severity == "unset"
    assert "“low”" in missing.only.message


@pytest.mark.req("PLT-10")
def test_a_real_regulation_names_the_minutes_that_its_text_left_blank() -> None:
    report = check(as_its_text_leaves_it())

    assert "limits.first_assessment.values" in {p.place for p in report.unset}


def test_a_word_behind_which_nothing_is_built_yet_may_be_drafted_and_says_so() -> None:
    spoiled = spoil("qty: {title: 数量, kind: number}", "qty: {title: 数量, kind: file}")

    assert spoiled.only.severity == "unavailable"
    assert (spoiled.only.line, spoiled.only.column) == spoiled.at("kind: file")
    assert "“file”尚未建成" in spoiled.only.message


def test_a_field_of_files_is_available_and_conditions_count_its_files() -> None:
    photo = "\nfields:\n  photo: {title: 照片, kind: file, need_if: level == 'high'}\n  seen: {title: 见照片, show_if: size(photo) > 0}\n"

    assert check(SMALL.replace("\nfields:\n", photo)).problems == ()
    assert "不能写as" in spoil("result: {title: 结果}", "result: {title: 结果, kind: file, as: summary}").only.message


def test_checking_a_whole_regulation_takes_no_noticeable_time() -> None:
    import time

    text = shipped_text("pos-terminal-service")
    check(text)
    begun = time.process_time()

    check(text)

    assert time.process_time() - begun < 0.5


def test_a_choice_is_its_title_alone_or_has_an_english_name_too() -> None:
    book = check(SMALL.replace("{high: 高, low: 低}", "{high: {title: 高, en: High}, low: 低}")).book

    assert book is not None
    assert {key: (choice.title, choice.en) for key, choice in book.fields["level"].choices.items()} == {
        "high": ("高", "High"),
        "low": ("低", ""),
    }


def test_editors_are_told_both_forms_of_a_choice() -> None:
    (forms,) = json_schema()["$defs"]["Field_"]["properties"]["choices"]["patternProperties"].values()

    assert [form.get("type", form.get("$ref")) for form in forms["anyOf"]] == ["string", "#/$defs/Choice"]


def test_every_choice_of_the_shipped_regulation_has_an_english_name() -> None:
    book = check(shipped_text("pos-terminal-service")).book

    assert book is not None
    assert [f"{name}.{key}" for name, field in book.fields.items() for key, choice in field.choices.items() if not choice.en] == []
