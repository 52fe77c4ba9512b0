"""The ticket, its timeline, attachments and links."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Greatest, Least
from django.utils.translation import gettext_lazy as _

from banjie.customers.models import Asset, Customer
from banjie.people.models import Member, Unit
from banjie.rulebook.models import RulebookVersion


class Ticket(models.Model):
    """One recorded request. Only `lifecycle.perform` changes it; a trigger refuses deletion.

    `unit` is where the ticket stands in the organisation now, `responsible` its first taker (FQR-01). `fields` holds
    what the regulation's form asked; contact, phone, address, summary, priority, source and level repeat those that
    the rulebook ties to a column, so that lists need no JSON. `rank` orders queues: smaller first. `due_at` repeats
    the nearest running clock. `chain_head` and `chain_length` say where the timeline's hash chain ends.
    """

    number = models.CharField(max_length=32)
    rulebook_version = models.ForeignKey(RulebookVersion, on_delete=models.PROTECT, related_name="+", db_index=False)
    type = models.CharField(max_length=40)
    state = models.CharField(max_length=40)
    stage = models.PositiveSmallIntegerField()
    is_open = models.BooleanField()
    version = models.PositiveIntegerField(default=1)
    round = models.PositiveSmallIntegerField(default=1)
    rank = models.PositiveSmallIntegerField()
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", db_index=False)
    assignee = models.ForeignKey(Member, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    responsible = models.ForeignKey(Member, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    opened_by = models.ForeignKey(Member, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    customer = models.ForeignKey(Customer, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    asset = models.ForeignKey(Asset, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    summary = models.CharField(max_length=200)
    contact = models.CharField(max_length=60)
    phone = models.CharField(max_length=30)
    address = models.CharField(max_length=200)
    priority = models.CharField(max_length=40)
    level = models.CharField(max_length=40)
    source = models.CharField(max_length=40)
    fields = models.JSONField()
    opened_at = models.DateTimeField()
    entered_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    due_warn_at = models.DateTimeField(null=True)
    due_clock = models.CharField(max_length=40)
    chain_length = models.PositiveIntegerField()
    chain_head = models.BinaryField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["number"], name="ticket_number_once"),
            models.CheckConstraint(
                condition=Q(is_open=True, ended_at=None) | Q(is_open=False, ended_at__isnull=False), name="ticket_ended_when_closed"
            ),
            models.CheckConstraint(condition=Q(version__gte=1, chain_length__gte=1), name="ticket_has_history"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["unit", "-id"], name="ticket_unit_newest"),
            models.Index(fields=["assignee", "-id"], condition=Q(assignee__isnull=False), name="ticket_assignee_newest"),
            models.Index(fields=["responsible", "-id"], condition=Q(responsible__isnull=False), name="ticket_responsible_newest"),
            models.Index(fields=["customer", "-id"], condition=Q(customer__isnull=False), name="ticket_customer_newest"),
            models.Index(fields=["asset", "-id"], condition=Q(asset__isnull=False), name="ticket_asset_newest"),
            models.Index(fields=["state", "entered_at"], name="ticket_state_entered"),
        ]

    def __str__(self) -> str:
        return self.number


class OutcomeRow(models.Model):
    """Base of every verb's outcome: a dated fact about a ticket, never changed afterwards."""

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(Member, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    by_name = models.CharField(max_length=80)
    at = models.DateTimeField()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{type(self).__name__} {self.ticket_id} {self.at:%F %T}"


class SearchWords(models.Model):
    """The words by which a ticket is found; a row of their own, since a ticket changes often and its words hardly ever."""

    ticket = models.OneToOneField(Ticket, primary_key=True, on_delete=models.PROTECT, related_name="+")
    words = SearchVectorField()

    class Meta:
        indexes: ClassVar = [GinIndex(fields=["words"], name="ticket_words", fastupdate=True)]

    def __str__(self) -> str:
        return str(self.ticket_id)


class Identifier(models.Model):
    """A text by which a ticket is found at once: number, phone, reversed phone, asset keys. Upper case."""

    value = models.CharField(max_length=60)
    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["value"], opclasses=["text_pattern_ops"], name="identifier_prefix")]

    def __str__(self) -> str:
        return self.value


