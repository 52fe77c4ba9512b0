"""`Actor`: who does something. The same object for a session, a token, a job and the simulator."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from django.utils.translation import gettext_lazy as _

from banjie.kernel.errors import NotPermitted
from banjie.people.permissions import READING, Permission


class ReadOnlyToken(NotPermitted):
    """The token may only read."""

    code = "read-only-token"
    default_message = _("This token may only read. Create one that may also write.")


class Door(StrEnum):
    """Through which door an actor came in."""

    SESSION = "session"
    TOKEN = "token"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Grant:
    """One post of the actor: a role in a unit, with what the role allows.

    As a deputy he reads what the member's posts let that one read, and may sign for him (`behalf_of`, `behalf_role`);
    `role` is then empty, so that no post of another lets him do anything else. It is empty, too, while he lacks the
    certificate that the role needs; `lapsed_role` is then the role.
    """

    role: str
    unit_id: int
    unit_path: str
    own_only: bool
    permissions: frozenset[str]
    behalf_of: int | None = None
    behalf_name: str = ""
    behalf_role: str = ""
    lapsed_role: str = ""

    def covers(self, unit_path: str) -> bool:
        """Tell whether the unit at `unit_path` lies in this post's subtree."""
        return not self.own_only and unit_path.startswith(self.unit_path)


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts. Immutable, made anew for each request by `access.actor_of` and its siblings.

    `member_id` is None for the system. A read-only token sets `read_only`: then `may` allows only what reads, and
    whatever is allowed by `holds` alone must ask `must_write` first.
    """

    name: str
    door: Door
    member_id: int | None = None
    grants: tuple[Grant, ...] = ()
    read_only: bool = False

    @classmethod
    def system(cls, name: str) -> Self:
        """Return the actor of a job, a timer or the simulator's bookkeeping, e.g. `Actor.system("deadline-watch")`."""
        return cls(name=name, door=Door.SYSTEM)

    @property
    def is_system(self) -> bool:
        return self.door is Door.SYSTEM

    def may(self, permission: Permission, unit_path: str | None = None) -> bool:
        """Tell whether a post allows `permission`, in the unit at `unit_path` when that is given."""
        if self.is_system:
            return True
        if self.read_only and permission not in READING:
            return False
        return any(permission in g.permissions and (unit_path is None or g.covers(unit_path)) for g in self.grants)

    def must(self, permission: Permission, unit_path: str | None = None) -> None:
        """Refuse unless `may`.

        Raises:
            NotPermitted: no post allows it.
        """
        if not self.may(permission, unit_path):
            raise NotPermitted

    def must_write(self) -> None:
        """Refuse a read-only token.

        Raises:
            ReadOnlyToken: the actor came in with a token that may only read.
        """
        if self.read_only:
            raise ReadOnlyToken

    def holds(self, role: str, unit_path: str | None = None) -> bool:
        """Tell whether the actor holds `role`, over the unit at `unit_path` when that is given."""
        return any(g.role == role and (unit_path is None or g.own_only or g.covers(unit_path)) for g in self.grants)
