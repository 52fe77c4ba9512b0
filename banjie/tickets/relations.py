"""What two linked tickets are to each other, and the words for it."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from banjie.tickets.models import Link

_CHILD, _REPEAT, _RELATED = Link.Kind.CHILD, Link.Kind.REPEAT, Link.Kind.RELATED


class Relation(TextChoices):
    """What the other ticket is to this one."""

    PARENT = "parent", _("Parent ticket")
    CHILD = "child", _("Child ticket")
    REPEAT_OF = "repeat_of", _("Original, which this one repeats")
    REPEATED_BY = "repeated_by", _("Repeat of this one")
    RELATED = "related", _("Related ticket")

    @property
    def stored(self) -> tuple[Link.Kind, bool]:
        """The kind of link that says so, and whether this ticket is its source: the child, the repeat."""
        return _STORED[self]


_STORED = {
    Relation.PARENT: (_CHILD, True),
    Relation.CHILD: (_CHILD, False),
    Relation.REPEAT_OF: (_REPEAT, True),
    Relation.REPEATED_BY: (_REPEAT, False),
    Relation.RELATED: (_RELATED, True),
}


def relation_of(kind: str, *, is_source: bool) -> Relation:
    """Return what the other end of a link is to one of its tickets."""
    is_outward = is_source or kind == _RELATED
    return next(relation for relation, stored in _STORED.items() if stored == (kind, is_outward))


def title_of(relation: str) -> str:
    """Return the words for a relation; an unknown one of an old event stays as it is."""
    return str(Relation(relation).label) if relation in Relation.values else relation
