"""Files of a ticket: kept under random names outside the web root, seen by whoever sees the ticket (PLT-10)."""

from __future__ import annotations

import secrets
from datetime import datetime
from hashlib import sha256

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from banjie.kernel.errors import FieldError, InvalidInput, NotPermitted, Refused, Unseen
from banjie.people.actor import Actor
from banjie.people.permissions import Permission
from banjie.tickets.access import Seen, get_ticket, may_see, works_on
from banjie.tickets.filetypes import media_type_of, safe_name
from banjie.tickets.lifecycle import note
from banjie.tickets.models import Attachment
from banjie.tickets.snapshot import load
from banjie.tickets.step import EventDraft, Snapshot

AT_MOST = 100


class TooManyFiles(Refused):
    """The ticket holds as many files as it may."""

    status = 422
    code = "too-many-files"


def attach(number: str, upload: File[bytes] | None, *, by: Actor, at: datetime) -> Attachment:
    """Keep a file with a ticket; the timeline says so.

    Raises:
        Unseen: no such ticket for the actor.
        NotPermitted: he may read it only.
        InvalidInput: there is no file, or it is empty, larger than `BANJIE_UPLOAD_LIMIT`, or no picture, document, text or recording.
        TooManyFiles: the ticket holds `AT_MOST` files.
    """
    ticket = load(number, lock=False)
    _must_add(by, ticket)
    if upload is None:
        raise _wrong(_("Choose a file."))
    media_type = _checked(upload)
    name = safe_name(upload.name or "", media_type)
    digest = _digest(upload)
    stored_as = default_storage.save(f"attachments/{at:%Y%m}/{secrets.token_urlsafe(24)}", upload)
    try:
        with transaction.atomic():
            draft = EventDraft("attached", {"file": name, "size": upload.size, "sha256": digest})
            note(ticket.number, [draft], by=by, at=at)
            return Attachment.objects.create(
                ticket_id=ticket.id,
                name=name,
                media_type=media_type,
                size=upload.size,
                digest=digest,
                stored_as=stored_as,
                added_at=at,
                added_by_id=by.member_id,
            )
    except BaseException:
        default_storage.delete(stored_as)
        raise


def may_add(actor: Actor, ticket: Seen) -> bool:
    """Tell whether the actor may add files to a ticket that he sees: by a post over its unit, or because it is his."""
    if actor.read_only or not actor.may(Permission.TICKET_COMMENT):
        return False
    return works_on(actor, ticket) or actor.may(Permission.TICKET_COMMENT, ticket.unit_path)


def attachments_of(ticket_id: int) -> QuerySet[Attachment]:
    """Return a ticket's files, oldest first, with who added them. The caller has asked who may see the ticket."""
    return Attachment.objects.filter(ticket_id=ticket_id).select_related("added_by").order_by("pk")[:AT_MOST]


def get_attachment(actor: Actor, number: str, attachment_id: int) -> Attachment:
    """Return a file of a ticket that the actor may see.

    Raises:
        Unseen: the ticket or the file is missing or hidden.
    """
    found = Attachment.objects.filter(ticket=get_ticket(actor, number), pk=attachment_id).first()
    if found is None:
        raise Unseen
    return found


def _must_add(by: Actor, ticket: Snapshot) -> None:
    if not may_see(by, ticket):
        raise Unseen
    if not may_add(by, ticket):
        raise NotPermitted
    if Attachment.objects.filter(ticket_id=ticket.id).count() >= AT_MOST:
        raise TooManyFiles(_("This ticket already holds %(n)d files. Put several into one document.") % {"n": AT_MOST})


def _checked(upload: File[bytes]) -> str:
    limit = settings.ENV.upload_limit
    if not upload.size:
        raise _wrong(_("The file is empty. Choose another one."))
    if upload.size > limit:
        raise _wrong(_("The file is too large: at most %(limit)d MB.") % {"limit": limit // (1024 * 1024) or 1})
    assert upload.file is not None
    media_type = media_type_of(upload.file)
    if not media_type:
        raise _wrong(_("Only pictures, PDF, Office documents, texts, recordings and videos are accepted; this file is none of them."))
    return media_type


def _wrong(message: str) -> InvalidInput:
    return InvalidInput(errors=[FieldError("file", message)])


def _digest(upload: File[bytes]) -> str:
    seen = sha256()
    for chunk in upload.chunks():
        seen.update(chunk)
    upload.seek(0)
    return seen.hexdigest()
