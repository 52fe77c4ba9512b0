"""What was sent to a person: the newest first, and how many are unread."""

from __future__ import annotations

from datetime import datetime

from django.db import connection
from django.db.models import QuerySet

from banjie.channels.models import Notification, TextMessage
from banjie.people.actor import Actor
from banjie.people.queries import members_for

AT_MOST = 99


def notifications(actor: Actor, *, unread: bool = False, before: int | None = None) -> QuerySet[Notification]:
    """Return the actor's own notifications, newest first; nobody reads another's."""
    mine = Notification.objects.filter(member_id=actor.member_id) if actor.member_id else Notification.objects.none()
    if unread:
        mine = mine.filter(read_at=None)
    if before is not None:
        mine = mine.filter(pk__lt=before)
    return mine.order_by("-pk")


def unread_count(actor: Actor) -> int:
    """Return how many notifications the actor has not read, `AT_MOST` + 1 for more."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select count(*) from (select 1 from channels_notification where member_id = %s and read_at is null limit %s) x",
            [actor.member_id, AT_MOST + 1],
        )
        return int(cursor.fetchone()[0])


def texts_for(actor: Actor, at: datetime, *, state: str = "", before: int | None = None) -> QuerySet[TextMessage]:
    """Return the text messages to the people whom the actor manages, the newest first; of one state if it is one."""
    found = TextMessage.objects.select_related("member").filter(member__in=members_for(actor, at))
    if state in TextMessage.State.values:
        found = found.filter(state=state)
    if before is not None:
        found = found.filter(pk__lt=before)
    return found.order_by("-pk")
