"""Clocks, findings and duties."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from banjie.people.models import Member, Unit
from banjie.rulebook.models import RulebookVersion
from banjie.tickets.models import Ticket
from banjie.worktime.models import CalendarVersion


class Clock(models.Model):
    """One running of a deadline or timer on a ticket.

    `amount` is the limit in its own measure (see `worktime.Duration`); while paused, `remaining` and `warn_remaining`
    hold what is left. `next_at` is when the sweep must look next (warning, breach, a rung of the escalation), null
    when nothing is to come. `rung` counts the escalations that are done.
    """

    class State(models.TextChoices):
        RUNNING = "running", _("Running")
        PAUSED = "paused", _("Paused")
        MET = "met", _("Met")
        MISSED = "missed", _("Missed")
        VOID = "void", _("Void")
        DONE = "done", _("Done")

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="clocks", db_index=False)
    name = models.CharField(max_length=40)
    is_timer = models.BooleanField(default=False)
    clause = models.CharField(max_length=40)
    state = models.CharField(max_length=10, choices=State.choices)
    rulebook_version = models.ForeignKey(RulebookVersion, on_delete=models.PROTECT, related_name="+", db_index=False)
    calendar_version = models.ForeignKey(CalendarVersion, on_delete=models.PROTECT, related_name="+", db_index=False)
    owner = models.ForeignKey(Member, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    limit_text = models.CharField(max_length=60)
    measure = models.CharField(max_length=20)
    amount = models.BigIntegerField()
    started_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    warn_at = models.DateTimeField(null=True)
    next_at = models.DateTimeField(null=True)
    paused_at = models.DateTimeField(null=True)
    remaining = models.BigIntegerField(null=True)
    warn_remaining = models.BigIntegerField(null=True)
    warned_at = models.DateTimeField(null=True)
    breached_at = models.DateTimeField(null=True)
    rung = models.PositiveSmallIntegerField(default=0)
    stopped_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["ticket", "name"], condition=Q(state__in=["running", "paused"]), name="clock_runs_once"),
            models.CheckConstraint(
                condition=Q(state__in=["running", "paused"]) ^ Q(stopped_at__isnull=False), name="clock_stopped_when_over"
            ),
            models.CheckConstraint(condition=~Q(state="running") | Q(due_at__isnull=False), name="clock_running_has_due_time"),
            models.CheckConstraint(
                condition=~Q(state="paused") | Q(paused_at__isnull=False, remaining__isnull=False, next_at=None),
                name="clock_paused_has_rest",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["next_at"], condition=Q(next_at__isnull=False), name="clock_next"),
            models.Index(fields=["ticket", "id"], name="clock_of_ticket"),
            models.Index(fields=["calendar_version"], condition=Q(state="running"), name="clock_by_calendar"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.state}"


class Finding(models.Model):
    """The result of a clause in one case: kept or not. Append-only; a correction is a new row (invariant 2)."""

    class Outcome(models.TextChoices):
        MET = "met", _("Kept")
        BREACHED = "breached", _("Broken")
        VOID = "void", _("Not applicable")

    book = models.CharField(max_length=60)
    clause = models.CharField(max_length=40)
    rule = models.CharField(max_length=40)
    kind = models.CharField(max_length=10)
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    rulebook_version = models.ForeignKey(RulebookVersion, on_delete=models.PROTECT, related_name="+", db_index=False)
    calendar_version = models.ForeignKey(CalendarVersion, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    ticket = models.ForeignKey(Ticket, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    type = models.CharField(max_length=40)
    unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    owner = models.ForeignKey(Member, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    started_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    at = models.DateTimeField()
    evidence = models.JSONField(default=dict)
    corrects = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="corrections", db_index=False)
    actor_name = models.CharField(max_length=80)
    reason = models.TextField(default="", blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(corrects=None) | ~Q(reason=""), name="finding_correction_has_reason"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["book", "rule", "at"], name="finding_by_rule"),
            models.Index(fields=["ticket"], condition=Q(ticket__isnull=False), name="finding_of_ticket"),
        ]

    def __str__(self) -> str:
        return f"{self.book} {self.rule} {self.outcome}"


class UnitRegistration(models.Model):
    """What a unit must have said before tickets of a regulation are sent to it (BNK-11). Append-only: the latest one counts."""

    book = models.CharField(max_length=60)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    limits = models.JSONField(default=dict)
    texts = models.JSONField(default=dict)
    at = models.DateTimeField()
    by = models.ForeignKey(Member, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    by_name = models.CharField(max_length=80)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["book", "unit", "-id"], name="registration_latest")]

    def __str__(self) -> str:
        return f"{self.book} {self.unit_id}"


class DutyRun(models.Model):
    """One period of a duty: its frame, the rule for its size, its seed, and what came of it (invariant 5).

    `seed` is fixed by the chain key, the duty and the period before any frame is known; the drawn tickets are those
    with the smallest SHA-256 of seed and number, so an auditor can draw again.
    """

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        KEPT = "kept", _("Kept")
        BROKEN = "broken", _("Broken")
        NOTHING_DUE = "nothing_due", _("Nothing due")

    book = models.CharField(max_length=60)
    duty = models.CharField(max_length=40)
    period = models.DateField()
    rulebook_version = models.ForeignKey(RulebookVersion, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=12, choices=State.choices, default=State.OPEN)
    made_at = models.DateTimeField()
    due_at = models.DateTimeField()
    size_rule = models.CharField(max_length=60)
    seed = models.CharField(max_length=64)
    frame = ArrayField(models.CharField(max_length=32), default=list)
    frame_size = models.PositiveIntegerField()
    required = models.PositiveIntegerField()
    done = models.PositiveIntegerField(default=0)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["book", "duty", "period"], name="duty_once_per_period")]
        indexes: ClassVar = [models.Index(fields=["due_at"], condition=Q(state="open"), name="duty_open")]

    def __str__(self) -> str:
        return f"{self.duty} {self.period}"


class DutyItem(models.Model):
    """A ticket of a duty's frame; `chosen` ones are drawn. `moot_at`: it left the states that the duty is about."""

    run = models.ForeignKey(DutyRun, on_delete=models.PROTECT, related_name="items")
    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="+", db_index=False)
    position = models.PositiveIntegerField()
    chosen = models.BooleanField()
    done_at = models.DateTimeField(null=True)
    done_by_name = models.CharField(max_length=80, default="", blank=True)
    done_by = models.ForeignKey(Member, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    result = models.CharField(max_length=40, default="", blank=True)
    moot_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["run", "ticket"], name="duty_item_once")]
        indexes: ClassVar = [models.Index(fields=["ticket"], condition=Q(done_at=None, moot_at=None), name="duty_item_open")]

    def __str__(self) -> str:
        return f"{self.run_id}/{self.ticket_id}"
