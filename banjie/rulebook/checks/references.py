"""Names that one part gives to another must exist."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from banjie.rulebook.language import RELATIONS, Process

if TYPE_CHECKING:
    from banjie.rulebook.check import Checker
    from banjie.rulebook.source import Path


def check(c: Checker) -> None:
    """Check clauses, roles, types, states and actions that are referred to."""
    for key in c.book.roles:
        if key in RELATIONS:
            c.wrong(
                ("roles", key),
                _("“%(key)s” is a fixed word (a person's relation to the ticket). Give the role another name.") % {"key": key},
            )
    if c.book.approver:
        c.known(c.book.approver, c.book.roles, ("approver",), _("role"))
    _clauses(c)
    for key, kind in c.book.types.items():
        if c.known(kind.process, c.book.processes, ("types", key, "process"), _("process")):
            c.known(kind.start, c.book.processes[kind.process].states, ("types", key, "start"), _("state"))
    for key, process in c.book.processes.items():
        _process(c, ("processes", key), process)
    _duties_and_indicators(c)


def _clauses(c: Checker) -> None:
    parts: list[tuple[Path, list[str]]] = []
    parts += [(("types", k), t.clause) for k, t in c.book.types.items()]
    parts += [(("limits", k), x.clause) for k, x in c.book.limits.items()]
    parts += [(("duties", k), d.clause) for k, d in c.book.duties.items()]
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
            c.known(name, c.book.roles, path, _("role"))


def _process(c: Checker, path: Path, process: Process) -> None:
    both = set(process.states) & set(process.actions)
    for name in sorted(both):
        c.wrong(
            (*path, "actions", name),
            _("“%(name)s” is the name of a state and of an action. Rename one, since deadlines refer to both.") % {"name": name},
        )
    for key, action in process.actions.items():
        here: Path = (*path, "actions", key)
        people(c, action.by, (*here, "by"))
        for state in action.from_ if isinstance(action.from_, list) else []:
            c.known(state, process.states, (*here, "from"), _("state"))
        targets = action.to.values() if isinstance(action.to, dict) else [action.to] if action.to else []
        for state in targets:
            c.known(state, process.states, (*here, "to"), _("state"))
        if action.signoff:
            c.known(action.signoff, process.signoffs, (*here, "signoff"), _("sign-off"))
        if action.opens:
            c.known(action.opens, c.book.types, (*here, "opens"), _("type"))
        if action.match:
            for attr in ("relay", "role"):
                role = getattr(action.match, attr)
                if role:
                    c.known(role, c.book.roles, (*here, "match", attr), _("role"))
    for key, signoff in process.signoffs.items():
        for index, step in enumerate(signoff.steps):
            people(c, step.by, (*path, "signoffs", key, "steps", index, "by"), roles_only=True)


def _duties_and_indicators(c: Checker) -> None:
    states = {s for p in c.book.processes.values() for s in p.states}
    actions = {a for p in c.book.processes.values() for a in p.actions}
    deadlines = {d for p in c.book.processes.values() for d in p.deadlines}
    for key, duty in c.book.duties.items():
        for state in duty.over.states:
            c.known(state, states, ("duties", key, "over", "states"), _("state"))
        for name in duty.over.types:
            c.known(name, c.book.types, ("duties", key, "over", "types"), _("type"))
        for name in duty.do:
            c.known(name, actions, ("duties", key, "do"), _("action"))
        people(c, duty.by, ("duties", key, "by"), roles_only=True)
        for index, rung in enumerate(duty.on_breach):
            people(c, rung.notify, ("duties", key, "on_breach", index, "notify"), roles_only=True)
    for key, indicator in c.book.indicators.items():
        of = indicator.of
        given = [x for x in (of.deadline, of.duty, of.action) if x]
        if len(given) != 1:
            c.wrong(("indicators", key, "of"), _("An indicator counts exactly one of: deadline, duty, action."))
        if of.deadline:
            c.known(of.deadline, deadlines, ("indicators", key, "of", "deadline"), _("deadline"))
        if of.duty:
            c.known(of.duty, c.book.duties, ("indicators", key, "of", "duty"), _("duty"))
        if of.action:
            c.known(of.action, actions, ("indicators", key, "of", "action"), _("action"))
    for key, ledger in c.book.ledgers.items():
        for name in ledger.types:
            c.known(name, c.book.types, ("ledgers", key, "types"), _("type"))
