"""Aim at what an action demands: vary what is entered, within bounds, until each condition holds."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING, Any

from banjie.rulebook import expressions
from banjie.rulebook.language import Field_
from banjie.simulation.phrases import phrases_of
from banjie.simulation.words import Writer
from banjie.tickets.conditions import computed, conditions_of, entries_read, expression_values

if TYPE_CHECKING:
    from banjie.simulation.filling import Sheet

TRIES = 60
TRIES_FOR_A_WISH = 15


@dataclass(frozen=True, slots=True)
class Aim:
    """A condition that shall hold of the record with what is entered."""

    that: str


def aimed(
    random: Random, sheet: Sheet, given: dict[str, Any], *, demands: list[Aim], wishes: list[Aim], told: Collection[str]
) -> dict[str, Any] | None:
    """Return the form varied so that the demands hold, and as many wishes as can be met besides; None when the demands cannot.

    Args:
        told: fields that say what happened, which nobody bends.
    """
    walk = _Walk(random, sheet)
    recorded = {name for name, value in sheet.present.items() if value not in (None, "")}
    found = walk.to(given, demands, TRIES, kept={*told, *recorded})
    if found is None:  # what stands in the record is corrected sooner than given up; what happened stays as it happened
        found = walk.to(given, demands, TRIES, kept=told)
    if found is None:
        return None
    for wish in walk.missed(found, wishes):
        better = walk.to(found, [*demands, wish], TRIES_FOR_A_WISH, kept=told)
        if better is not None:
            found, demands = better, [*demands, wish]
    return found


class _Walk:
    """Random steps from one form to another, none of which makes it worse."""

    def __init__(self, random: Random, sheet: Sheet) -> None:
        self.random, self.sheet = random, sheet
        phrases = phrases_of(sheet.program.slug)
        self.writer = Writer(random, sheet.at, {}, phrases.fields, sheet.reach)
        stories = phrases.stories_of(sheet.kind.name)
        self.said = {name: [story[name] for story in stories if name in story] for story in stories for name in story}

    def to(self, given: dict[str, Any], aims: list[Aim], tries: int, kept: Collection[str] = ()) -> dict[str, Any] | None:
        """Return a form near the one given for which all aims hold; without changing the fields `kept`."""
        missed = self.missed(given, aims)
        for _n in range(tries):
            if not missed:
                return given
            movable = [name for name in self._movable(self.random.choice(missed)) if name not in kept]
            if not movable:
                return None
            name = self.random.choice(movable)
            other = {**given, name: self._another(name, given)}
            if len(still := self.missed(other, aims)) <= len(missed):
                given, missed = other, still
        return None if missed else given

    def _movable(self, aim: Aim) -> list[str]:
        """Return the fields of the form on which a condition depends."""
        return sorted(entries_read(self.sheet.program, aim.that) & set(self.sheet.rule.fields))

    def missed(self, given: Mapping[str, Any], aims: list[Aim]) -> list[Aim]:
        """Return the aims that do not hold of a form."""
        if not aims:
            return []
        program = self.sheet.program
        have = {**self.sheet.present, **given}
        hidden = conditions_of(program, self.sheet.rule, have).hidden
        have = {name: value for name, value in have.items() if name not in hidden}
        try:
            seen = {**expression_values(program, {**have, **computed(program, have)}), "ticket": dict(self.sheet.standing)}
        except expressions.BadExpression:
            return aims
        return [aim for aim in aims if not _holds(aim, seen)]

    def _another(self, name: str, given: Mapping[str, Any]) -> Any:
        """Return another value for a field: one that stands elsewhere in a field of its kind, or one drawn anew."""
        field = self.sheet.program.field(name)
        if field.kind == "yes_no":
            return self.random.random() < 0.5
        drawn = [self.writer.value(name, field, field.role or "", given)]
        drawn += [self.writer.told(field, said) for said in self.said.get(name, [])]
        if field.kind == "choice":
            return self.random.choice(list(field.choices))
        if field.kind == "rows":
            return self.random.choice(drawn)
        return self.random.choice([*drawn, *self._elsewhere(name, field, given)])

    def _elsewhere(self, name: str, field: Field_, given: Mapping[str, Any]) -> list[Any]:
        program = self.sheet.program
        have = {**self.sheet.present, **given}
        with contextlib.suppress(expressions.BadExpression):
            have |= computed(program, have)
        kinds = (
            {"text", "long_text"}
            if field.kind in {"text", "long_text"}
            else {"number", "money"}
            if field.kind in {"number", "money"}
            else {field.kind}
        )
        return [
            have[other]
            for other, spec in program.book.fields.items()
            if other != name and spec.kind in kinds and have.get(other) not in (None, "")
        ]


def _holds(aim: Aim, seen: Mapping[str, Any]) -> bool:
    try:
        return bool(expressions.evaluate(aim.that, seen))
    except expressions.BadExpression:
        return False
