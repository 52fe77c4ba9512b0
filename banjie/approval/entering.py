"""The reaction to a ticket that comes to be signed, or that changes while it is."""

from __future__ import annotations

from django.utils.translation import gettext as _

from banjie.approval.standing import Standing, holders_of
from banjie.kernel.errors import Refused
from banjie.people.models import Unit
from banjie.rulebook.program import ActionRule
from banjie.tickets.lifecycle import holds
from banjie.tickets.step import EventDraft, Notice, Step


class NobodyToSign(Refused):
    """A step of the sign-off has nobody who could sign it."""

    status = 422
    code = "nobody-to-sign"


def react(step: Step) -> None:
    """Ask the first signers when a ticket enters a state of signing; void signatures on what is changed afterwards.

    Raises:
        NobodyToSign: a step could never be signed, so the ticket must not begin to wait for it.
    """
    if step.kind.stage_of[step.to_state] != "approval":
        return
    entered = step.opening or step.moved or step.rule.target(step.outcome) is not None
    if entered:
        for rule in _asked_in(step):
            _begin(step, rule)
    elif "fields" in step.changes:
        _void(step)


def _asked_in(step: Step) -> list[ActionRule]:
    """Return the actions by which the ticket is signed in its new state.

    Raises:
        NobodyToSign: there are some, and the conditions of all of them fail.
    """
    rules = [r for r in step.kind.by_state[step.to_state] if r.spec.verb == "approve"]
    found = [r for r in rules if r.spec.when is None or holds(step.program, r.spec.when, step.ticket)]
    if rules and not found:
        raise step.refuse(_("None of this regulation's approvals applies to what is entered. Check the entries."), NobodyToSign)
    return found


def _begin(step: Step, rule: ActionRule) -> None:
    ticket = step.ticket
    standing = Standing.after(step.program, rule, ticket, {"submitter": step.by.member_id})
    held = holders_of(standing.roles, step.unit_path or ticket.unit_path)
    for _place, one in standing.steps:
        needed = one.by if one.need == "all" else [""]
        for role in needed:
            able = held[role] if role else frozenset[int]().union(*(held[r] for r in one.by))
            short = (one.need if isinstance(one.need, int) else 1) - len(able - standing.excluded)
            if short > 0:
                titles = "、".join(step.program.book.roles[r].title for r in ([role] if role else one.by))
                message = _(
                    "Nobody could sign this: “%(titles)s” is held by too few people over “%(unit)s”, the applicant not counted. Ask an administrator to appoint somebody."
                )
                raise step.refuse(message % {"titles": titles, "unit": _unit_name(step)}, NobodyToSign)
    if not standing.steps:
        raise step.refuse(_("None of the steps of this sign-off applies to what is entered. Check the entries."), NobodyToSign)
    first = standing.steps[0][1]
    step.notices += [Notice(None, role, "to_sign", step.program.reference(rule.clause)) for role in first.by]


def _unit_name(step: Step) -> str:
    path = step.unit_path or step.ticket.unit_path
    return Unit.objects.values_list("name", flat=True).get(path=path)


def _void(step: Step) -> None:
    """Tell those whose signature no longer counts, since the ticket says something else now."""
    given = (step.ticket.extra.get("approval") or {}).get("signatures", [])
    if not given:
        return
    people = {s["member"]: s["name"] for s in given if s["member"] is not None}
    step.events.append(
        EventDraft("signatures_void", {"names": sorted(people.values())}, from_state=step.from_state, to_state=step.to_state)
    )
    step.notices += [Notice(member, "", "signature_void", step.clause) for member in sorted(people)]
