"""Check entries of a form, a REST call or a spreadsheet row: every fault is named with its field, none is repaired silently."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeVar

from django.db.models import TextChoices
from django.utils.translation import gettext as _

from banjie.kernel.errors import FieldError, InvalidInput
from banjie.kernel.phones import normalise_phone
from banjie.people.models import Unit

C = TypeVar("C", bound=TextChoices)


@dataclass(slots=True)
class Faults:
    """Gathers what is wrong, so that a person corrects everything at once."""

    found: list[FieldError] = field(default_factory=list)

    def add(self, name: str, message: str) -> None:
        """Note a fault of the field `name`."""
        self.found.append(FieldError(name, message))

    def refuse(self) -> None:
        """Refuse if anything was noted.

        Raises:
            InvalidInput: with every fault.
        """
        if self.found:
            raise InvalidInput(errors=self.found)

    def text(self, name: str, written: str, longest: int, *, needed: bool = False) -> str:
        """Return the text without surrounding blanks; note it when it is too long, missing, or holds control characters."""
        text = written.strip()
        if needed and not text:
            self.add(name, _("This entry is needed."))
        if len(text) > longest:
            self.add(name, _("At most %(longest)d characters; this has %(count)d.") % {"longest": longest, "count": len(text)})
        if any(ord(character) < 32 and character not in "\n\r\t" for character in text):
            self.add(name, _("Remove the invisible control characters."))
        return text

    def choice(self, name: str, written: str, choices: type[C]) -> str:
        """Return the choice; note it when there is no such."""
        if written not in choices.values:
            self.add(name, _("Choose one of: %(choices)s.") % {"choices": "、".join(str(label) for label in choices.labels)})
        return written

    def phone(self, name: str, written: str) -> str:
        """Return the normalised number; note why it is none."""
        try:
            return normalise_phone(written)
        except ValueError as wrong:
            self.add(name, str(wrong))
            return ""

    def unit(self, name: str, unit_id: int | None) -> Unit | None:
        """Return an active unit, or None for None; note it when there is no such."""
        if unit_id is None:
            return None
        unit = Unit.objects.filter(pk=unit_id, is_active=True).first()
        if unit is None:
            self.add(name, _("Choose an active unit."))
        return unit
