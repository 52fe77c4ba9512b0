"""Expected failures. Each says in one sentence what is refused, why, and what to do instead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class FieldError:
    """One wrong input: where it stands (`field`, dotted for rows) and what is wrong."""

    field: str
    message: str


class Refused(Exception):
    """Base of every expected failure; doors turn it into a page, a form error or problem+json.

    `clause` is the clause of the regulation that refuses, as "rulebook 五.3", or empty.
    """

    status = 409
    code = "refused"
    default_message = _("This is not possible now.")

    def __init__(self, message: object = "", *, clause: str = "", errors: Sequence[FieldError] = ()) -> None:
        self.message = str(message or self.default_message)
        self.clause = clause
        self.errors = tuple(errors)
        super().__init__(self.message)


class NotPermitted(Refused):
    """The actor's roles do not allow this."""

    status = 403
    code = "not-permitted"
    default_message = _("Your role does not allow this. Ask your administrator for the permission.")


class NotAllowedNow(Refused):
    """The action is not possible in the ticket's present state, or its condition does not hold."""

    code = "not-allowed-now"


class Unseen(Refused):
    """Missing or hidden: both look the same (invariant 6)."""

    status = 404
    code = "not-found"
    default_message = _("Nothing is here, or it is not yours to see.")


class StaleVersion(Refused):
    """Somebody else changed the record since it was read."""

    status = 409
    code = "stale-version"


class InvalidInput(Refused):
    """The payload's shape is wrong; `errors` names each field."""

    status = 422
    code = "invalid-input"
    default_message = _("Some entries are missing or wrong. Correct the marked fields.")
