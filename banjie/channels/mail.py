"""Send queued notifications by e-mail, when the operator has set BANJIE_EMAIL_URL.

A notification is queued in the transaction of its change and marked when the server has taken it. A worker killed
between the two sends it once more: better twice than never.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from smtplib import SMTPException
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.utils import translation

from banjie.channels.models import Notification
from banjie.channels.words import sentence

BATCH = 50
TIMEOUT = 10  # seconds


def send_queued(now: datetime) -> int:
    """Send what is queued; return how many were sent or failed. Does nothing without an e-mail server."""
    if not settings.ENV.email_url:
        return 0
    total = 0
    while done := _send_batch(now):
        total += done
    return total


@transaction.atomic
def _send_batch(now: datetime) -> int:
    queued = (
        Notification.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(email_state=Notification.Email.QUEUED)
        .select_related("member")
        .order_by("id")[:BATCH]
    )
    rows = list(queued)
    if rows:
        _send(rows, now)
        Notification.objects.bulk_update(rows, ["email_state", "email_at", "email_error"])
    return len(rows)


def _send(rows: Sequence[Notification], now: datetime) -> None:
    """Send over one connection; an address that is refused does not hold up the others."""
    connection = server(settings.ENV.email_url)
    try:
        connection.open()
    except (OSError, SMTPException) as down:
        for row in rows:
            _mark(row, now, str(down))
        return
    for row in rows:
        try:
            connection.send_messages([message(row)])
        except (OSError, SMTPException) as refused:
            _mark(row, now, str(refused))
        else:
            _mark(row, now, "")
    connection.close()


def _mark(row: Notification, now: datetime, error: str) -> None:
    row.email_state = Notification.Email.FAILED if error else Notification.Email.SENT
    row.email_at, row.email_error = now, error[:200]


def server(url: str) -> BaseEmailBackend:
    """Return the connection that smtp:// (STARTTLS when a user is given) or smtps:// names."""
    parts = urlsplit(url)
    return get_connection(
        "django.core.mail.backends.smtp.EmailBackend",
        host=parts.hostname or "localhost",
        port=parts.port or (465 if parts.scheme == "smtps" else 25),
        username=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        use_ssl=parts.scheme == "smtps",
        use_tls=parts.scheme == "smtp" and bool(parts.username),
        timeout=TIMEOUT,
    )


def message(row: Notification) -> EmailMessage:
    """Return the letter in the reader's language. Line breaks cannot enter its head."""
    with translation.override(row.member.language):
        said = sentence(row.kind, row.actor_name, row.behalf_names)
    subject = " ".join(f"{row.ticket_number} {said}".split())
    body = "\n".join(part for part in (said, row.ticket_number, row.title, row.clause) if part)
    return EmailMessage(subject, body, settings.ENV.email_from, [row.member.email])
