"""Who approves a version: the role that the regulation in force names, and never its author (COM-20)."""

from __future__ import annotations

from django.utils.translation import gettext as _

from banjie.kernel.errors import NotPermitted
from banjie.people.actor import Actor
from banjie.people.models import Post
from banjie.people.permissions import Permission
from banjie.people.queries import others_may
from banjie.rulebook.explain.words import title
from banjie.rulebook.language import Book, Role
from banjie.rulebook.models import RulebookVersion
from banjie.rulebook.queries import program_of


def must_approve(version: RulebookVersion, book: Book, by: Actor) -> None:
    """Refuse whoever may not approve a version.

    Raises:
        NotPermitted: its author, or not in the role that approves it.
    """
    if why := refusal_to_approve(version, book, by):
        raise NotPermitted(why)


def refusal_to_approve(version: RulebookVersion, book: Book, by: Actor) -> str:
    """Say why somebody may not approve a version, "" if he may.

    The role that the active version names approves the next one, so that nobody writes himself into that role; its holders need no
    other permission. Where none is in force, whoever may activate rulebooks approves the first one, in the role that the text names
    if somebody holds it already.
    """
    if by.is_system:
        return ""
    if version.created_by_id is not None and version.created_by_id == by.member_id:
        alone = not others_may(Permission.RULEBOOK_ACTIVATE, by)  # a house with one administrator
        if alone:
            return _("Nobody approves a rulebook of his own, and nobody else may. On the server: banjie rulebook activate FILE")
        return _("Nobody approves a rulebook of his own. Ask a colleague.")
    in_force = approver_in_force(version)
    if in_force is not None:
        code, role = in_force
        return "" if by.holds(code) else _by_role(role)
    if not by.may(Permission.RULEBOOK_ACTIVATE):
        return str(NotPermitted.default_message)
    if book.approver and not by.holds(book.approver) and Post.objects.filter(role__code=book.approver, until=None).exists():
        return _by_role(book.roles[book.approver])
    return ""


def may_return(version: RulebookVersion, by: Actor) -> bool:
    """Tell whether somebody may give a proposal back: its writers, and those who would approve it."""
    in_force = approver_in_force(version)
    return by.may(Permission.RULEBOOK_EDIT) or by.may(Permission.RULEBOOK_ACTIVATE) or (in_force is not None and by.holds(in_force[0]))


def approver_in_force(version: RulebookVersion) -> tuple[str, Role] | None:
    """Return the role that the rulebook's active version names, with its code; None where it names none or none is active."""
    active_id = version.rulebook.active_id
    if active_id is None:
        return None
    book = program_of(active_id).book
    return (book.approver, book.roles[book.approver]) if book.approver else None


def _by_role(role: Role) -> str:
    return _("This rulebook is approved by: %(role)s.") % {"role": title(role)}
