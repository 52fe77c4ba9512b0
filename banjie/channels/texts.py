"""Send the text messages that wait, when the operator has set up a gateway; try again later what it did not take (HOT-16).

Each is claimed for a while, sent outside any transaction, and marked. A worker killed in between leaves it claimed: it is sent
again later with the same id, by which the gateway knows it.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from banjie.channels.gateway import Gateway, NotTaken, Text, post
from banjie.channels.models import TextMessage
from banjie.channels.words import sentence
from banjie.kernel.phones import mask_phone, phone_kind

BATCH = 20
LEASE = timedelta(minutes=5)
# How long after each try that failed for now the next one follows; after the last there is none.
WAITS = (
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=10),
    timedelta(hours=1),
    timedelta(hours=4),
)
State = TextMessage.State


def send_texts(now: datetime) -> int:
    """Send what is due; return how many were tried. When the gateway fails, the others wait for the next call: it stays bounded in time."""
    if not settings.ENV.sms_url:
        return 0
    gateway = Gateway(settings.ENV.sms_url, settings.ENV.sms_token)
    for tried in range(BATCH):
        row = _claimed(now)
        if row is None:
            return tried
        if not _sent(row, gateway, now):
            return tried + 1
    return BATCH


@transaction.atomic
def _claimed(now: datetime) -> TextMessage | None:
    """Take the message that waits longest out of the others' sight for a while."""
    due = TextMessage.objects.select_for_update(skip_locked=True, of=("self",)).filter(state=State.WAITING, next_at__lte=now)
    row = due.select_related("member").order_by("next_at", "id").first()
    if row is not None:
        row.attempts += 1
        row.next_at = now + LEASE
        row.save(update_fields=["attempts", "next_at"])
    return row


def _sent(row: TextMessage, gateway: Gateway, now: datetime) -> bool:
    """Try one message and mark it; return whether it makes sense to go on with others."""
    phone = row.member.phone
    if not row.member.is_active or phone_kind(phone) != "mobile":
        _done(row, State.FAILED, now, _("This person has no mobile number any more, or has left."))
        return True
    row.sent_to = mask_phone(phone)
    try:
        post(gateway, Text(str(row.key), f"+86{phone}", text_of(row)), int(now.timestamp()))
    except NotTaken as wrong:
        if not wrong.again or row.attempts > len(WAITS):
            _done(row, State.FAILED, now, str(wrong))
        else:
            _later(row, now + WAITS[row.attempts - 1], str(wrong))
        return not wrong.again
    _done(row, State.SENT, now, "")
    return True


def text_of(row: TextMessage) -> str:
    """Return what the message says, in the reader's language: what happened, to which ticket, of which class; nothing of the customer."""
    with translation.override(row.member.language):
        said = sentence(row.kind, row.actor_name)
        return _("%(said)s: %(subject)s %(number)s") % {"said": said, "subject": row.subject, "number": row.ticket_number}


def _done(row: TextMessage, state: str, now: datetime, error: str) -> None:
    row.state, row.done_at, row.next_at, row.error = state, now, None, error
    row.save(update_fields=["state", "done_at", "next_at", "error", "sent_to"])


def _later(row: TextMessage, at: datetime, error: str) -> None:
    row.next_at, row.error = at, error
    row.save(update_fields=["next_at", "error", "sent_to"])
