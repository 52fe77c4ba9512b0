"""What the clause page says of a duty: however often it is owed, over tickets or as a ticket of its own."""

from __future__ import annotations

import pytest
from django.utils import translation

from banjie.insight.words import duty_facts
from banjie.rulebook.check import parse
from banjie.rulebook.program import compile_book
from banjie.rulebook.shipped import FOLDER, shipped_text


@pytest.mark.parametrize("slug", sorted(file.stem for file in FOLDER.glob("*.yaml")))
def test_every_duty_of_a_shipped_regulation_can_be_said(slug: str) -> None:
    program = compile_book(parse(shipped_text(slug)), version_id=1, number=1)

    with translation.override("en"):
        said = {name: duty_facts(program, duty) for name, duty in program.book.duties.items()}

    for name, facts in said.items():
        assert facts[0].startswith("every ")
        assert all(fact.strip() == fact for fact in facts), facts
        assert any(fact.startswith("one “") for fact in facts) == bool(program.book.duties[name].opens)
