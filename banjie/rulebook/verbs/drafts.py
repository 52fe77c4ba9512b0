"""Change a draft, and take a proposal back."""

from __future__ import annotations

import hashlib
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from banjie.kernel.errors import FieldError, InvalidInput, NotPermitted, StaleVersion
from banjie.people.actor import Actor
from banjie.people.permissions import Permission
from banjie.rulebook.approving import may_return
from banjie.rulebook.models import RulebookVersion
from banjie.rulebook.records import NotReady, locked, log, name_checked, name_of

Status = RulebookVersion.Status


@transaction.atomic
def change_draft(version_id: int, text: str, *, expect: str, by: Actor, at: datetime, unfinished: bool = False) -> RulebookVersion:
    """Replace the text of a draft; whoever changes it last is its author.

    Args:
        expect: the digest of the text that the editor began with.
        unfinished: keep it whatever the check finds; only its name must be readable.

    Raises:
        NotPermitted: without rulebook:edit.
        NotReady: it is no draft any more: its text stands.
        StaleVersion: somebody else changed the draft meanwhile.
        InvalidInput: the check found errors, or the text is of another rulebook.
    """
    by.must(Permission.RULEBOOK_EDIT)
    version = locked(version_id)
    if version.status != Status.DRAFT:
        raise NotReady(_("This version is no draft any more. Make a new draft from its text."))
    if version.digest != expect:
        raise StaleVersion(_("Somebody else changed this draft meanwhile. Keep your text, reload, and bring the two together."))
    name = name_of(text) if unfinished else name_checked(text)
    if name.slug != version.rulebook.slug:
        raise InvalidInput(
            _("This draft is of the rulebook “%(slug)s”; the text begins with another name.") % {"slug": version.rulebook.slug},
            errors=[FieldError("source", _("Write rulebook: %(slug)s") % {"slug": version.rulebook.slug})],
        )
    version.source, version.digest = text, hashlib.sha256(text.encode()).hexdigest()
    version.created_at, version.created_by_id = at, by.member_id
    version.save(update_fields=["source", "digest", "created_at", "created_by_id"])
    log("rulebook.draft-changed", version, by=by, at=at)
    return version


@transaction.atomic
def return_proposal(version_id: int, reason: str, *, by: Actor, at: datetime) -> RulebookVersion:
    """Make a version that waits for approval, or for its day, a draft again, with a reason: its author takes it back, or an approver does not agree.

    Raises:
        NotPermitted: whoever neither writes rulebooks nor approves this one.
        NotReady: it is not proposed.
        InvalidInput: without a reason.
    """
    version = locked(version_id)
    if not may_return(version, by):
        raise NotPermitted
    if version.status not in (Status.PROPOSED, Status.APPROVED):
        raise NotReady(_("Only a proposed version can be returned."))
    if not reason.strip():
        raise InvalidInput(errors=[FieldError("reason", _("Write why, so that its author knows what to change."))])
    version.status, version.approved_at, version.approved_by_id, version.starts_at = Status.DRAFT, None, None, None
    version.save(update_fields=["status", "approved_at", "approved_by_id", "starts_at"])
    log("rulebook.returned", version, by=by, at=at, note=reason.strip()[:500])
    return version
