"""What intake leaves behind."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from banjie.tickets.models import OutcomeRow


class Guidance(OutcomeRow):
    """Phone guidance was tried: what was said, and whether it solved the request (POS-05, POS-06)."""

    solved = models.BooleanField()
    text = models.TextField()


class Addition(OutcomeRow):
    """What a customer said on a repeated contact about the same matter (HOT-11, HOT-14)."""

    note = models.TextField()

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=~Q(note=""), name="addition_says_something")]
