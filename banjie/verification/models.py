"""What verification leaves behind."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from banjie.tickets.models import OutcomeRow


class Callback(OutcomeRow):
    """One attempt to call the customer back (CBK-07, CBK-17). `attempt` counts within the ticket's round."""

    class Result(models.TextChoices):
        SATISFIED = "satisfied", _("Satisfied")
        DISSATISFIED = "dissatisfied", _("Dissatisfied")
        UNREACHABLE = "unreachable", _("Unreachable")

    result = models.CharField(max_length=20, choices=Result.choices)
    attempt = models.PositiveSmallIntegerField()
    round = models.PositiveSmallIntegerField()
    opinion = models.TextField(blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["ticket", "round", "attempt"], name="callback_attempt_once")]
        indexes: ClassVar = [models.Index(fields=["at"], name="callback_when")]


class Verification(OutcomeRow):
    """An open ticket was checked one by one (POS-23)."""

    text = models.TextField()


class Closure(OutcomeRow):
    """The ticket ended: closed after its work, withdrawn with a reason, or filed."""

    class Kind(models.TextChoices):
        CLOSED = "closed", _("Closed")
        CANCELLED = "cancelled", _("Cancelled")
        ARCHIVED = "archived", _("Archived")

    kind = models.CharField(max_length=10, choices=Kind.choices)
    reason = models.TextField(blank=True)

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=~Q(kind="cancelled") | ~Q(reason=""), name="cancellation_has_reason")]


class Reopening(OutcomeRow):
    """An ended ticket went back to work."""

    reason = models.TextField()

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=~Q(reason=""), name="reopening_has_reason")]


class Inspection(OutcomeRow):
    """Somebody looked on the spot whether the work is right."""

    passed = models.BooleanField()
    note = models.TextField(blank=True)
