"""Files in the fields of a form: uploaded first, then named by their ids, and kept as references that stand as evidence (PLT-10).

A reference is `{"id", "name", "size", "digest"}`. Whoever names a file has uploaded it himself, or it is the ticket's already.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from banjie.kernel.errors import FieldError, InvalidInput
from banjie.people.actor import Actor
from banjie.people.permissions import Permission
from banjie.rulebook.program import Program
from banjie.tickets.filestore import AT_MOST, TooManyFiles, checked, stored
from banjie.tickets.models import Attachment
from banjie.tickets.payload import MAX_FILES, Wrong, file_ids

KEPT_FOR = timedelta(days=1)
MOST_WAITING = 60
_CLEARED_AT_ONCE = 20


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose files may be named: those that the actor has uploaded, and those of the ticket, or of the ticket `above_id` a new one."""

    by: Actor
    ticket_id: int | None = None
    above_id: int | None = None

    @property
    def allowed(self) -> Q:
        found = Q(ticket=None, added_by=self.by.member_id)
        for ticket_id in (self.ticket_id, self.above_id):
            if ticket_id is not None:
                found |= Q(ticket=ticket_id)
        return found


def keep_upload(upload: File[bytes] | None, *, field: str = "file", by: Actor, at: datetime) -> Attachment:
    """Keep a file for a form that is still being filled; what nobody has sent within a day goes.

    Raises:
        NotPermitted: the actor only reads tickets. InvalidInput: see `attachments.checked`.
        TooManyFiles: he has uploaded `MOST_WAITING` files that he has not sent.
    """
    by.must_write()
    by.must(Permission.TICKET_COMMENT)
    media_type = checked(upload, field)
    assert upload is not None
    _clear(at)
    if Attachment.objects.filter(ticket=None, added_by=by.member_id).count() >= MOST_WAITING:
        raise TooManyFiles(_("You have uploaded %(n)d files that you have not sent. Send the form first.") % {"n": MOST_WAITING})
    with stored(upload, media_type, by=by, at=at) as kept:
        Attachment.objects.bulk_create([kept])
    return kept


@transaction.atomic
def _clear(at: datetime) -> None:
    """Take away what was uploaded more than a day ago and never sent."""
    old = Attachment.objects.filter(ticket=None, added_at__lt=at - KEPT_FOR).select_for_update(skip_locked=True)[:_CLEARED_AT_ONCE]
    for one in old:
        one.delete()
        transaction.on_commit(partial(default_storage.delete, one.stored_as))


def reference(kept: Attachment) -> dict[str, Any]:
    """Return how a form holds a file."""
    return {"id": kept.pk, "name": kept.name, "size": kept.size, "digest": kept.digest}


def references(ids: Iterable[int], holder: Holder) -> list[dict[str, Any]]:
    """Return the files of some ids that the holder may name, in this order; the others are left out."""
    wanted = list(ids)[: MAX_FILES + 1]
    found = {one.pk: one for one in Attachment.objects.filter(holder.allowed, pk__in=wanted)} if wanted else {}
    return [reference(found[one]) for one in wanted if one in found]


def referred(program: Program, payload: Mapping[str, Any], holder: Holder) -> dict[str, Any]:
    """Return a payload in which each file is a reference; nothing is believed of what was sent but its id.

    Raises:
        InvalidInput: something else than ids, a file that does not exist, that somebody else uploaded, or that is of another ticket.
    """
    values = dict(payload)
    for name in _file_fields(program, payload):
        try:
            ids = file_ids(payload[name])
        except Wrong as wrong:
            raise InvalidInput(errors=[FieldError(name, f"{program.field(name).title}: {wrong}")]) from wrong
        values[name] = references(ids, holder)
        if len(values[name]) != len(ids):
            message = _("Of “%(title)s” a file is missing, or is not yours to use here. Upload it again.") % {
                "title": program.field(name).title
            }
            raise InvalidInput(errors=[FieldError(name, message)])
    return values


def claim(program: Program, values: dict[str, Any], ticket_id: int, holder: Holder) -> None:
    """Make the files of a checked form the ticket's; those of the ticket above are copied, since each ticket keeps its own.

    Raises:
        InvalidInput: one of them was sent with another form meanwhile. TooManyFiles: the ticket would hold more than it may.
    """
    for name in _file_fields(program, values):
        if holder.above_id is not None:
            values[name] = [_copied(one, holder) for one in values[name]]
        ids = [one["id"] for one in values[name]]
        taken = Attachment.objects.filter(pk__in=ids, ticket=None).update(ticket_id=ticket_id)
        if taken != len(ids) and Attachment.objects.filter(pk__in=ids, ticket=ticket_id).count() != len(ids):
            message = _("A file of “%(title)s” was sent with another form meanwhile. Upload it again.")
            raise InvalidInput(errors=[FieldError(name, message % {"title": program.field(name).title})])
        if taken and Attachment.objects.filter(ticket=ticket_id).count() > AT_MOST:
            raise TooManyFiles(_("This ticket already holds %(n)d files. Put several into one document.") % {"n": AT_MOST})


def _copied(one: dict[str, Any], holder: Holder) -> dict[str, Any]:
    """Return a reference to a copy of a file of the ticket above; to the file itself if it is an upload."""
    kept = Attachment.objects.get(pk=one["id"])
    if kept.ticket_id is None:
        return one
    with default_storage.open(kept.stored_as) as content:
        content.name = kept.name
        with stored(content, kept.media_type, by=holder.by, at=kept.added_at) as copy:
            Attachment.objects.bulk_create([copy])
    return reference(copy)


def _file_fields(program: Program, values: Mapping[str, Any]) -> Iterator[str]:
    """Yield the fields of files that hold something."""
    for name in values:
        if name in program.book.fields and program.field(name).kind == "file" and values[name] not in (None, "", []):
            yield name