class Event(models.Model):
    """One line of a ticket's timeline. Append-only: a trigger refuses UPDATE, DELETE and TRUNCATE (PLT-05).

    `digest` is the keyed link of this event to the one before it (`kernel.chain`).
    """

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="events", db_index=False)
    seq = models.PositiveIntegerField()
    at = models.DateTimeField()
    kind = models.CharField(max_length=40)
    action = models.CharField(max_length=40)
    outcome = models.CharField(max_length=40)
    actor_name = models.CharField(max_length=80)
    member = models.ForeignKey(Member, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    door = models.CharField(max_length=10)
    from_state = models.CharField(max_length=40)
    to_state = models.CharField(max_length=40)
    payload = models.JSONField()
    digest = models.BinaryField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["ticket", "seq"], name="event_seq_once")]
        indexes: ClassVar = [
            models.Index(fields=["at", "action"], name="event_when"),
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id}/{self.seq} {self.action or self.kind}"


class RequestKey(models.Model):
    """The idempotency key of a creation: a retry with the same key returns the same ticket."""

    member = models.ForeignKey(Member, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    key = models.CharField(max_length=80)
    digest = models.BinaryField()
    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["member", "key"], nulls_distinct=False, name="request_key_once")]

    def __str__(self) -> str:
        return self.key


class Attachment(models.Model):
    """A file of a ticket, stored outside the web root under a random name, served only as a download.

    Without `ticket` it was uploaded for a form that is still being filled: nobody gets it, and it goes within a day or two.
    """

    ticket = models.ForeignKey(Ticket, null=True, on_delete=models.PROTECT, related_name="attachments")
    name = models.CharField(max_length=160)
    media_type = models.CharField(max_length=80)
    size = models.PositiveBigIntegerField()
    digest = models.CharField(max_length=64)
    stored_as = models.CharField(max_length=80, unique=True)
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(Member, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["added_at"], condition=Q(ticket=None), name="attachment_waiting")]

    def __str__(self) -> str:
        return self.name


class Link(models.Model):
    """Two tickets that belong together (PLT-14): the source is the child, or the repeat, of the target.

    A link is never erased; it ends, with a reason. Of two tickets one link at a time holds.
    """

    class Kind(models.TextChoices):
        CHILD = "child", _("Child of")
        REPEAT = "repeat", _("Repeat of")
        RELATED = "related", _("Related to")

    source = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="links_out")
    target = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="links_in")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    at = models.DateTimeField()
    by_name = models.CharField(max_length=80)
    ended_at = models.DateTimeField(null=True)
    ended_by_name = models.CharField(max_length=80, blank=True)
    ended_reason = models.TextField(blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(Least("source", "target"), Greatest("source", "target"), condition=Q(ended_at=None), name="link_once"),
            models.CheckConstraint(condition=~Q(source=F("target")), name="link_not_to_itself"),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by_name="", ended_reason="") | (Q(ended_at__isnull=False) & ~Q(ended_reason="")),
                name="link_ends_with_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source_id} {self.kind} {self.target_id}"


class Copy(models.Model):
    """Somebody who got a copy of a ticket: he reads it from then on, whatever unit it goes to (LTR-01)."""

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="copies")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    by_name = models.CharField(max_length=80)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["ticket", "member"], name="copy_once")]

    def __str__(self) -> str:
        return f"{self.ticket_id}/{self.member_id}"


class Seal(models.Model):
    """The daily seal over all chain heads that changed on a day; exportable, so that an auditor can keep it elsewhere."""

    day = models.DateField(unique=True)
    made_at = models.DateTimeField()
    count = models.PositiveIntegerField()
    previous = models.BinaryField()
    digest = models.BinaryField()

    def __str__(self) -> str:
        return str(self.day)


class SealedHead(models.Model):
    """Where a ticket's chain ended when a seal was made."""

    seal = models.ForeignKey(Seal, on_delete=models.PROTECT, related_name="heads")
    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="+")
    length = models.PositiveIntegerField()
    head = models.BinaryField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["seal", "ticket"], name="sealed_head_once")]

    def __str__(self) -> str:
        return f"{self.seal_id}/{self.ticket_id}"
