"""A sign-off as people see it: its steps, who signed when and for whom, whom it waits for, and what no longer counts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from banjie.approval.holding import Holder, Holding, holding
from banjie.approval.progress import Progress, counts
from banjie.approval.standing import Standing
from banjie.kernel.errors import Refused
from banjie.people.actor import Actor
from banjie.rulebook.language import SignoffStep
from banjie.rulebook.program import ActionRule, Program
from banjie.tickets.lifecycle import holds
from banjie.tickets.possible import titled
from banjie.tickets.step import Snapshot


@dataclass(frozen=True, slots=True)
class Mark:
    """A signature: whose hand, on whose behalf ("" for his own), when, with which words. `earlier`: given at an earlier step."""

    name: str
    behalf: str
    at: datetime
    opinion: str
    earlier: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """Somebody who may sign now: his deputies of this moment, and who handed it to him ("" when it is his by his post).

    `role` is the post for which he would sign, where a signature for each of several is missing; "" where any will do.
    """

    member_id: int
    name: str
    deputies: tuple[str, ...] = ()
    handed_by: str = ""
    role: str = ""


@dataclass(frozen=True, slots=True)
class Handed:
    """A signature that was handed over."""

    by: str
    to: str
    role: str
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class ShownStep:
    """One step. `state` is done, now or later; `missing` is how many signatures it lacks at least, `asked` who may give them."""

    place: int
    title: str
    roles: tuple[str, ...]
    need: str
    state: str
    missing: int = 0
    signed: tuple[Mark, ...] = ()
    asked: tuple[Asked, ...] = ()


@dataclass(frozen=True, slots=True)
class Shown:
    """A sign-off. `mine` tells whether the reader may sign now, `behalf` for whom if not for himself."""

    name: str
    title: str
    clause: str
    clause_text: str
    steps: tuple[ShownStep, ...]
    void: tuple[Mark, ...]
    handovers: tuple[Handed, ...]
    mine: bool = False
    behalf: str = ""


def rules_asked(program: Program, ticket: Snapshot) -> list[ActionRule]:
    """Return the actions by which a ticket is signed in its present state; none where no signatures are waited for."""
    if ticket.extra.get("approval") is None:
        return []
    rules = program.types[ticket.type].by_state[ticket.state]
    return [r for r in rules if r.spec.verb == "approve" and (r.spec.when is None or holds(program, r.spec.when, ticket))]


def signoffs_of(program: Program, ticket: Snapshot, reader: Actor, language: str, at: datetime) -> list[Shown]:
    """Return the sign-offs that a ticket waits for; one query, and none while it waits for no signature."""
    rules = rules_asked(program, ticket)
    roles = {role for rule in rules for role in Standing.of(program, rule, ticket).roles}
    held = holding(roles, [ticket.unit_path], at)
    return [_shown(program, ticket, Standing.of(program, rule, ticket, held), reader, language) for rule in rules]


def _shown(program: Program, ticket: Snapshot, standing: Standing, reader: Actor, language: str) -> Shown:
    now, read = standing.progress(), ticket.extra["approval"]["signatures"]
    clause = standing.spec.clause[0] if standing.spec.clause else ""
    try:
        mine, behalf = True, standing.capacity(replace(reader, read_only=False)).behalf_name
    except Refused:
        mine, behalf = False, ""
    return Shown(
        name=standing.name,
        title=titled(standing.spec, language),
        clause=clause,
        clause_text=program.clause_text(clause),
        steps=tuple(_step(program, standing, now, n, language) for n in range(len(standing.steps))),
        void=tuple(_mark(s) for s in read if s["signoff"] == standing.name and s not in standing.signatures),
        handovers=tuple(_handed(program, h, language) for h in standing.handovers),
        mine=mine,
        behalf=behalf,
    )


def _step(program: Program, standing: Standing, now: Progress, n: int, language: str) -> ShownStep:
    place, step = standing.steps[n]
    state = "done" if now.step is None or place < now.step else "now" if place == now.step else "later"
    again = standing.spec.again
    signed = [s for s in standing.signatures if counts(frozenset(s["roles"]), s["step"], (place, step), again=again)]
    return ShownStep(
        place=n + 1,
        title=step_title(program, step, language),
        roles=tuple(titled(program.book.roles[role], language) for role in step.by),
        need=need_title(step),
        state=state,
        missing=now.missing if state == "now" else 0,
        signed=tuple(_mark(s, earlier=s["step"] < place) for s in signed),
        asked=asked_now(program, standing, now, language) if state == "now" else (),
    )


def asked_now(program: Program, standing: Standing, now: Progress, language: str) -> tuple[Asked, ...]:
    """Return who may give the missing signatures. The standing's holders must be a `Holding` of its roles.

    A deputy is named beside the one for whom he signs; who applied is never asked, neither himself nor as a deputy.
    """
    assert isinstance(standing.holders, Holding), "read the names first"
    given = now.spoken_for | (now.signed if standing.counts_hands(now) else frozenset())
    asked: dict[int, Asked] = {}
    each = any(place == now.step and step.need == "all" for place, step in standing.steps) and len(now.roles) > 1
    for role in sorted(now.roles):
        title = titled(program.book.roles[role], language) if each else ""
        people = {one.member_id: _asked(one, standing, title) for one in standing.holders.over(standing.unit_path) if one.role == role}
        for handover in standing.handovers:
            if handover["role"] == role:
                people.pop(handover["from"], None)
                people[handover["to"]] = Asked(handover["to"], handover["to_name"], (), handover["from_name"], title)
        asked |= {member: one for member, one in people.items() if member not in asked and member not in given | standing.excluded}
    return tuple(asked.values())


def _asked(one: Holder, standing: Standing, role: str) -> Asked:
    deputies = tuple(name for member, name in one.deputies if member not in standing.excluded)
    return Asked(one.member_id, one.name, deputies, role=role)


def step_title(program: Program, step: SignoffStep, language: str) -> str:
    """Return a step's title; one without a title of its own is called by its roles."""
    return titled(step, language) or "、".join(titled(program.book.roles[role], language) for role in step.by)


def need_title(step: SignoffStep) -> str:
    """Say how many must sign a step."""
    if isinstance(step.need, int):
        return ngettext("%(n)d person", "%(n)d people", step.need) % {"n": step.need}
    several = len(step.by) > 1
    return {
        "any": _("any one of them"),
        "all": _("one of each") if several else _("any one of them"),
        "everyone": pgettext("must sign", "everybody"),
    }[step.need]


def _mark(read: dict[str, Any], *, earlier: bool = False) -> Mark:
    return Mark(read["name"], read["behalf"], datetime.fromisoformat(read["at"]), read["opinion"], earlier)


def _handed(program: Program, read: dict[str, Any], language: str) -> Handed:
    role = titled(program.book.roles[read["role"]], language)
    return Handed(read["from_name"], read["to_name"], role, datetime.fromisoformat(read["at"]), read["reason"])
