"""From cells to entries: everything that a row tells by itself."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from banjie.customers.importing.table import KEY_COLUMNS, choice_words
from banjie.customers.keys import normalise_key
from banjie.kernel.errors import FieldError
from banjie.kernel.excel import Row
from banjie.kernel.phones import normalise_phone

_BETWEEN_PHONES = re.compile(r"[、,，;；/／\n]+")
# The apostrophe that our own export puts before what a spreadsheet could take for a formula.
_NEUTRALISED = re.compile(r"^'(?=[=+\-@])")


@dataclass(slots=True)
class Entry:
    """A row, read. Empty texts say nothing. The ids are found by `checking`."""

    row: Row
    code: str
    name: str
    kind: str
    grade: str
    unit: str
    contact: str
    phones: tuple[str, ...]
    address: str
    keys: dict[str, str]
    asset_address: str
    engineer: str
    unit_id: int | None = None
    engineer_id: int | None = None
    party: Party | None = None
    asset_id: int | None = None
    is_new_asset: bool = False

    @property
    def has_asset(self) -> bool:
        return bool(self.keys)


@dataclass(slots=True, eq=False)
class Party:
    """A customer of the file, with all its rows. `customer_id` is None for a new one until it is written."""

    code: str = ""
    customer_id: int | None = None
    is_new: bool = False
    unit_id: int | None = None
    entries: list[Entry] = field(default_factory=list)

    def said(self, name: str) -> str:
        """Return what the rows say about this field of the customer: the first filled cell."""
        return next((value for entry in self.entries if (value := getattr(entry, name))), "")


def read_entries(rows: list[Row]) -> tuple[list[Entry], list[FieldError]]:
    """Read the rows and return them with everything that is wrong in themselves."""
    errors: list[FieldError] = []
    return [_entry(row, errors) for row in rows], errors


def _entry(row: Row, errors: list[FieldError]) -> Entry:
    cells = {name: _NEUTRALISED.sub("", value) for name, value in row.values.items()}
    entry = Entry(
        row=row,
        code=normalise_key(cells["code"]),
        name=cells["name"],
        kind=_choice(row, "kind", cells["kind"], errors),
        grade=_choice(row, "grade", cells["grade"], errors),
        unit=cells["unit"],
        contact=cells["contact"],
        phones=_phones(row, cells["phone"], errors),
        address=cells["address"],
        keys={kind: cells[kind] for kind in KEY_COLUMNS if normalise_key(cells[kind])},
        asset_address=cells["asset_address"],
        engineer=cells["engineer"].lower(),
    )
    if not entry.has_asset and (entry.asset_address or entry.engineer):
        errors.append(row.error("terminal_no", _("An installed address or engineer needs a terminal number, merchant number or barcode.")))
    if not entry.has_asset and not entry.code and not entry.name:
        errors.append(row.error("code", _("The row names no customer: give a customer number, a name or a terminal number.")))
    return entry


def _choice(row: Row, name: str, written: str, errors: list[FieldError]) -> str:
    words = choice_words(name)
    if not written or written.casefold() in words:
        return words.get(written.casefold(), "")
    known = "、".join(dict.fromkeys(word for word in words if word not in words.values()))
    errors.append(row.error(name, _("“%(written)s” is not known. Write one of: %(known)s.") % {"written": written, "known": known}))
    return ""


def _phones(row: Row, written: str, errors: list[FieldError]) -> tuple[str, ...]:
    numbers = []
    for part in filter(None, map(str.strip, _BETWEEN_PHONES.split(written))):
        try:
            numbers.append(normalise_phone(part))
        except ValueError as wrong:
            errors.append(row.error("phone", str(wrong)))
    return tuple(dict.fromkeys(numbers))
