"""What the inputs of this room must look like, collected so that a form shows all that is wrong at once."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from banjie.kernel.errors import FieldError, InvalidInput
from banjie.kernel.phones import normalise_phone
from banjie.people.models import Role, Unit
from banjie.people.permissions import Permission

_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
_USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,59}")


@dataclass
class Checklist:
    """Collect wrong inputs, then refuse all of them together."""

    errors: list[FieldError] = field(default_factory=list)

    def demand(self, is_right: object, name: str, message: str) -> None:
        """Note that field `name` is wrong unless `is_right`."""
        if not is_right:
            self.errors.append(FieldError(name, message))

    def settle(self) -> None:
        """Refuse when anything was noted.

        Raises:
            InvalidInput: with every wrong field.
        """
        if self.errors:
            raise InvalidInput(errors=self.errors)


@dataclass(frozen=True, slots=True)
class MemberDraft:
    """What is entered about a member."""

    username: str
    name: str
    phone: str = ""
    email: str = ""

    def cleaned(self) -> MemberDraft:
        """Return it without stray blanks, the sign-in name in lower case, the phone in its stored form."""
        return MemberDraft(
            username=self.username.strip().lower(),
            name=" ".join(self.name.split()),
            phone=self.phone.strip() if _phone_error(self.phone) else _stored_phone(self.phone),
            email=self.email.strip(),
        )

    def check(self, found: Checklist) -> None:
        """Note what is wrong with a cleaned draft."""
        found.demand(
            _USERNAME.fullmatch(self.username),
            "username",
            _("Write 2 to 60 lower-case letters, digits, dots, hyphens or underscores, beginning with a letter or digit."),
        )
        found.demand(0 < len(self.name) <= 60, "name", _("Write the person's name, at most 60 characters."))
        phone_error = _phone_error(self.phone)
        found.demand(not phone_error, "phone", phone_error)
        found.demand(
            not self.email or _is_email(self.email), "email", _("Write an e-mail address such as li@example.com, or leave it empty.")
        )


@dataclass(frozen=True, slots=True)
class UnitDraft:
    """What is entered about a unit."""

    code: str
    name: str
    kind: str
    region: str = ""

    def cleaned(self) -> UnitDraft:
        """Return it without stray blanks."""
        return UnitDraft(self.code.strip(), " ".join(self.name.split()), self.kind, " ".join(self.region.split()))

    def check(self, found: Checklist) -> None:
        """Note what is wrong with a cleaned draft."""
        found.demand(_CODE.fullmatch(self.code), "code", _("Write 1 to 40 letters, digits, dots, hyphens or underscores."))
        found.demand(0 < len(self.name) <= 80, "name", _("Write the unit's name, at most 80 characters."))
        found.demand(self.kind in Unit.Kind.values, "kind", _("Choose one of the kinds."))
        found.demand(len(self.region) <= 80, "region", _("Write at most 80 characters."))


@dataclass(frozen=True, slots=True)
class RoleDraft:
    """What is entered about a role. The code never changes later: rulebooks name it."""

    code: str
    title: str
    scope: str
    permissions: frozenset[str]

    def cleaned(self) -> RoleDraft:
        """Return it without stray blanks."""
        return replace(self, code=self.code.strip(), title=" ".join(self.title.split()))

    def check(self, found: Checklist) -> None:
        """Note what is wrong with a cleaned draft."""
        unknown = sorted(self.permissions - frozenset(Permission))
        found.demand(_CODE.fullmatch(self.code), "code", _("Write 1 to 40 letters, digits, dots, hyphens or underscores."))
        found.demand(0 < len(self.title) <= 60, "title", _("Write the role's title, at most 60 characters."))
        found.demand(self.scope in Role.Scope.values, "scope", _("Choose one of the scopes."))
        found.demand(
            not unknown,
            "permissions",
            _("There is no permission called %(names)s.") % {"names": ", ".join(name[:40] for name in unknown[:5])},
        )


def _stored_phone(text: str) -> str:
    return normalise_phone(text) if text.strip() else ""


def _phone_error(text: str) -> str:
    try:
        stored = _stored_phone(text)
    except ValueError as wrong:
        return str(wrong)
    return "" if len(stored) <= 20 else _("This phone number is too long.")


def _is_email(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True
