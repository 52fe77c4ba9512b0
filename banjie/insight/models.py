"""Frozen copies of ledgers: what stood in them when a period was over, and who signed that."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from banjie.people.models import Member
from banjie.rulebook.models import RulebookVersion


class FrozenCopy(models.Model):
    """A ledger of a closed period as it stood at `at`. Triggers refuse every change, and lines that come later (CHC-07, RPT-10).

    `number` counts the copies of one ledger and period. `head` says what the copy is of: regulation, columns, counts.
    `sha256` is over head and lines as the file of the copy writes them; `digest` is the keyed link to the copy before it.
    """

    rulebook_version = models.ForeignKey(RulebookVersion, on_delete=models.PROTECT, related_name="+")
    book = models.CharField(max_length=60)
    ledger = models.CharField(max_length=40)
    first = models.DateField()
    last = models.DateField()
    number = models.PositiveSmallIntegerField()
    rows = models.PositiveIntegerField()
    head = models.JSONField()
    by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    by_name = models.CharField(max_length=80)
    at = models.DateTimeField()
    sha256 = models.CharField(max_length=64)
    digest = models.BinaryField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["book", "ledger", "first", "number"], name="frozen_copy_numbered_once"),
            models.CheckConstraint(condition=Q(last__gte=F("first")), name="frozen_copy_of_a_period"),
        ]

    def __str__(self) -> str:
        return f"{self.book} {self.ledger} {self.first} no. {self.number}"


class FrozenLine(models.Model):
    """One line of a frozen copy: its cells as text, in the order of the copy's columns. Written before the copy's own row."""

    copy = models.ForeignKey(FrozenCopy, on_delete=models.PROTECT, related_name="lines", db_index=False)
    seq = models.PositiveIntegerField()
    cells = models.JSONField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["copy", "seq"], name="frozen_line_seq_once")]

    def __str__(self) -> str:
        return f"{self.copy_id}/{self.seq}"


class CopySignature(models.Model):
    """One person's signature under a frozen copy, over its `sha256`; `digest` links it to the signature before, the first to the copy."""

    copy = models.ForeignKey(FrozenCopy, on_delete=models.PROTECT, related_name="signatures", db_index=False)
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    member_name = models.CharField(max_length=80)
    role = models.CharField(max_length=40)
    role_title = models.CharField(max_length=120)
    at = models.DateTimeField()
    sha256 = models.CharField(max_length=64)
    digest = models.BinaryField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["copy", "member"], name="copy_signed_once_by_each")]

    def __str__(self) -> str:
        return f"{self.copy_id} {self.member_name}"
