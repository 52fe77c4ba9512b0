"""Take all active rulebooks out as one file, and bring texts in as drafts: all of them or none."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from banjie.kernel.errors import FieldError, InvalidInput
from banjie.people.actor import Actor
from banjie.people.permissions import Permission
from banjie.rulebook.check import check
from banjie.rulebook.models import RulebookVersion
from banjie.rulebook.source import MAX_BYTES
from banjie.rulebook.verbs.versions import save_draft

MOST_FILES = 100
MOST_BYTES = 8 * 1024 * 1024
_MOST_ERRORS = 50
_FIELD = "files"


@dataclass(frozen=True, slots=True)
class Text:
    """A rulebook's text and the name of its file."""

    file: str
    text: str


@dataclass(frozen=True, slots=True)
class Brought:
    """What became of a file: the draft made of it, or None where this very text is at work already."""

    file: str
    version: RulebookVersion | None


def bundle() -> bytes:
    """Return the active texts of all rulebooks as a ZIP file, one YAML file each."""
    made = io.BytesIO()
    active = RulebookVersion.objects.filter(status=RulebookVersion.Status.ACTIVE).select_related("rulebook").order_by("rulebook__slug")
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for version in active[:MOST_FILES]:
            moment = version.activated_at or version.created_at
            entry = zipfile.ZipInfo(f"{version.rulebook.slug}.yaml", (moment.year, moment.month, moment.day, moment.hour, moment.minute, 0))
            archive.writestr(entry, version.source, zipfile.ZIP_DEFLATED)
    return made.getvalue()


def texts_of(files: Iterable[tuple[str, bytes]]) -> list[Text]:
    """Return the texts in uploaded files: YAML files, and ZIP files of such.

    Raises:
        InvalidInput: too many, too large, no UTF-8, neither YAML nor ZIP; with the file's name.
    """
    found = [text for name, content in files for text in _texts(name, content)]
    if not found:
        raise _wrong("", _("Choose one or more YAML files, or a ZIP file of them."))
    if len(found) > MOST_FILES:
        raise _wrong("", _("These are more than %(n)d files. Bring them in portions.") % {"n": MOST_FILES})
    return found


def _texts(name: str, content: bytes) -> Iterator[Text]:
    if not name.lower().endswith(".zip"):
        yield _text(name, content)
        return
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = [entry for entry in archive.infolist() if entry.filename.lower().endswith((".yaml", ".yml"))]
            if len(entries) > MOST_FILES or sum(entry.file_size for entry in entries) > MOST_BYTES:
                raise _wrong(
                    name, _("It unpacks to more than %(n)d files or %(limit)d MiB.") % {"n": MOST_FILES, "limit": MOST_BYTES >> 20}
                )
            for entry in entries:
                with archive.open(entry) as file:
                    yield _text(entry.filename, file.read(MAX_BYTES + 1))
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, RuntimeError) as why:
        raise _wrong(name, _("This is no ZIP file that can be read.")) from why


def _text(name: str, content: bytes) -> Text:
    if not name.lower().endswith((".yaml", ".yml")):
        raise _wrong(name, _("Neither YAML nor ZIP."))
    if len(content) > MAX_BYTES:
        raise _wrong(name, _("The rulebook is larger than %(limit)d KiB.") % {"limit": MAX_BYTES // 1024})
    try:
        return Text(name, str(content, "utf-8-sig").replace("\r\n", "\n"))
    except UnicodeDecodeError as why:
        raise _wrong(name, _("The file is not written in UTF-8. Save it as UTF-8, then upload it.")) from why


def _wrong(name: str, message: str) -> InvalidInput:
    return InvalidInput(errors=[FieldError(_FIELD, f"{name}: {message}" if name else message)])


@transaction.atomic
def bring_in(texts: Iterable[Text], *, by: Actor, at: datetime) -> list[Brought]:
    """Make a draft of each text that is not at work already; of none when one is wrong.

    Raises:
        NotPermitted: without rulebook:edit.
        InvalidInput: the check found errors; each with its file, line and column.
    """
    by.must(Permission.RULEBOOK_EDIT)
    texts = list(texts)
    errors = [FieldError(_FIELD, f"{one.file}:{problem}") for one in texts for problem in check(one.text).errors]
    if errors:
        raise InvalidInput(_("Nothing was brought in: %(n)d errors were found.") % {"n": len(errors)}, errors=errors[:_MOST_ERRORS])
    at_work = set(RulebookVersion.objects.filter(status=RulebookVersion.Status.ACTIVE).values_list("source", flat=True))
    return [Brought(one.file, None if one.text in at_work else save_draft(one.text, by=by, at=at)) for one in texts]
