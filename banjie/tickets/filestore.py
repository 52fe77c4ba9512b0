"""How a file is kept: checked by what it is, stored under a random name, with its digest (PLT-10)."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from hashlib import sha256

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from banjie.kernel.errors import FieldError, InvalidInput, Refused
from banjie.people.actor import Actor
from banjie.tickets.filetypes import media_type_of, safe_name
from banjie.tickets.models import Attachment

AT_MOST = 100


class TooManyFiles(Refused):
    """The ticket holds as many files as it may."""

    status = 422
    code = "too-many-files"


@contextmanager
def stored(upload: File[bytes], media_type: str, *, by: Actor, at: datetime) -> Iterator[Attachment]:
    """Store a checked file and yield its row, not written yet; a failure afterwards takes the file away again."""
    digest = _digest(upload)
    stored_as = default_storage.save(f"attachments/{at:%Y%m}/{secrets.token_urlsafe(24)}", upload)
    try:
        yield Attachment(
            name=safe_name(upload.name or "", media_type),
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


def checked(upload: File[bytes] | None, field: str = "file") -> str:
    """Return the media type of a file that may be kept.

    Raises:
        InvalidInput: at `field`: there is no file, or it is empty, larger than `BANJIE_UPLOAD_LIMIT`, or none of the accepted kinds.
    """
    limit = settings.ENV.upload_limit
    if upload is None:
        raise _wrong(field, _("Choose a file."))
    if not upload.size:
        raise _wrong(field, _("The file is empty. Choose another one."))
    if upload.size > limit:
        raise _wrong(field, _("The file is too large: at most %(limit)d MB.") % {"limit": limit // (1024 * 1024) or 1})
    assert upload.file is not None
    media_type = media_type_of(upload.file)
    if not media_type:
        raise _wrong(
            field, _("Only pictures, PDF, Office documents, texts, recordings and videos are accepted; this file is none of them.")
        )
    return media_type


def _wrong(field: str, message: str) -> InvalidInput:
    return InvalidInput(errors=[FieldError(field, message)])


def _digest(upload: File[bytes]) -> str:
    seen = sha256()
    for chunk in upload.chunks():
        seen.update(chunk)
    upload.seek(0)
    return seen.hexdigest()
