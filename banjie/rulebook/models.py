"""Rulebooks and their versions. A version is immutable once it is active (a trigger sees to it)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from banjie.people.models import Member


class Rulebook(models.Model):
    """A regulation as the organisation knows it; `active` is the version under which new tickets open."""

    slug = models.CharField(max_length=60, unique=True)
    title = models.CharField(max_length=120)
    active = models.ForeignKey("RulebookVersion", null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.title


class RulebookVersion(models.Model):
    """One text of a rulebook. Draft → proposed → (approved, until `starts_at`) → active → retired."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PROPOSED = "proposed", _("Waiting for approval")
        APPROVED = "approved", pgettext_lazy("rulebook version", "Approved, not in force yet")
        ACTIVE = "active", pgettext_lazy("rulebook version", "Active")
        RETIRED = "retired", _("Retired")

    rulebook = models.ForeignKey(Rulebook, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.DRAFT)
    source = models.TextField()
    digest = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(Member, null=True, on_delete=models.PROTECT, related_name="+")
    approved_at = models.DateTimeField(null=True)
    approved_by = models.ForeignKey(Member, null=True, on_delete=models.PROTECT, related_name="+")
    starts_at = models.DateTimeField(null=True)
    activated_at = models.DateTimeField(null=True)
    retired_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["rulebook", "number"], name="rulebook_version_number_once"),
            models.UniqueConstraint(fields=["rulebook"], condition=Q(status="active"), name="rulebook_one_active_version"),
            models.CheckConstraint(
                condition=~Q(status__in=["active", "retired"]) | Q(activated_at__isnull=False), name="rulebook_active_has_date"
            ),
            models.UniqueConstraint(fields=["rulebook"], condition=Q(status="approved"), name="rulebook_one_approved_version"),
            models.CheckConstraint(
                condition=~Q(status="approved") | Q(approved_at__isnull=False, starts_at__isnull=False), name="rulebook_approved_has_date"
            ),
            models.CheckConstraint(
                condition=Q(approved_by=None) | Q(created_by=None) | ~Q(approved_by=F("created_by")),
                name="rulebook_not_approved_by_its_author",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rulebook.slug} v{self.number}"
