"""Fill forms as people would: with words that fit the regulation, and so that what the action demands holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any

from banjie.rulebook.program import ActionRule, Program, TypeProgram
from banjie.simulation.aiming import Aim, aimed
from banjie.simulation.people import Reach
from banjie.simulation.phrases import Phrases, phrases_of
from banjie.simulation.words import Writer
from banjie.tickets.conditions import conditions_of

LIKELY = 0.3  # that somebody ticks a box that he need not
SAYS_MORE = 0.6  # that somebody fills in what he may leave empty
CAREFUL = 0.85  # that somebody fills in a form with the next steps in mind
# What these verbs ask becomes part of the record, on which later steps depend.
KEPT = frozenset({"accept", "register", "classify", "record"})
# Of these the form is filled in whole as far as people may.
WHOLE = frozenset({"accept", "register", "approve"})


@dataclass(frozen=True, slots=True)
class Sheet:
    """A form to fill: of which action, upon which record, when, whom it may name. `standing` is what conditions see as `ticket`."""

    program: Program
    kind: TypeProgram
    rule: ActionRule
    present: Mapping[str, Any]
    standing: Mapping[str, Any]
    at: datetime
    reach: Reach
    story: Mapping[str, Any] | None = None  # which the opening shall tell; without it any


def payload(random: Random, sheet: Sheet) -> dict[str, Any] | None:
    """Return a filled form; None when what the action demands cannot be met by this form alone."""
    filling = _Filling(random, sheet)
    given = filling.fill()
    if sheet.rule.spec.match and any(name not in given and not sheet.present.get(name) for name in sheet.rule.spec.needs):
        return None  # there is nobody to whom it could go
    demands = [Aim(must.that) for must in sheet.rule.spec.must]
    if sheet.rule.spec.opens and (below := _below(sheet)):
        demands += [Aim(must.that) for must in below.spec.must]
    wishes = _wishes(sheet) if sheet.rule.spec.verb in KEPT and random.random() < CAREFUL else []
    if not demands and not wishes:
        return given
    return aimed(random, sheet, given, demands=demands, wishes=wishes, told=filling.writer.story)


def _below(sheet: Sheet) -> ActionRule | None:
    """Return the opening of the ticket of this book that the action opens."""
    kind = sheet.program.types.get(sheet.rule.spec.opens or "")
    return kind.open_action if kind else None


def _wishes(sheet: Sheet) -> list[Aim]:
    """Return what later actions on the ticket will demand."""
    own = {must.that for must in sheet.rule.spec.must}
    others = (must.that for rule in sheet.kind.actions.values() if rule is not sheet.rule for must in rule.spec.must)
    return [Aim(that) for that in dict.fromkeys(others) if that not in own]


class _Filling:
    """One form while it is filled."""

    def __init__(self, random: Random, sheet: Sheet) -> None:
        self.random, self.sheet = random, sheet
        self.phrases: Phrases = phrases_of(sheet.program.slug)
        self.writer = Writer(random, sheet.at, self._story(), self.phrases.fields, sheet.reach)
        self.given: dict[str, Any] = {}

    def _story(self) -> Mapping[str, Any]:
        stories = self.phrases.stories_of(self.sheet.kind.name)
        if self.sheet.story is not None:
            return self.sheet.story
        if self.sheet.rule.verb.opens and not self.sheet.present:
            return self.random.choice(stories) if stories else {}
        return self.phrases.story_of(self.sheet.kind.name, self.sheet.present)

    def fill(self) -> dict[str, Any]:
        """Return the form."""
        sheet, spec = self.sheet, self.sheet.rule.spec
        needed = [*spec.needs, *self._one_of_each()]
        more = self._more()
        for _turn in range(3):  # what is entered may need more
            now = conditions_of(sheet.program, sheet.rule, {**sheet.present, **self.given})
            for name in dict.fromkeys((*needed, *now.needed, *more)):
                if name not in now.hidden:
                    self._enter(name, needed={*needed, *now.needed})
        if spec.verb == "approve":  # who approves gives no reason why not, and who returns chooses nothing
            left = {name for name in spec.asks if (name == "reason") == (self.given.get("decision") == "approved")}
            self.given = {name: value for name, value in self.given.items() if name not in left}
        hidden = conditions_of(sheet.program, sheet.rule, {**sheet.present, **self.given}).hidden
        return {name: value for name, value in self.given.items() if name not in hidden}

    def _one_of_each(self) -> list[str]:
        groups = (group for group in self.sheet.rule.spec.needs_one_of if not any(self.sheet.present.get(name) for name in group))
        return [self.random.choice(group) for group in groups]

    def _more(self) -> list[str]:
        """Return what is filled in beyond the needs: whole records, the one to whom the ticket goes, and often a word more."""
        rule = self.sheet.rule
        rest = [name for name in rule.spec.asks if not self.sheet.program.field(name).pattern]
        if rule.verb.opens:
            rest = [name for name in rule.fields if not self.sheet.program.field(name).pattern]
        if rule.spec.verb in WHOLE:
            return rest
        to_whom = [name for name in rest if self.sheet.program.field(name).kind in {"person", "unit"}]
        if rule.spec.match and to_whom and not any(self.sheet.program.field(n).kind in {"person", "unit"} for n in rule.spec.needs):
            return [self.random.choice(to_whom), *(n for n in rest if n not in to_whom)]
        return [name for name in rest if name not in to_whom and self.random.random() < SAYS_MORE]

    def _enter(self, name: str, *, needed: set[str]) -> None:
        sheet = self.sheet
        field = sheet.program.field(name)
        signs = sheet.rule.spec.verb == "approve"  # who signs says all of it himself, whatever was said before
        if name in self.given or field.value or (sheet.present.get(name) and name not in sheet.rule.verb.demands and not signs):
            return
        upon = self.writer.depends_on(name)
        if upon and upon in sheet.rule.fields and upon not in self.given and upon not in sheet.present:
            self._enter(upon, needed=needed)
        if field.kind == "yes_no" and name not in needed and not self.writer.knows(name):
            value: Any = self.random.random() < LIKELY
        else:
            value = self.writer.value(
                name, field, field.role or self._sent_to(name, field.kind), {**sheet.present, **self.given, "verb": sheet.rule.spec.verb}
            )
        if value is not None:
            self.given[name] = value

    def _sent_to(self, name: str, kind: str) -> str:
        """Return the role of those to whom this action, or a later one that asks the same field, sends the ticket; "" for anybody."""
        for rule in (self.sheet.rule, *self.sheet.kind.actions.values()):
            if rule.spec.match and name in rule.fields:
                return (rule.spec.match.role if kind == "person" else rule.spec.match.relay) or ""
        return ""
