"""How passwords are kept: Argon2 for those that people choose, one fast round for random one-time passwords."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from django.contrib.auth.hashers import Argon2PasswordHasher, PBKDF2PasswordHasher, make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from banjie.kernel.errors import FieldError

if TYPE_CHECKING:
    from banjie.people.models import Member

# No 0/O, 1/l/I: one-time passwords are read aloud and copied from paper.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


class Argon2(Argon2PasswordHasher):
    """Django's Argon2id with 46 MiB and two passes on one lane.

    That is above the first OWASP recommendation and takes about 75 ms on a small machine; Django's own 100 MiB on
    eight lanes takes 120 to 260 ms there and would let a few sign-ins at once exhaust the memory.
    """

    time_cost = 2
    memory_cost = 47104
    parallelism = 1


class OneTime(PBKDF2PasswordHasher):
    """A salted fast hash for one-time passwords only.

    They are 69 random bits, so nobody can guess them from the hash however fast it is, and an import of 5,000 members
    takes seconds. Nothing chosen by a person is ever kept this way: the first sign-in replaces it.
    """

    algorithm = "one_time"
    iterations = 1000

    def verify(self, password: str, encoded: str) -> bool:
        """Compare; a wrong password costs as much as with Argon2, so that time does not tell who has yet to sign in."""
        is_right = super().verify(password, encoded)
        if not is_right:
            hasher = Argon2()
            hasher.encode(password, hasher.salt())
        return is_right


def new_one_time_password() -> str:
    """Return 14 random letters and digits in two groups, e.g. `k7m2xqp-9wd4hzt`."""
    letters = "".join(secrets.choice(_LETTERS) for _ in range(14))
    return f"{letters[:7]}-{letters[7:]}"


def one_time_hash(password: str) -> str:
    """Return what is stored for a one-time password."""
    return make_password(password, hasher=OneTime.algorithm)


def weaknesses(password: str, member: Member, name: str) -> list[FieldError]:
    """Return what makes a password too easy, one sentence each, for the field `name`: short, common, or like the member's name."""
    try:
        validate_password(password, member)
    except ValidationError as weak:
        return [FieldError(name, _sentence(error)) for error in weak.error_list]
    return []


def _sentence(weak: ValidationError) -> str:
    """Return our own words: Django's are not all translated, and name a column of the database."""
    if weak.code == "password_too_short":
        return _("Use at least %(count)d characters.") % {"count": (weak.params or {})["min_length"]}
    if weak.code == "password_too_common":
        return _("Very many people use this password. Choose another one.")
    if weak.code == "password_too_similar":
        return _("This password is too much like your name or sign-in name. Choose another one.")
    return weak.messages[0]
