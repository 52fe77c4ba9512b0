"""Who signs a frozen copy: in which role, and which copies wait for somebody."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from banjie.insight.models import CopySignature, FrozenCopy
from banjie.insight.queries.copies import MOST_LISTED, freeze_of, may_read_copies, roles_missing, roles_over_all
from banjie.kernel.errors import NotPermitted
from banjie.people.actor import Actor


class OwnCopy(NotPermitted):
    """Nobody signs what he froze himself (invariant 7)."""

    code = "own-copy"
    default_message = gettext_lazy("You froze this copy. Let somebody else sign it.")


def role_to_sign(by: Actor, copy: FrozenCopy, signatures: Sequence[CopySignature]) -> str:
    """Return the role in which somebody signs a copy.

    Raises:
        NotPermitted: he holds none of those that sign it; OwnCopy: he froze it.
    """
    held = roles_over_all(by, freeze_of(copy).signed_by)
    if by.member_id is None or not held:
        raise NotPermitted(_("This copy is signed by others."))
    if by.member_id == copy.by_id:
        raise OwnCopy
    missing = roles_missing(copy, signatures)
    return next((role for role in held if role in missing), held[0])


def may_sign(by: Actor, copy: FrozenCopy, signatures: Sequence[CopySignature]) -> bool:
    """Tell whether somebody is offered to sign a copy that has these signatures."""
    try:
        role_to_sign(by, copy, signatures)
    except NotPermitted:
        return False
    return not by.read_only and not any(one.member_id == by.member_id for one in signatures)


def waiting_for(by: Actor) -> list[FrozenCopy]:
    """Return the copies that somebody may sign and has not, the latest first, of the last MOST_LISTED."""
    if not may_read_copies(by):
        return []
    latest = FrozenCopy.objects.select_related("rulebook_version").prefetch_related("signatures").order_by("-pk")[:MOST_LISTED]
    return [copy for copy in latest if may_sign(by, copy, list(copy.signatures.all()))]
