"""Sign a frozen copy."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy

from banjie.insight.frozen import signature_link
from banjie.insight.models import CopySignature, FrozenCopy
from banjie.insight.queries.copies import get_copy, must_be_intact, signatures_of
from banjie.insight.queries.signing import role_to_sign
from banjie.kernel.errors import Refused
from banjie.people.actor import Actor
from banjie.people.events import record
from banjie.rulebook.queries import program_of


class SignedAlready(Refused):
    """His signature stands."""

    code = "copy-signed-already"
    default_message = gettext_lazy("You have signed this copy. Nobody signs twice.")


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
        copy=copy, member_id=by.member_id or 0, member_name=by.name[:80], role=role, role_title=title, at=at, sha256=copy.sha256
    )
    signature.digest = signature_link(signature, bytes(signatures[-1].digest if signatures else copy.digest))
    signature.save(force_insert=True)
    record(
        "ledger.signed", f"{copy.book} {copy.ledger} {copy.first} #{copy.number}", {"copy": copy.pk, "sha256": copy.sha256}, by=by, at=at
    )
    return signature
