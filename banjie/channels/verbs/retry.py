"""Try a text message once more."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from banjie.channels.models import TextMessage
from banjie.kernel.errors import Refused, Unseen
from banjie.people.actor import Actor
from banjie.people.events import record
from banjie.people.permissions import Permission
from banjie.people.queries import members_for


class NothingToRetry(Refused):
    """The message is sent, or it waits for its next try anyway."""

    code = "nothing-to-retry"


@transaction.atomic
def retry_text(message_id: int, *, by: Actor, at: datetime) -> TextMessage:
    """Let a text message that failed wait to be sent again, with all its tries; it stays the same message for the gateway.

    Raises:
        NotPermitted: without member:manage. Unseen: none of the people whom `by` manages got it. NothingToRetry: it did not fail.
    """
    by.must(Permission.MEMBER_MANAGE)
    row = (
        TextMessage.objects.select_for_update(of=("self",))
        .select_related("member")
        .filter(pk=message_id, member__in=members_for(by, at))
        .first()
    )
    if row is None:
        raise Unseen
    if row.state != TextMessage.State.FAILED:
        raise NothingToRetry(_("Only a message that failed can be sent again."))
    row.state, row.attempts, row.next_at, row.done_at, row.error = TextMessage.State.WAITING, 0, at, None, ""
    row.save(update_fields=["state", "attempts", "next_at", "done_at", "error"])
    record("text.retried", row.member.username, {"ticket": row.ticket_number}, by=by, at=at)
    return row
