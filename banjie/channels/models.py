"""What was sent to whom and when."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from banjie.people.models import Member


class Notification(models.Model):
    """A message to a member about a ticket or a duty. `kind` is rendered in the reader's language when shown.

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
