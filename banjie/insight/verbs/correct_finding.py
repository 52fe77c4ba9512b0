"""Correct a finding."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from banjie.deadlines.models import Finding
from banjie.insight.queries.evidence import path_of, visible_findings
from banjie.kernel.errors import FieldError, InvalidInput, NotPermitted, Refused, Unseen
from banjie.people.actor import Actor
from banjie.people.events import record
from banjie.people.permissions import Permission
from banjie.tickets.lifecycle import note
from banjie.tickets.step import EventDraft

LONGEST_REASON = 1000
_COPIED = (
    "book", "clause", "rule", "kind", "rulebook_version_id", "calendar_version_id", "ticket_id", "type", "unit_id", "owner_id",
    "started_at", "due_at", "ended_at", "at",
)  # fmt: skip


class CorrectedAlready(Refused):
    """Another correction stands in place of this finding; that one may be corrected."""

    code = "corrected-already"
    default_message = gettext_lazy("This result was corrected meanwhile. Look at the correction, then decide again.")


class OwnFinding(NotPermitted):
    """Nobody judges himself (invariant 7)."""

    code = "own-finding"
    default_message = gettext_lazy("Nobody corrects a result about his own work. Let a colleague do it.")


@transaction.atomic
def correct_finding(finding_id: int, outcome: str, reason: str, *, by: Actor, at: datetime) -> Finding:
    """Replace a result by a new row with another outcome and a reason; the old row stays as it is (invariant 2, POS-25).

    The new row counts at the time of the old one, so that a report of that period changes, and says in its evidence when
    and by whom it was made. The ticket's timeline tells it too.

    Raises:
        Unseen: there is no such finding, or it is not the actor's to see.
        NotPermitted, OwnFinding: the actor may not correct it.
        InvalidInput: the outcome is none or the same, or the reason is missing or too long.
        CorrectedAlready: the finding was corrected before.
    """
    old = visible_findings(by).select_related("unit").filter(pk=finding_id).first()
    if old is None:
        raise Unseen
    by.must(Permission.FINDING_CORRECT, path_of(old))
    if by.member_id is not None and by.member_id == old.owner_id:
        raise OwnFinding
    reason = reason.strip()
    _check(old, outcome, reason)
    list(Finding.objects.select_for_update().filter(pk=old.pk).values_list("pk"))  # two corrections at once: the second waits here
    if old.corrections.exists():
        raise CorrectedAlready
    copied = {name: getattr(old, name) for name in _COPIED}
    evidence = {**old.evidence, "corrected_at": at.isoformat(), "corrected_by": by.member_id, "was": old.outcome}
    new = Finding.objects.create(**copied, outcome=outcome, reason=reason, evidence=evidence, corrects=old, actor_name=by.name)
    _tell(old, new, by=by, at=at)
    return new


def _check(old: Finding, outcome: str, reason: str) -> None:
    errors = []
    if outcome not in Finding.Outcome.values:
        errors.append(FieldError("outcome", _("Choose one of the list.")))
    elif outcome == old.outcome:
        errors.append(FieldError("outcome", _("The result is already this one.")))
    if not reason:
        errors.append(FieldError("reason", _("Say why; it is kept as evidence.")))
    elif len(reason) > LONGEST_REASON:
        errors.append(FieldError("reason", _("Write at most %(count)d characters.") % {"count": LONGEST_REASON}))
    if errors:
        raise InvalidInput(errors=errors)


def _tell(old: Finding, new: Finding, *, by: Actor, at: datetime) -> None:
    """Put the correction into the ticket's chain, or, for a duty, into the administration log."""
    facts = {"finding": new.pk, "corrects": old.pk, "rule": old.rule, "clause": old.clause, "was": old.outcome, "outcome": new.outcome}
    if old.ticket is not None:
        note(old.ticket.number, [EventDraft("corrected", {**facts, "reason": new.reason})], by=by, at=at)
    else:
        record("finding.corrected", f"{old.book} {old.clause} {old.rule}", {**facts, "reason": new.reason}, by=by, at=at)
