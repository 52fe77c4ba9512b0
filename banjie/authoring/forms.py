"""Read what the editor sends: typed text, or an uploaded file; a time to start; a place in the text."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext as _

from banjie.kernel.errors import FieldError, InvalidInput
from banjie.rulebook.source import MAX_BYTES

MOST_UPLOADED = 4 * 1024 * 1024


def sent_text(request: HttpRequest) -> str:
    """Return the rulebook's text: that of the file if one was chosen, else what stands in the field.

    Raises:
        InvalidInput: the file is too large or not written in UTF-8.
    """
    file = request.FILES.get("file")
    if file is None:
        return str(request.POST.get("source", "")).replace("\r\n", "\n")
    if (file.size or 0) > MAX_BYTES:
        message = _("The rulebook is larger than %(limit)d KiB.") % {"limit": MAX_BYTES // 1024}
        raise InvalidInput(errors=[FieldError("file", message)])
    try:
        return str(file.read(), "utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as wrong:
        raise InvalidInput(errors=[FieldError("file", _("The file is not written in UTF-8. Save it as UTF-8, then upload it."))]) from wrong


def sent_files(request: HttpRequest) -> list[tuple[str, bytes]]:
    """Return the names and contents of the uploaded files.

    Raises:
        InvalidInput: together they are too large.
    """
    files = request.FILES.getlist("files")
    if sum(file.size or 0 for file in files) > MOST_UPLOADED:
        message = _("The files are larger than %(limit)d MiB together.") % {"limit": MOST_UPLOADED >> 20}
        raise InvalidInput(errors=[FieldError("files", message)])
    return [(str(file.name or ""), file.read()) for file in files]


def whole(text: str) -> int:
    """Return a small whole number, 0 for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0
