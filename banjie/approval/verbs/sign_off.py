"""Sign, hand one's signature over, take the application back."""

from __future__ import annotations

from typing import Any

from django.db.models import Model
from django.utils.translation import gettext as _

from banjie.approval.models import Handover, Signature
from banjie.approval.progress import Progress, Signed
from banjie.approval.standing import Capacity, Standing, covered, holders_of
from banjie.kernel.errors import FieldError, InvalidInput
from banjie.people.models import Member
from banjie.tickets.registry import verb
from banjie.tickets.step import Notice, Outcome, Step

APPROVED = Signature.Decision.APPROVED


@verb("approve")
def approve(step: Step) -> Outcome:
    """Sign, return with a reason, or reject with a reason.

    The ticket goes on when the last signature that the sign-off asks for is there, and not before; one return or
    rejection ends the round, whoever signed before. Nobody signs his own application (invariant 7).
    """
    decision = step.need("decision", _("Say whether you approve."))
    standing = Standing.of(step.program, step.rule, step.ticket)
    capacity = standing.capacity(step.by)
    before = standing.progress()
    assert before.step is not None, "a sign-off that is through has moved its ticket on"
    if decision != APPROVED:
        opinion = step.need("reason", _("Write why you do not approve."))
        row = _signature(step, standing, capacity, before.step, decision, opinion)
        people = sorted(standing.excluded)
        return Outcome(decision, rows=[row], notes=_as_whom(capacity), notify=[Notice(m, "", "not_approved", step.clause) for m in people])
    member = step.by.member_id
    assert member is not None, "the system signs nothing"
    after = standing.progress(Signed(member, before.step, capacity.roles, capacity.behalf_of))
    record = _chosen(step, standing) if after.done else {}
    row = _signature(step, standing, capacity, before.step, decision, str(step.payload.get("reason") or ""))
    if not after.done:
        newly = after.roles if after.step != before.step else frozenset[str]()
        notify = [Notice(None, role, "to_sign", step.clause) for role in sorted(newly)]
        return Outcome("signed", rows=[row], notes=_as_whom(capacity) | _left(after), notify=notify)
    notify = [Notice(m, "", "approved", step.clause) for m in sorted(standing.excluded)]
    return Outcome(APPROVED, rows=[row], record=record, notes=_as_whom(capacity), notify=notify)


def _signature(step: Step, standing: Standing, capacity: Capacity, place: int, decision: str, opinion: str) -> Signature:
    return Signature(
        signoff=standing.name,
        entered_at=step.ticket.entered_at,
        step=place,
        roles=sorted(capacity.roles),
        decision=decision,
        opinion=opinion,
        digest=covered(step.kind, step.ticket.fields),
        behalf_of_id=capacity.behalf_of,
        behalf_name=capacity.behalf_name,
        **step.stamp,
    )


def _as_whom(capacity: Capacity) -> dict[str, Any]:
    return {"behalf_of": capacity.behalf_name} if capacity.behalf_of else {}


def _left(after: Progress) -> dict[str, Any]:
    return {"signatures_missing": after.missing}


def _chosen(step: Step, standing: Standing) -> dict[str, Any]:
    """Return the last signer's choice among the proposals, with his instruction (CMP-07)."""
    if standing.spec.choose is None:
        return {}
    title = step.program.field(standing.spec.choose).title
    rows = step.ticket.fields.get(standing.spec.choose) or []
    given = step.need("chosen", _("Choose one of “%(title)s” by its number.") % {"title": title})
    instruction = step.need("instruction", _("Write your instruction."))
    if not (str(given).isdecimal() and 1 <= int(given) <= len(rows)):
        message = _("“%(title)s” has the numbers 1 to %(n)d.") % {"title": title, "n": len(rows)}
        raise InvalidInput(message, clause=step.clause, errors=[FieldError("chosen", message)])
    return {"chosen": given, "instruction": instruction}


@verb("hand_over")
def hand_over(step: Step) -> Outcome:
    """Let another person sign in one's stead, with a reason: what must be signed, and by how many, stays the same.

    The other one holds a post of this regulation over the ticket's unit, is asked by nothing else here, and did not apply.
    """
    reason = step.need("reason", _("Write why you hand it over."))
    wanted = step.need("signer", _("Choose who signs."))
    standing = Standing.of(step.program, step.rule, step.ticket)
    now = standing.progress()
    capacity = standing.capacity(step.by)
    other = Member.objects.filter(pk=wanted, is_active=True).first()
    held = holders_of(step.program.book.roles, step.ticket.unit_path)
    message = ""
    if other is None:
        message = _("Choose a person of the list.")
    elif other.pk in standing.excluded:
        message = _("%(name)s applied for it, and cannot sign it.") % {"name": other.name}
    elif other.pk not in frozenset[int]().union(*held.values()):
        message = _("%(name)s has no post of this regulation over this unit, and could not see the ticket.") % {"name": other.name}
    elif other.pk == step.by.member_id or any(other.pk in held.get(role, ()) for role in now.roles):
        message = _("%(name)s is asked to sign anyway.") % {"name": other.name}
    if other is None or message:
        raise InvalidInput(message, clause=step.clause, errors=[FieldError("signer", message)])
    rows: list[Model] = [
        Handover(
            signoff=standing.name,
            entered_at=step.ticket.entered_at,
            role=role,
            to_member=other,
            to_name=other.name,
            reason=reason,
            **step.stamp,
        )
        for role in sorted(capacity.roles & now.roles)
    ]
    return Outcome(rows=rows, notes={"to": other.name}, notify=[Notice(other.pk, "", "to_sign", step.clause)])


@verb("withdraw")
def withdraw(step: Step) -> Outcome:
    """Take back what waits for signatures; those given in this round count no longer."""
    return Outcome()
