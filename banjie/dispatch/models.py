"""Who was given a ticket, by whom, and why."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from banjie.people.models import Member, Unit
from banjie.tickets.models import OutcomeRow


class Assignment(OutcomeRow):
    """One sending of a ticket: to a person (direct, chosen, transfer) or to a unit that chooses one (relay, sent back).

    `candidates` lists who was considered, with the load of each and what excluded them: the proof why this person.
    """

    class Kind(models.TextChoices):
        DIRECT = "direct", _("Direct dispatch")
        CHOSEN = "chosen", _("Chosen by the dispatcher")
        RELAY = "relay", _("Relayed to the unit")
        TRANSFER = "transfer", _("Transferred")
        SENT_BACK = "sent_back", _("Sent back")

    kind = models.CharField(max_length=10, choices=Kind.choices)
    assignee = models.ForeignKey(Member, null=True, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", db_index=False)
    reason = models.TextField(blank=True)
    candidates = models.JSONField(default=list)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(kind__in=["relay", "sent_back"]) ^ Q(assignee__isnull=False), name="assignment_to_person_or_unit"
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=["transfer", "sent_back"]) | ~Q(reason=""), name="assignment_passed_on_with_reason"
            ),
        ]


class Receipt(OutcomeRow):
    """The unit or person judged a dispatched ticket: signed for as its own, or refused with a reason (HOT-17, HOT-18)."""

    signed = models.BooleanField()
    reason = models.TextField(blank=True)

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=Q(signed=True) | ~Q(reason=""), name="receipt_refused_with_reason")]
