"""The forms of a rulebook that is not at work yet, as people will see them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from banjie.console.queries.drawing import Form, drawn
from banjie.kernel.errors import InvalidInput
from banjie.people.actor import Actor
from banjie.rulebook.explain.words import title
from banjie.rulebook.program import ActionRule, Program, TypeProgram


def form_page(program: Program, of: str, actor: Actor, language: str) -> dict[str, Any]:
    """Return the form of an action as people will see it; `of` is "type:action", the first opening form when it names none."""
    choices = [(f"{kind.name}:{rule.name}", f"{title(kind.spec)} · {title(rule.spec)}") for kind, rule in _forms(program)]
    known = {value for value, _title in choices}
    chosen = of if of in known else choices[0][0]
    rule = rule_of(program, chosen)
    return {
        "forms": choices,
        "chosen_form": chosen,
        "rule": rule,
        "by": [title(program.book.roles[name]) if name in program.book.roles else name for name in rule.spec.by],
        "fields": [_unfocused(control) for control in drawn(Form(program, rule, None, actor, language))],
    }


def _unfocused(control: dict[str, Any]) -> dict[str, Any]:
    """Return a control that does not take the focus from whoever writes the text beside it."""
    return control | {"attrs": {name: value for name, value in control["attrs"].items() if name != "autofocus"}}


def rule_of(program: Program, of: str) -> ActionRule:
    """Return the action that "type:action" names.

    Raises:
        InvalidInput: there is none.
    """
    kind, _colon, name = of.partition(":")
    if kind not in program.types or name not in program.types[kind].actions:
        raise InvalidInput(_("This form is not in the text any more."))
    return program.types[kind].actions[name]


def _forms(program: Program) -> Iterator[tuple[TypeProgram, ActionRule]]:
    """Yield the opening form of each type, and the other forms once for each process."""
    seen: set[str] = set()
    for kind in program.types.values():
        yield kind, kind.open_action
    for kind in program.types.values():
        if kind.process_name not in seen:
            seen.add(kind.process_name)
            yield from ((kind, rule) for rule in kind.actions.values() if not rule.verb.opens)
