"""Signatures, and signatures handed over."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from banjie.people.models import Member
from banjie.tickets.models import OutcomeRow


class Signature(OutcomeRow):
    """One person's word in a sign-off.

    `entered_at` is when the ticket came into the state in which it is signed: a new round has another time, and counts
    its own signatures only. `roles` are those of the sign-off that the signer held then. `digest` says what was signed:
    the signature counts only while the ticket still says the same. `behalf_of` is who had named the signer his deputy.
    """

    class Decision(models.TextChoices):
        APPROVED = "approved", _("Approved")
        RETURNED = "returned", _("Returned")
        REJECTED = "rejected", _("Rejected")

    signoff = models.CharField(max_length=40)
    entered_at = models.DateTimeField()
    step = models.PositiveSmallIntegerField()
    roles = ArrayField(models.CharField(max_length=40))
    decision = models.CharField(max_length=10, choices=Decision.choices)
    opinion = models.TextField(blank=True)
    digest = models.CharField(max_length=64)
    behalf_of = models.ForeignKey(Member, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    behalf_name = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(decision="approved") | ~Q(opinion=""), name="signature_refused_with_reason"),
            models.CheckConstraint(condition=Q(behalf_of=None) | ~Q(behalf_of=F("by")), name="signature_on_behalf_of_another"),
        ]
        indexes: ClassVar = [models.Index(fields=["by", "-id"], name="signature_of_signer")]


class Handover(OutcomeRow):
    """Somebody who was asked to sign handed that over to another person, with a reason; what must be signed stays the same."""

    signoff = models.CharField(max_length=40)
    entered_at = models.DateTimeField()
    role = models.CharField(max_length=40)
    to_member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+", db_index=False)
    to_name = models.CharField(max_length=60)
    reason = models.TextField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(reason=""), name="handover_has_reason"),
            models.CheckConstraint(condition=~Q(by=F("to_member")), name="handover_to_another"),
        ]
