"""Name a deputy for a time, and end that."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from banjie.kernel.errors import FieldError, InvalidInput, NotPermitted, Refused
from banjie.people.actor import Actor
from banjie.people.events import record
from banjie.people.grants import forget
from banjie.people.guards import lock_organisation
from banjie.people.models import Delegation, Member
from banjie.people.permissions import Permission

LONGEST = timedelta(days=366)
AT_MOST = 20


class RingOfDeputies(Refused):
    """Following the deputies would lead back to the member: nobody would be left who signs."""

    code = "ring-of-deputies"


@dataclass(frozen=True, slots=True)
class DelegationDraft:
    """Who signs for whom, from when until when."""

    member: Member
    deputy: Member
    since: datetime
    until: datetime
    reason: str = ""


@transaction.atomic
def name_deputy(draft: DelegationDraft, *, by: Actor, at: datetime) -> Delegation:
    """Let a deputy sign for a member from `since` until just before `until`.

    Raises:
        NotPermitted: `by` is neither the member nor manages members.
        InvalidInput: the times lie in the past, in the wrong order or more than a year apart; the deputy left or is the member.
        RingOfDeputies: the deputy, or a deputy of his, is represented by the member in that time.
    """
    member, deputy, since, until = draft.member, draft.deputy, draft.since, draft.until
    lock_organisation()
    by.must_write()
    if by.member_id != member.pk and not by.may(Permission.MEMBER_MANAGE):
        raise NotPermitted
    _must_be_sound(draft, at)
    overlapping = Delegation.objects.filter(ended_at=None, since__lt=until, until__gt=since)
    if overlapping.filter(member=member).count() >= AT_MOST:
        raise InvalidInput(errors=[FieldError("deputy", _("At most %(n)d deputies at a time.") % {"n": AT_MOST})])
    if overlapping.filter(member=member, deputy=deputy).exists():
        raise InvalidInput(
            errors=[FieldError("deputy", _("%(name)s is the deputy for a part of this time already.") % {"name": deputy.name})]
        )
    chain = _chain(list(overlapping.values_list("member_id", "deputy_id")), deputy.pk, member.pk)
    if chain:
        names = dict(Member.objects.filter(pk__in=chain).values_list("pk", "name"))
        message = _("This would go round in a circle: %(chain)s. Nobody would be left who signs.")
        said = " → ".join(names[pk] for pk in [member.pk, *chain])
        raise RingOfDeputies(message % {"chain": said}, errors=[FieldError("deputy", _("Choose somebody else."))])
    made = Delegation.objects.create(
        member=member, deputy=deputy, since=since, until=until, reason=draft.reason.strip()[:200], made_at=at, made_by_name=by.name
    )
    detail = {"deputy": deputy.username, "since": since.isoformat(), "until": until.isoformat(), "reason": made.reason}
    record("deputy.named", member.username, detail, by=by, at=at)
    forget()
    return made


@transaction.atomic
def end_delegation(delegation: Delegation, *, by: Actor, at: datetime) -> None:
    """End a delegation now; what the deputy has signed stays signed.

    Raises:
        NotPermitted: `by` is neither the member nor manages members.
        InvalidInput: it is over already.
    """
    lock_organisation()
    by.must_write()
    found = Delegation.objects.select_related("member", "deputy").get(pk=delegation.pk)
    if by.member_id != found.member_id and not by.may(Permission.MEMBER_MANAGE):
        raise NotPermitted
    if found.ended_at is not None or found.until <= at:
        raise InvalidInput(_("This is over already."))
    found.ended_at = at
    found.save(update_fields=["ended_at"])
    record("deputy.ended", found.member.username, {"deputy": found.deputy.username}, by=by, at=at)
    forget()


def _must_be_sound(draft: DelegationDraft, at: datetime) -> None:
    deputy, since, until = draft.deputy, draft.since, draft.until
    if deputy.pk == draft.member.pk:
        raise InvalidInput(errors=[FieldError("deputy", _("Nobody is his own deputy. Choose somebody else."))])
    if not deputy.is_active:
        raise InvalidInput(errors=[FieldError("deputy", _("%(name)s has left. Choose somebody else.") % {"name": deputy.name})])
    if not since < until or until <= at:
        raise InvalidInput(errors=[FieldError("until", _("The end must lie after the beginning, and ahead."))])
    if since - at > LONGEST:
        raise InvalidInput(errors=[FieldError("since", _("A deputy is named a year ahead at most."))])
    if until - since > LONGEST:
        raise InvalidInput(errors=[FieldError("until", _("A deputy is named for a year at most."))])


def _chain(pairs: list[tuple[int, int]], start: int, end: int) -> list[int]:
    """Return the shortest chain of deputies from `start` to `end`, both included; nothing if there is none."""
    ways, seen = [[start]], {start}
    for way in ways:
        if way[-1] == end:
            return way
        for of, to in pairs:
            if of == way[-1] and to not in seen:
                seen.add(to)
                ways.append([*way, to])
    return []
