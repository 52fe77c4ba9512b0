"""Simulated people write what fits the regulation, and so that what an action demands holds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from banjie.kernel.errors import InvalidInput
from banjie.rulebook.language import Field_
from banjie.rulebook.program import Program
from banjie.rulebook.queries import active_program
from banjie.rulebook.shipped import install_shipped, shipped_titles
from banjie.simulation.filling import Sheet, payload
from banjie.simulation.people import People
from banjie.simulation.phrases import COMMON, FOLDER, phrases_of
from banjie.simulation.words import Writer
from banjie.tickets.demands import must_hold
from banjie.tickets.payload import clean_value
from banjie.worktime.verbs.install_shipped import install_shipped_calendars
from tests.cast import BUILDER, LONG_AGO
from tests.regulation import Regulation, install

SHANGHAI = ZoneInfo("Asia/Shanghai")
PEOPLE = {"zhang": ("张敏", "cs_agent", "HQ"), "qian": ("钱丽", "finance", "HQ")}
SUN = {"sun": ("孙磊", "cs_specialist", "HQ")}


def sheet(law: Regulation, kind: str, action: str, present: dict[str, Any], by: str) -> Sheet:
    rule = law.program.types[kind].actions[action]
    reach = People(law.now).reach(law.actor(by), rule, "/")
    standing = {"type": kind, "state": min(rule.states) if rule.states else "", "round": 1}
    return Sheet(law.program, law.program.types[kind], rule, present, standing, law.now, reach)


@pytest.mark.parametrize("slug", sorted(file.stem for file in FOLDER.glob("*.yaml") if file.stem != COMMON))
def test_phrases_fit_the_fields_of_their_regulation(db: None, slug: str) -> None:
    install_shipped_calendars(by=BUILDER, at=LONG_AGO)
    install_shipped(slug, by=BUILDER, at=LONG_AGO)
    program = active_program(slug)
    phrases = phrases_of(slug)
    own = {name for name in phrases.fields if name not in phrases_of("").fields}

    assert own <= set(program.book.fields)
    assert set(phrases.stories) | set(phrases.types) <= {*program.types, "any"}
    assert {name for stories in phrases.stories.values() for story in stories for name in story} <= set(program.book.fields)
    for name, said in _all_said(program):
        field = program.field(name)
        value = Writer(Random(1), LONG_AGO, {}, {}, People(LONG_AGO).reach(BUILDER, _any_rule(program), "/")).told(field, said)
        clean_value(field, value, program.patterns.get(name), SHANGHAI)


def _any_rule(program: Program) -> Any:
    return next(iter(program.types.values())).open_action


def _all_said(program: Program) -> Iterator[tuple[str, Any]]:
    phrases = phrases_of(program.slug)
    for stories in phrases.stories.values():
        for story in stories:
            yield from story.items()
    for name, said in phrases.fields.items():
        if name in program.book.fields:
            for one in _lists(program.field(name), said):
                yield name, one


def _lists(field: Field_, said: Any) -> Iterator[Any]:
    if isinstance(said, dict) and "by" in said:
        for key, inner in said.items():
            yield from () if key == "by" else _lists(field, inner)
    elif isinstance(said, dict):
        yield said
    else:
        yield from (one for one in said if field.kind != "choice" or one in field.choices)


def test_every_shipped_regulation_has_phrases(db: None) -> None:
    drafts = {file.stem for file in (FOLDER.parents[2] / "rulebooks" / "drafts").glob("*.yaml")}

    assert {file.stem for file in FOLDER.glob("*.yaml")} >= set(shipped_titles()) - drafts


def test_the_penalty_that_is_executed_is_the_one_that_was_approved(db: None) -> None:
    law = install("channel-conflict", PEOPLE)
    asked = sheet(law, "conflict", "execute", {"penalty_amount": "8000.00"}, "qian")

    forms = [payload(Random(seed), asked) for seed in range(20)]

    assert {form and float(form["executed_amount"]) for form in forms} == {8000.0}


def test_an_order_is_confirmed_as_its_check_demands_unless_its_story_forbids_it(db: None) -> None:
    law = install("order-review", SUN)
    line = {"item": "电机", "quantity": "10", "price": "5.00"}
    same = {"company": "宁波海虹", "customer_kind": "existing", "order_kind": "mass", "lines": [{**line, "last_price": "5.00"}]}
    dearer = {**same, "lines": [{**line, "last_price": "4.00"}]}
    confirm = law.program.types["sales_order"].actions["confirm"]

    forms = [payload(Random(seed), sheet(law, "sales_order", "confirm", same, "sun")) for seed in range(10)]
    quoted = {**dearer, "quotation_no": "BJ-1", "quoted_amount": "50.00"}

    for form in forms:
        assert form is not None
        must_hold(law.program, confirm, {**same, **form}, standing={"type": "sales_order", "state": "checking", "round": 1})
    with pytest.raises(InvalidInput):
        must_hold(law.program, confirm, dearer, standing={"type": "sales_order", "state": "checking", "round": 1})
    assert payload(Random(1), sheet(law, "sales_order", "confirm", quoted, "sun")) is not None


def test_a_form_that_alone_cannot_meet_a_demand_is_not_filled(db: None) -> None:
    law = install("order-review", SUN)
    line = {"item": "电机", "quantity": "10", "price": "5.00", "last_price": "4.00"}
    unquoted = {"company": "宁波海虹", "lines": [line]}
    bent = payload(Random(1), sheet(law, "sales_order", "confirm", unquoted, "sun"))
    closed = sheet(law, "urgent_order", "receive", {}, "sun")

    assert bent is None or bent["lines"] != [line]  # the form asks the lines too: another order, or none at all
    assert all(
        (form := payload(Random(seed), closed)) and (form.get("insertion") or form.get("increase") or form.get("wanted_on"))
        for seed in range(10)
    )


def test_the_same_seed_writes_the_same_and_another_one_something_else(db: None) -> None:
    law = install("channel-conflict", PEOPLE)
    asked = sheet(law, "conflict", "complain", {}, "zhang")

    assert payload(Random(7), asked) == payload(Random(7), asked)
    assert len({str(payload(Random(seed), asked)) for seed in range(8)}) > 4


def test_a_ticket_goes_on_telling_its_story(db: None) -> None:
    law = install("channel-conflict", PEOPLE)
    story = phrases_of("channel-conflict").stories["conflict"][2]
    present = {"complaint": story["complaint"], "complainant": story["complainant"]}

    form = payload(Random(3), sheet(law, "conflict", "take_evidence", {**present, "area_found": story["area_found"]}, "zhang"))

    assert form is not None
    assert form["area_of_origin"] == story["area_of_origin"]
    assert not re.search(r"[#]|YYYY", str(form))
