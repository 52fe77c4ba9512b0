"""Calendars and their versions. A version is complete in itself and never changes (invariant 2)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Calendar(models.Model):
    """A named business calendar. What it says stands in its versions; the one with the highest number is current."""

    code = models.CharField(max_length=40, unique=True)
    title = models.CharField(max_length=80)
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(code__regex=r"^[a-z][a-z0-9-]*$"), name="calendar_code_is_a_slug"),
        ]

    def __str__(self) -> str:
        return self.title


class CalendarVersion(models.Model):
    """One state of a calendar: its zone, its week, its single days. Results of clocks name the version they used.

    `weekly` holds seven lists (Monday first) of [opens, closes] in minutes after midnight. Database triggers refuse
    UPDATE and DELETE, and refuse to add days to a version that already stands.
    """

    calendar = models.ForeignKey(Calendar, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    tz = models.CharField(max_length=60)
    weekly = models.JSONField()
    note = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey("people.Member", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["calendar", "number"], name="calendar_version_numbered_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="calendar_version_counts_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.calendar_id} v{self.number}"


class CalendarDay(models.Model):
    """A date on which a calendar version differs from its week.

    `hours` is empty for a holiday; for a make-up workday (调休) it may be empty and then means the hours of an ordinary
    workday. `estimated` marks a day of a year whose official list is not yet published.
    """

    class Kind(models.TextChoices):
        HOLIDAY = "holiday", _("Holiday")
        MAKE_UP_WORKDAY = "make_up_workday", _("Make-up workday")
        HALF_DAY = "half_day", _("Half day")
        OTHER = "other", _("Other hours")

    class Source(models.TextChoices):
        MANUAL = "manual", _("Entered by hand")
        FILE = "file", _("Uploaded file")
        PUBLISHED = "published", _("Official list")
        ESTIMATED = "estimated", _("Estimated from the statutory holidays")

    version = models.ForeignKey(CalendarVersion, on_delete=models.PROTECT, related_name="days")
    date = models.DateField()
    kind = models.CharField(max_length=20, choices=Kind.choices)
    hours = models.JSONField(default=list)
    name = models.CharField(max_length=60, blank=True)
    source = models.CharField(max_length=10, choices=Source.choices)
    estimated = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["version", "date"], name="calendar_day_stands_once"),
            models.CheckConstraint(
                condition=Q(kind="holiday", hours=[]) | Q(kind="make_up_workday") | (Q(kind__in=["half_day", "other"]) & ~Q(hours=[])),
                name="calendar_day_hours_suit_its_kind",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.date} {self.kind}"
