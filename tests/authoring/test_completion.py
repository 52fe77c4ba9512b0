"""What the editor proposes."""

from __future__ import annotations

import time

import pytest

from banjie.authoring.completion import Proposals, propose
from banjie.authoring.keywords import meaning_of
from banjie.rulebook import language
from banjie.rulebook.language import Part
from banjie.rulebook.shipped import shipped_text
from banjie.rulebook.source import MAX_BYTES
from banjie.rulebook.vocabulary import VERBS
from banjie.worktime.verbs.install_shipped import install_shipped_calendars
from tests.cast import BUILDER, LONG_AGO
from tests.rulebook.books import SMALL

KEYWORDS = [
    (part.__name__, field.alias or name)
    for part in vars(language).values()
    if isinstance(part, type) and issubclass(part, Part)
    for name, field in part.model_fields.items()
]


def proposed(text: str, spoken: str = "zh-hans") -> Proposals:
    """Return what is proposed at the mark "|" of a text."""
    before = text[: text.index("|")]
    return propose(text.replace("|", "", 1), line=before.count("\n") + 1, column=len(before.rsplit("\n", maxsplit=1)[-1]), language=spoken)


def labels(text: str) -> list[str]:
    return [option.label for option in proposed(text).options]


def test_an_empty_text_is_offered_the_keys_of_a_book_with_those_that_must_be_there_first() -> None:
    options = proposed("|").options

    assert [o.label for o in options if o.is_needed] == ["rulebook", "title", "calendar", "clauses", "roles", "types", "processes"]
    assert options[0].insert == "rulebook: "
    assert options[0].meaning == "简称，用于网址和命令"


def test_a_key_that_is_there_already_is_not_proposed_again() -> None:
    assert "sees" in labels("roles:\n  boss: {title: 主管, |}")
    assert "title" not in labels("roles:\n  boss: {title: 主管, |}")


@pytest.mark.parametrize(
    ("where", "names"),
    [
        ("      x: {verb: |", ["complete", "close"]),
        ("      x: {verb: complete, by: |", ["agent", "boss", "assignee"]),
        ("      x: {verb: complete, from: |", ["opened", "done", "open", "any"]),
        ("      x: {verb: complete, to: |", ["opened", "done"]),
        ("      x: {verb: call_back, to: {|", ["satisfied", "dissatisfied", "unreachable"]),
        ("      x: {verb: complete, needs: [|", ["result", "fully_solved", "phone"]),
        ("      x: {verb: complete, clause: |", ["一", "二"]),
    ],
)
def test_names_of_the_book_are_proposed_where_they_may_stand(where: str, names: list[str]) -> None:
    found = labels(SMALL.replace("    actions:\n", f"    actions:\n{where}\n", 1))

    assert [name for name in names if name not in found] == []


def test_the_fields_that_the_verb_demands_come_first_and_listed_ones_are_left_out() -> None:
    found = proposed(SMALL.replace("    actions:\n", "    actions:\n      x: {verb: complete, needs: [result, |\n", 1)).options

    assert (found[0].label, found[0].is_needed) == ("fully_solved", True)
    assert "result" not in [option.label for option in found]


def test_states_of_another_process_are_not_proposed() -> None:
    two = SMALL.replace("duties:", "  other:\n    title: 另办\n    states:\n      elsewhere: {title: 别处, stage: handling}\nduties:")

    assert "elsewhere" not in labels(two.replace("from: opened, needs", "from: |opened, needs"))
    assert "elsewhere" in labels(two.replace("over: {states: opened}", "over: {states: |}"))


def test_words_of_the_language_are_proposed_with_limits_and_spans() -> None:
    assert labels(SMALL.replace("every: ", "").replace("over: {states: opened}", "every: |"))[:2] == ["day", "working_day"]
    assert {"handling", "24h", "2 working days"} <= set(labels(SMALL.replace("within: handling", "within: |")))
    assert labels(SMALL.replace("stage: handling", "stage: |"))[0] == "intake"


@pytest.mark.django_db
def test_calendars_of_the_organisation_are_proposed() -> None:
    install_shipped_calendars(by=BUILDER, at=LONG_AGO)

    assert "cn-24h" in labels("calendar: |")


def test_behind_a_bare_colon_a_blank_is_written_too() -> None:
    option = proposed(SMALL.replace("verb: verify", "verb:|")).options[0]

    assert option.insert == f" {option.label}"


def test_nothing_is_proposed_where_nothing_is_known_nor_for_a_text_that_is_too_large() -> None:
    assert labels("title: 办|") == []
    assert labels("nonsense:\n  deeper: |") == []
    assert propose("x" * (MAX_BYTES + 1), line=1, column=1, language="en").options == ()
    assert propose("a: b", line=99, column=99, language="en").options is not None


@pytest.mark.parametrize(("part", "keyword"), KEYWORDS)
def test_every_keyword_has_its_meaning_from_the_guide_in_both_languages(part: str, keyword: str) -> None:
    if keyword in ("title", "en", "clause"):
        return
    assert meaning_of(part, keyword, "zh-hans"), keyword
    assert meaning_of(part, keyword, "en"), keyword


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_its_meaning_from_the_guide(verb: str) -> None:
    assert meaning_of("verbs", verb, "zh-hans")


def test_proposals_for_the_largest_shipped_book_come_while_one_types() -> None:
    text = shipped_text("hotline-service").replace("processes:", "processes:\n  |", 1)
    proposed(text)

    began = time.process_time()
    proposed(text)

    assert time.process_time() - began < 0.25
