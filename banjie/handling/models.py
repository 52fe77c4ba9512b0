"""What the person who works a ticket leaves behind."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from banjie.people.models import Member, Unit
from banjie.tickets.models import OutcomeRow


class Acknowledgement(OutcomeRow):
    """The assignee has read and understood the dispatch (DSP-05, DSP-06)."""


class Appointment(OutcomeRow):
    """A visit agreed with the customer (POS-16, PLT-19). `replaces_missed` says that the one before was missed."""

    visit_at = models.DateTimeField()
    agreed_with = models.CharField(max_length=60)
    replaces_missed = models.BooleanField(default=False)
    missed_reason = models.TextField(blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(agreed_with=""), name="appointment_agreed_with_somebody"),
            models.CheckConstraint(condition=Q(replaces_missed=False) | ~Q(missed_reason=""), name="appointment_missed_has_reason"),
        ]


class WorkStart(OutcomeRow):
    """Work on site began."""


class Blocker(OutcomeRow):
    """Work was done but cannot be finished for an objective reason on the customer's or bank's side (POS-15)."""

    side = models.CharField(max_length=40)
    reason = models.TextField()

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=~Q(side="") & ~Q(reason=""), name="blocker_has_side_and_reason")]


class Completion(OutcomeRow):
    """The need is completely solved (POS-17)."""

    result = models.TextField()

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=~Q(result=""), name="completion_has_result")]


class Urge(OutcomeRow):
    """A recorded reminder to the person, or to the unit, that works a ticket (POS-26, FQR-06)."""

    to_member = models.ForeignKey(Member, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    to_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", db_index=False)
    note = models.TextField(blank=True)


class Supervision(OutcomeRow):
    """A superior follows the ticket formally (POS-26)."""

    to_member = models.ForeignKey(Member, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    to_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", db_index=False)
    note = models.TextField()


class SupportRequest(OutcomeRow):
    """Whoever works the ticket cannot solve it, has reported it upward and asks for support (COM-13, EXC-04)."""

    reason = models.TextField()

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=~Q(reason=""), name="support_request_has_reason")]


class Progress(OutcomeRow):
    """How far the work is, as it was told (COM-12, DSP-10, EXC-24)."""

    note = models.TextField()

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=~Q(note=""), name="progress_says_something")]


class Charge(OutcomeRow):
    """Money taken, or given back where the amount is negative."""

    amount = models.DecimalField(max_digits=14, decimal_places=2)
    note = models.TextField(blank=True)
