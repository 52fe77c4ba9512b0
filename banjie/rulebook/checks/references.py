"""Names that one part gives to another must exist."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from banjie.rulebook.language import RELATIONS, Action, Process
from banjie.rulebook.vocabulary import VERBS

if TYPE_CHECKING:
    from banjie.rulebook.checks.checker import Checker
    from banjie.rulebook.source import Path


def check(c: Checker) -> None:
    """Check clauses, roles, types, states and actions that are referred to."""
    for key in c.book.roles:
        if key in RELATIONS:
            c.wrong(
                ("roles", key),
                _("“%(key)s” is a fixed word (a person's relation to the ticket). Give the role another name.") % {"key": key},
            )
        if c.book.roles[key].certificate:
            c.known(c.book.roles[key].certificate or "", c.book.courses, ("roles", key, "certificate"), _("course"))
    for key, course in c.book.courses.items():
        c.known(course.by, c.book.roles, ("courses", key, "by"), _("role of the book"))
    _registration(c)
    if c.book.approver:
        c.known(c.book.approver, c.book.roles, ("approver",), _("role of the book"))
    _clauses(c)
    for key, kind in c.book.types.items():
        if c.known(kind.process, c.book.processes, ("types", key, "process"), _("process")):
            c.known(kind.start, c.book.processes[kind.process].states, ("types", key, "start"), _("state"))
        for name in kind.asks:
            c.known(name, c.book.fields, ("types", key, "asks"), _("field"))
    for key, process in c.book.processes.items():
        _process(c, ("processes", key), process)


def _registration(c: Checker) -> None:
    spec, path = c.book.registration, ("registration",)
    if spec is None:
        return
    for name in [*spec.by, *([spec.role] if spec.role else [])]:
        c.known(name, c.book.roles, (*path, "by" if name in spec.by else "role"), _("role of the book"))
    for name in spec.limits:
        c.known(name, [key for key, limit in c.book.limits.items() if limit.per == "unit"], (*path, "limits"), _("limit with per: unit"))
    for clause in spec.clause:
        c.known(clause, c.book.clauses, (*path, "clause"), _("clause"))


def _clauses(c: Checker) -> None:
    parts: list[tuple[Path, list[str]]] = []
    parts += [(("types", k), t.clause) for k, t in c.book.types.items()]
    parts += [(("limits", k), x.clause) for k, x in c.book.limits.items()]
    parts += [(("duties", k), d.clause) for k, d in c.book.duties.items()]
    parts += [(("courses", k), x.clause) for k, x in c.book.courses.items()]
    parts += [(("ledgers", k), x.clause) for k, x in c.book.ledgers.items()]
    parts += [(("indicators", k), i.clause) for k, i in c.book.indicators.items()]
    for key, process in c.book.processes.items():
        for section in ("states", "actions", "deadlines", "timers", "signoffs"):
            parts += [(("processes", key, section, k), x.clause) for k, x in getattr(process, section).items()]
    for path, clauses in parts:
        for clause in clauses:
            c.known(clause, c.book.clauses, (*path, "clause"), _("clause"))


def people(c: Checker, names: list[str], path: Path, *, roles_only: bool = False) -> None:
    """Check names of who may act or is told: roles, or relations to the ticket."""
    for name in names:
        if roles_only or name not in RELATIONS:
            c.known(name, c.book.roles, path, _("role of the book"))


def _decided(c: Checker, here: Path, action: Action) -> None:
    field = c.book.fields[action.decided_by or ""]
    choices = field.choices
    if field.show_if or field.value:
        c.wrong((*here, "decided_by"), _("“%(name)s” decides what follows: it must always be asked.") % {"name": action.decided_by})
    if action.decided_by not in action.needs:
        c.wrong((*here, "needs"), _("“%(name)s” decides what follows: add it to needs.") % {"name": action.decided_by})
    if not choices or not isinstance(action.to, dict):
        c.wrong((*here, "decided_by"), _("“decided_by” names a choice field, and “to” a state for each of its choices."))
        return
    for choice in action.to:
        c.known(choice, choices, (*here, "to", choice), _("choice"))
    for choice in choices:
        if choice not in action.to:
            c.wrong((*here, "to"), _("“to” does not say what follows when the outcome is “%(outcome)s”.") % {"outcome": choice})


def _others(c: Checker, here: Path, action: Action) -> None:
    """Check the types of this book that an action opens or waits for; those of other books are known when it is done."""
    if action.opens and "/" not in action.opens and c.known(action.opens, c.book.types, (*here, "opens"), _("type")):
        _fillable(c, here, action)
    for name, state in action.children.items():
        if "/" in name or not c.known(name, c.book.types, (*here, "children", name), _("type")):
            continue
        process = c.book.processes.get(c.book.types[name].process)
        if process is not None:
            c.known(state, process.states, (*here, "children", name), _("state"))


def _fillable(c: Checker, here: Path, action: Action) -> None:
    """Check that the other form's needs are asked somewhere in this process, so that it can be filled from it."""
    process = c.book.processes.get(c.book.types[action.opens or ""].process)
    opening = next((a for a in process.actions.values() if a.verb == "accept"), None) if process else None
    asked = {*action.needs, *action.asks}.union(
        *(
            {*a.needs, *a.asks}
            for p in c.book.processes.values()
            if action in p.actions.values()
            for a in p.actions.values()
            if a.verb in VERBS and VERBS[a.verb].keeps
        )
    )
    for name in opening.needs if opening else ():
        if name not in asked:
            c.wrong(
                (*here, "opens"),
                _("“%(type)s” needs “%(name)s”, which is asked nowhere before: add it to “needs”.") % {"type": action.opens, "name": name},
            )


