"""Take a certificate back."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from banjie.kernel.errors import FieldError, InvalidInput, Refused
from banjie.people.actor import Actor
from banjie.people.certificates import must_look_after
from banjie.people.events import record
from banjie.people.grants import forget
from banjie.people.models import Certificate


@transaction.atomic
def revoke_certificate(certificate: Certificate, *, reason: str, by: Actor, at: datetime) -> None:
    """Take a certificate or an approved waiver back, with a reason, from now on.

    Raises:
        NotPermitted: `by` neither examines the course nor manages the member; OwnExamination: it is his own.
        InvalidInput: no reason; Refused: it was revoked before, or never issued.
    """
    row = Certificate.objects.select_for_update(of=("self",)).select_related("member", "course").get(pk=certificate.pk)
    must_look_after(row.member, row.course, by=by, at=at)
    if not reason.strip():
        raise InvalidInput(errors=[FieldError("reason", _("Write why it is taken back."))])
    if row.revoked_at is not None or row.issued_at is None:
        raise Refused(_("It was taken back before."))
    row.revoked_at, row.revoked_by_name, row.revoked_reason = at, by.name[:80], reason.strip()[:500]
    row.save(update_fields=["revoked_at", "revoked_by_name", "revoked_reason"])
    record("certificate.revoked", row.member.username, {"course": row.course.title, "reason": row.revoked_reason}, by=by, at=at)
    forget()
