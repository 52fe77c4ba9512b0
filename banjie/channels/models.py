"""What was sent to whom and when."""

from __future__ import annotations

from typing import ClassVar
from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from banjie.people.models import Member


class Notification(models.Model):
    """A message to a member about a ticket or a duty. `kind` is rendered in the reader's language when shown.

    `behalf_names` says for whom he is told, as the deputy of absent people.

    It is also the outbox of e-mail: `email_state` moves from queued to sent or failed; "" means in-app only.
    """

    class Email(models.TextChoices):
        NONE = "", _("Not by e-mail")
        QUEUED = "queued", _("Queued")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Failed")

    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="notifications", db_index=False)
    ticket_number = models.CharField(max_length=32)
    kind = models.CharField(max_length=40)
    title = models.CharField(max_length=200)
    clause = models.CharField(max_length=200)
    actor_name = models.CharField(max_length=80)
    behalf_names = models.CharField(max_length=120, default="", db_default="", blank=True)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    email_state = models.CharField(max_length=10, choices=Email.choices, default=Email.NONE, blank=True)
    email_at = models.DateTimeField(null=True)
    email_error = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["member", "-id"], name="notification_newest"),
            models.Index(fields=["member"], condition=Q(read_at=None), name="notification_unread"),
            models.Index(fields=["id"], condition=Q(email_state="queued"), name="notification_to_mail"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.ticket_number}"


class TextMessage(models.Model):
    """A text message to a member's mobile about what was done to a ticket: the outbox of the gateway (HOT-16).

    It is written with the change itself, and is sent at most once for each ticket, event and person. `key` tells the gateway that
    a second try is the same message. `subject` is the class of the ticket; nothing of the customer leaves the house. The number is
    read when it is sent, so that a corrected one counts; `sent_to` keeps it masked. `next_at` is when it is tried next.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Failed")

    key = models.UUIDField(default=uuid4, unique=True, editable=False)
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="text_messages", db_index=False)
    ticket_number = models.CharField(max_length=32)
    event = models.PositiveIntegerField()
    kind = models.CharField(max_length=40)
    subject = models.CharField(max_length=120)
    actor_name = models.CharField(max_length=80)
    at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    sent_to = models.CharField(max_length=20, default="", blank=True)
    error = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["ticket_number", "event", "member"], name="text_message_once"),
            models.CheckConstraint(
                condition=Q(state="waiting", next_at__isnull=False, done_at=None)
                | ~Q(state="waiting") & Q(next_at=None, done_at__isnull=False),
                name="text_message_waits_or_is_done",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["next_at"], condition=Q(state="waiting"), name="text_message_due"),
            models.Index(fields=["member"], name="text_message_member"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.ticket_number}"