def _action(c: Checker, here: Path, process: Process, action: Action) -> None:
    people(c, action.by, (*here, "by"))
    for state in action.from_ if isinstance(action.from_, list) else []:
        c.known(state, process.states, (*here, "from"), _("state"))
    targets = action.to.values() if isinstance(action.to, dict) else [action.to] if action.to else []
    for state in targets:
        c.known(state, process.states, (*here, "to"), _("state"))
    if action.signoff:
        c.known(action.signoff, process.signoffs, (*here, "signoff"), _("sign-off"))
    if action.decided_by and c.known(action.decided_by, c.book.fields, (*here, "decided_by"), _("choice field")):
        _decided(c, here, action)
    people(c, action.tell, (*here, "tell"))
    people(c, action.copies, (*here, "copies"), roles_only=True)
    if action.repeated:
        people(c, action.repeated.notify, (*here, "repeated", "notify"))
        if action.repeated.outcome:
            outcomes = action.to if isinstance(action.to, dict) else {}
            allowed = {*outcomes, *(VERBS[action.verb].outcomes if action.verb in VERBS else ())}
            c.known(action.repeated.outcome, allowed, (*here, "repeated", "outcome"), _("outcome"))
    _others(c, here, action)
    if action.match:
        for attr in ("relay", "role"):
            role = getattr(action.match, attr)
            if role:
                c.known(role, c.book.roles, (*here, "match", attr), _("role of the book"))


def _process(c: Checker, path: Path, process: Process) -> None:
    both = set(process.states) & set(process.actions)
    for name in sorted(both):
        c.wrong(
            (*path, "actions", name),
            _("“%(name)s” is the name of a state and of an action. Rename one, since deadlines refer to both.") % {"name": name},
        )
    for key, action in process.actions.items():
        _action(c, (*path, "actions", key), process, action)
    for key, entered in process.states.items():
        people(c, entered.tell, (*path, "states", key, "tell"))
    for key, signoff in process.signoffs.items():
        if signoff.choose:
            rows = [name for name, field in c.book.fields.items() if field.kind == "rows"]
            c.known(signoff.choose, rows, (*path, "signoffs", key, "choose"), _("field of kind rows"))
        for index, step in enumerate(signoff.steps):
            people(c, step.by, (*path, "signoffs", key, "steps", index, "by"), roles_only=True)
