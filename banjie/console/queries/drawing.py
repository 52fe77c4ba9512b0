"""An action's form, ready to draw: which control each field gets, what it offers, what it already holds."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from banjie.approval.handing import successors
from banjie.console.queries.details import CHOSEN, proposals
from banjie.dispatch.candidates import EVERYWHERE, candidates
from banjie.kernel.phones import mask_phone
from banjie.people.actor import Actor
from banjie.people.models import Unit
from banjie.rulebook.program import ActionRule, Program
from banjie.tickets.conditions import Conditions, conditions_of
from banjie.tickets.filefields import Holder, references
from banjie.tickets.possible import FormField, form_of
from banjie.tickets.step import Snapshot
from banjie.tickets.story_lines import Reader

_CONTROLS = {
    "text": "text",
    "long_text": "textarea",
    "number": "number",
    "money": "number",
    "date": "date",
    "datetime": "datetime",
    "phone": "phone",
    "yes_no": "choices",
    "rows": "rows",
    "file": "files",
}
_IDENTIFIER = re.compile(r"[a-z][a-z0-9_]*")
_WIDE = ("long_text", "rows", "file")
RADIOS = 4
BLANK_ROWS = 3
MOST_UNITS = 500


@dataclass(frozen=True, slots=True)
class Form:
    """What a form is drawn for.

    `ticket` is None while a request is being taken. `masked` phones are not shown, and stay as they are when nothing is entered.
    """

    program: Program
    rule: ActionRule
    ticket: Snapshot | None
    by: Actor
    language: str
    masked: bool = False

    @property
    def known(self) -> Mapping[str, Any]:
        return self.ticket.fields if self.ticket else {}


def drawn(form: Form, typed: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
    """Return the controls of a form, holding what the ticket has and what was `typed`; the first to be filled takes the focus."""
    have = {**form.known, **(typed or {})}
    controls = _controls(form, have, conditions_of(form.program, form.rule, have), form.rule.fields)
    if first := _first_to_fill(controls):
        first["attrs"] = {**first["attrs"], "autofocus": True}
    return controls


def redrawn(form: Form, typed: Mapping[str, Any], states: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return those controls whose condition has changed by what was typed; the others stay as they are in the browser.

    Args:
        states: of each conditional field, how it is drawn now: "hidden", "shown" or "needed".
    """
    have = {**form.known, **typed}
    conditions = conditions_of(form.program, form.rule, have)
    changed = [name for name in form.rule.fields if name in conditions.conditional and _state(name, conditions) != states.get(name)]
    return [control | {"was": None} for control in _controls(form, have, conditions, changed)]


def _controls(form: Form, have: Mapping[str, Any], conditions: Conditions, names: Iterable[str]) -> list[dict[str, Any]]:
    wanted = set(names)
    fields = (field for field in form_of(form.program, form.rule, dict(have), form.language) if field.name in wanted)
    controls = []
    for field in fields:
        state = _state(field.name, conditions)
        control = _control(field, form) if state != "hidden" else _nothing(field)
        control |= {"state": state, "required": control["required"] or state == "needed", "was": control["value"]}
        if field.kind == "yes_no" and control["type"] == "choices" and not control["required"]:
            control["options"] += (("", _("leave open")),)  # a radio that is chosen cannot be unchosen otherwise
        controls.append(control)
    return controls


def _state(name: str, conditions: Conditions) -> str:
    """Return how a conditional field is drawn, "" for a field without condition."""
    if name not in conditions.conditional:
        return ""
    return "hidden" if name in conditions.hidden else "needed" if name in conditions.needed else "shown"


def _nothing(field: FormField) -> dict[str, Any]:
    """Return the place of a hidden field; nobody is looked up for it."""
    wide = field.kind in _WIDE
    return {"name": field.name, "type": "hidden", "value": None, "required": False, "one_of": False, "wide": wide, "attrs": {}}


def _first_to_fill(controls: list[dict[str, Any]]) -> dict[str, Any] | None:
    """Return the control to begin with: a needed one that is empty, else an optional one."""
    empty = [
        one
        for one in controls
        if one["state"] != "hidden" and one["value"] in (None, "", False) and one["type"] not in ("choices", "rows", "files")
    ]
    is_satisfied = any(one["one_of"] and one["value"] for one in controls)
    open_ones = [one for one in empty if not (one["one_of"] and is_satisfied)]
    return next((one for one in open_ones if one["required"] or one["one_of"]), next(iter(open_ones), None))


