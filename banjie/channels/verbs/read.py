"""Mark notifications as read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from banjie.channels.models import Notification
from banjie.people.actor import Actor


def mark_read(ids: Sequence[int] | None, *, by: Actor, at: datetime) -> int:
    """Mark the actor's own notifications as read: those of `ids`, or all of them. Return how many were unread.

    Others' ids are passed over: what is not one's own looks like what does not exist.
    """
    mine = Notification.objects.filter(member_id=by.member_id, read_at=None) if by.member_id else Notification.objects.none()
    if ids is not None:
        mine = mine.filter(pk__in=ids)
    return mine.update(read_at=at)


def mark_ticket_read(number: str, *, by: Actor, at: datetime) -> int:
    """Mark as read what told the actor about a ticket, because he has it open."""
    if by.member_id is None:
        return 0
    return Notification.objects.filter(member_id=by.member_id, read_at=None, ticket_number=number).update(read_at=at)
