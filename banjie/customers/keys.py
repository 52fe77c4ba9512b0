"""The kinds of names under which an asset is found, and their searched form (PLT-18)."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

MAX_VALUE = 60
_BLANKS = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class KeyKind:
    """A kind of key: its title, and whether one value names one asset in the whole organisation."""

    code: str
    title: Promise
    is_unique: bool


KEY_KINDS = {
    kind.code: kind
    for kind in (
        KeyKind("terminal_no", _("Terminal number"), is_unique=True),
        KeyKind("merchant_no", _("Merchant number"), is_unique=False),
        KeyKind("barcode", _("Barcode"), is_unique=True),
        KeyKind("user_no", _("User number"), is_unique=True),
        KeyKind("serial_no", _("Serial number"), is_unique=False),
        KeyKind("batch_no", _("Batch number"), is_unique=False),
        KeyKind("room_no", _("Room number"), is_unique=False),
        KeyKind("plate_no", _("Plate number"), is_unique=False),
    )
}


def key_title(kind: str) -> str:
    """Return the title of a kind in the reader's language; an unknown kind is its own title."""
    known = KEY_KINDS.get(kind)
    return str(known.title) if known else kind


def is_unique_kind(kind: str) -> bool:
    """Tell whether one value of this kind names one asset only."""
    return kind in KEY_KINDS and KEY_KINDS[kind].is_unique


def normalise_key(written: str) -> str:
    """Return the form in which a key is compared: no blanks, full-width characters as plain ones, capitals."""
    return _BLANKS.sub("", unicodedata.normalize("NFKC", written)).upper()