def _control(field: FormField, form: Form) -> dict[str, Any]:
    control: dict[str, Any] = {
        "name": field.name,
        "label": f"{field.title}({field.unit})" if field.unit else field.title,
        "type": _CONTROLS.get(field.kind, "text"),
        "value": field.value,
        "options": (),
        "hint": field.hint,
        "required": field.required == "always",
        "one_of": field.required == "one",
        "wide": field.kind in _WIDE,
        "attrs": {"step": "any"} if field.kind in ("number", "money") else {},
    }
    if field.name == CHOSEN and (rows := _rows_to_choose(form)):
        control |= {"type": "choices" if len(rows) <= RADIOS else "select", "options": rows}
    elif field.kind == "choice":
        control |= {"type": "choices" if len(field.choices) <= RADIOS else "select", "options": field.choices}
    elif field.kind == "yes_no":
        control |= _yes_no(field, form)
    elif field.kind == "datetime" and field.value:
        control["value"] = datetime.fromisoformat(str(field.value))
    elif field.kind == "person":
        control |= _people(field, form)
    elif field.kind == "unit":
        control |= {"type": "select", "options": _units()}
    elif field.kind == "rows":
        control |= {
            "columns": [(one.name, one.title) for one in field.rows],
            "rows": [*(field.value or []), *({} for _n in range(BLANK_ROWS))],
        }
    elif field.kind == "file":
        control |= {"files": _files(field, form), "limit": settings.ENV.upload_limit}
    elif field.kind == "phone" and field.value and form.masked:
        control |= {
            "value": "",
            "required": False,
            "hint": _("%(phone)s stays as it is when nothing is entered") % {"phone": mask_phone(str(field.value))},
        }
    return control


def _yes_no(field: FormField, form: Form) -> dict[str, Any]:
    """Return two radios, neither chosen until somebody says yes or no; what can only be confirmed is a box to tick."""
    if _is_confirmation(field.name, form.rule):
        return {"type": "checkbox"}
    value = field.value if field.value in (None, "") else "yes" if field.value else "no"
    return {"value": value, "options": (("yes", _("yes")), ("no", _("no")))}


def _is_confirmation(name: str, rule: ActionRule) -> bool:
    """Tell whether an action is refused unless the field says yes: by its verb, or by a `must` that asks for nothing but such fields."""
    if name in rule.verb.demands:
        return True
    demanded = ([part.strip() for part in must.that.split("&&")] for must in rule.spec.must)
    return name in rule.spec.needs and any(name in parts and all(map(_IDENTIFIER.fullmatch, parts)) for parts in demanded)


def _files(field: FormField, form: Form) -> list[dict[str, Any]]:
    """Return the files that a field holds; of those that were only just uploaded the names are looked up."""
    held = field.value or []
    if all(isinstance(one, dict) for one in held):
        return list(held)
    return references(
        (one["id"] if isinstance(one, dict) else one for one in held), Holder(form.by, form.ticket.id if form.ticket else None)
    )


def _rows_to_choose(form: Form) -> list[tuple[str, str]]:
    if form.ticket is None:
        return []
    reader = Reader(form.language, ZoneInfo(settings.TIME_ZONE), may_see_phones=not form.masked)
    return proposals(form.program, form.program.types[form.ticket.type], form.rule, form.known, reader)


def _people(field: FormField, form: Form) -> dict[str, Any]:
    """Return those who may take the ticket, with how much each has open; the one whom the asset names stands first."""
    rule, ticket, by = form.rule, form.ticket, form.by
    if ticket is None:
        return {"type": "select", "options": ()}
    if rule.spec.verb == "hand_over":
        return {"type": "select", "options": successors(form.program, rule, ticket, by, form.language)}
    match = rule.spec.match
    named = _engineer_of(ticket) if match and match.direct else None
    role = (match.role if match else None) or field.role
    anywhere = match is not None and match.anywhere
    people = [
        one for one in candidates(role or "", EVERYWHERE if anywhere else ticket.unit_path, [named] if named else []) if not one.excluded
    ]
    mine = [
        one for one in people if by.is_system or anywhere or any(one.unit_path.startswith(g.unit_path) for g in by.grants if not g.own_only)
    ]
    mine.sort(key=lambda one: (one.member_id != named, one.open_tickets, one.member_id))
    options = [
        (one.member_id, f"{one.name} · " + ngettext("%(n)d open", "%(n)d open", one.open_tickets) % {"n": one.open_tickets}) for one in mine
    ]
    hint = field.hint
    if match and match.direct:
        hint = _where_it_goes(ticket, next((one.name for one in mine if one.member_id == named), ""))
    return {"type": "select", "options": options, "hint": hint}


def _where_it_goes(ticket: Snapshot, name: str) -> str:
    """Say what happens when nobody is chosen."""
    if name:
        return _("Leave empty: it goes to %(name)s, whom the customer's file names.") % {"name": name}
    if ticket.asset_id is None:
        return _("Leave empty: it goes to whom the customer's file names, or else to the region's second-level service.")
    return _("Leave empty: nobody is named by the customer's file, so the region's second-level service gets it.")


def _engineer_of(ticket: Snapshot) -> int | None:
    if ticket.asset_id is None:
        return None
    with connection.cursor() as cursor:
        cursor.execute("select engineer_id from customers_asset where id = %s", [ticket.asset_id])
        row = cursor.fetchone()
    return row[0] if row else None


def _units() -> list[tuple[int, str]]:
    units = Unit.objects.filter(is_active=True).order_by("path").only("id", "name", "path")[:MOST_UNITS]
    return [(unit.pk, "　" * (unit.path.count("/") - 2) + unit.name) for unit in units]
