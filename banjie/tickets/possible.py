"""What may be done with a ticket, and the form of each action, as data: pages draw it, REST hands it out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from banjie.people.actor import Actor
from banjie.rulebook.program import ActionRule, Program
from banjie.tickets.lifecycle import holds
from banjie.tickets.permitted import refusal_of
from banjie.tickets.registry import objection_to
from banjie.tickets.step import Snapshot

_WORDS = frozenset({"text", "long_text"})


@dataclass(frozen=True, slots=True)
class FormField:
    """One field of a form. `required` is "always", "one" (at least one of its group), "maybe" (a condition) or ""."""

    name: str
    title: str
    kind: str
    required: str
    value: Any
    choices: tuple[tuple[str, str], ...] = ()
    hint: str = ""
    max: int | None = None
    min: int | None = None
    pattern: str = ""
    unit: str = ""
    role: str = ""
    show_if: str = ""
    rows: tuple[FormField, ...] = ()


@dataclass(frozen=True, slots=True)
class PossibleAction:
    """An action that the actor may do now."""

    name: str
    title: str
    verb: str
    style: str
    hint: str
    clause: str
    fields: tuple[FormField, ...]


def titled(part: Any, language: str) -> str:
    """Return a part's title in the reader's language; the regulation's own word when it has no other."""
    return str(part.en if language.startswith("en") and part.en else part.title)


def form_of(program: Program, rule: ActionRule, values: dict[str, Any], language: str) -> tuple[FormField, ...]:
    """Return the fields of an action's form, filled with the ticket's present values.

    What a verb demands in words, such as a reason or a remark, is said anew each time: what the record holds was said of something else.
    """
    one_of = {name for group in rule.spec.needs_one_of for name in group}
    fields = []
    for name in rule.fields:
        spec = program.field(name)
        required = "always" if name in rule.spec.needs else "one" if name in one_of else "maybe" if spec.need_if else ""
        said_anew = name in rule.verb.demands and spec.kind in _WORDS
        fields.append(_field(name, spec, required, None if said_anew else values.get(name), language))
    return tuple(fields)


def _field(name: str, spec: Any, required: str, value: Any, language: str) -> FormField:
    return FormField(
        name=name,
        title=titled(spec, language),
        kind=spec.kind,
        required=required,
        value=value,
        choices=tuple((key, titled(choice, language)) for key, choice in spec.choices.items()),
        hint=spec.hint,
        max=spec.max,
        min=spec.min,
        pattern=spec.pattern,
        unit=spec.unit,
        role=spec.role or "",
        show_if=spec.show_if or "",
        rows=tuple(_field(key, inner, "", None, language) for key, inner in spec.fields.items()),
    )


def possible_actions(actor: Actor, program: Program, ticket: Snapshot, language: str) -> list[PossibleAction]:
    """Return what the actor may do with a ticket in its present state, in the rulebook's order."""
    kind = program.types[ticket.type]
    if actor.read_only:
        return []
    return [
        PossibleAction(
            name=rule.name,
            title=titled(rule.spec, language),
            verb=rule.spec.verb,
            style=rule.spec.style,
            hint=rule.spec.hint,
            clause=program.reference(rule.clause),
            fields=form_of(program, rule, ticket.fields, language),
        )
        for rule in kind.by_state[ticket.state]
        if _makes_sense(actor, program, rule, ticket)
    ]


def _makes_sense(actor: Actor, program: Program, rule: ActionRule, ticket: Snapshot) -> bool:
    """Tell whether an action could be done now, by what was read with the ticket: nobody is offered what would only be refused."""
    if rule.spec.when is not None and not holds(program, rule.spec.when, ticket):
        return False
    return refusal_of(actor, program, rule, ticket) is None and objection_to(actor, program, rule, ticket) is None
