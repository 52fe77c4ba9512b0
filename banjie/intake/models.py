"""What intake leaves behind."""

from __future__ import annotations

from django.db import models

from banjie.tickets.models import OutcomeRow


class Guidance(OutcomeRow):
    """Phone guidance was tried: what was said, and whether it solved the request (POS-05, POS-06)."""

    solved = models.BooleanField()
    text = models.TextField()
