"""Files of a ticket: kept under random names outside the web root, seen by whoever sees the ticket (PLT-10)."""

from __future__ import annotations

from datetime import datetime

from django.core.files.base import File
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from banjie.kernel.errors import NotPermitted, Unseen
from banjie.people.actor import Actor
from banjie.people.permissions import Permission
from banjie.tickets.access import Seen, get_ticket, may_see, works_on
from banjie.tickets.filestore import AT_MOST, TooManyFiles, checked, stored
from banjie.tickets.lifecycle import note
from banjie.tickets.models import Attachment
from banjie.tickets.snapshot import load
from banjie.tickets.step import EventDraft, Snapshot


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
    media_type = checked(upload)
    assert upload is not None
    with stored(upload, media_type, by=by, at=at) as kept, transaction.atomic():
        note(ticket.number, [EventDraft("attached", {"file": kept.name, "size": kept.size, "sha256": kept.digest})], by=by, at=at)
        kept.ticket_id = ticket.id
        Attachment.objects.bulk_create([kept])
    return kept


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
