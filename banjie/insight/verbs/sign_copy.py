"""Sign a frozen copy."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from banjie.insight.frozen import signature_link
from banjie.insight.models import CopySignature, FrozenCopy
from banjie.insight.queries.copies import (
    MOST_LISTED,
    freeze_of,
    get_copy,
    may_read_copies,
    must_be_intact,
    roles_missing,
    roles_over_all,
    signatures_of,
)
from banjie.kernel.errors import NotPermitted, Refused
from banjie.people.actor import Actor
from banjie.people.events import record
from banjie.rulebook.queries import program_of


class SignedAlready(Refused):
    """His signature stands."""

    code = "copy-signed-already"
    default_message = gettext_lazy("You have signed this copy. Nobody signs twice.")


class OwnCopy(NotPermitted):
    """Nobody signs what he froze himself (invariant 7)."""

    code = "own-copy"
    default_message = gettext_lazy("You froze this copy. Let somebody else sign it.")


class AnotherDigest(Refused):
    """What he looked at is not what stands here."""

    code = "another-digest"
    default_message = gettext_lazy("This is not the copy that you were shown. Open it again and read it before you sign.")


@transaction.atomic
def sign_copy(copy_id: int, sha256: str, *, by: Actor, at: datetime) -> CopySignature:
    """Put one's name under a frozen copy, over the digest that was shown (CHC-07, RPT-10).

    One signs in the first role, of those that the rulebook names and that he holds over the whole organisation, which
    nobody has signed in yet. Deputies do not sign.

    Raises:
        Unseen: there is no such copy, or it is not his to read.
        NotPermitted: he holds no role that signs it; OwnCopy: he froze it.
        SignedAlready: he has signed it; AnotherDigest: he was shown another; NotIntact: it was tampered with.
    """
    by.must_write()
    copy = get_copy(by, copy_id)
    list(FrozenCopy.objects.select_for_update().filter(pk=copy.pk).values_list("pk"))  # signatures are chained one after the other
    signatures = signatures_of(copy)
    role = role_to_sign(by, copy, signatures)
    if any(one.member_id == by.member_id for one in signatures):
        raise SignedAlready
    if sha256 != copy.sha256:
        raise AnotherDigest
    must_be_intact(copy)
    title = program_of(copy.rulebook_version_id).book.roles[role].title
    signature = CopySignature(
        copy=copy, member_id=by.member_id, member_name=by.name[:80], role=role, role_title=title, at=at, sha256=copy.sha256
    )
    signature.digest = signature_link(signature, bytes(signatures[-1].digest if signatures else copy.digest))
    signature.save(force_insert=True)
    record(
        "ledger.signed", f"{copy.book} {copy.ledger} {copy.first} #{copy.number}", {"copy": copy.pk, "sha256": copy.sha256}, by=by, at=at
    )
    return signature


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
