"""Read what the pages of the rulebooks send."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from banjie.kernel.errors import FieldError, InvalidInput


def starting_time(written: str) -> datetime | None:
    """Return the local time at which a version shall begin, None for at once.

    Raises:
        InvalidInput: what is written is no time.
    """
    if not written.strip():
        return None
    try:
        found = parse_datetime(written.strip()[:40])
        return timezone.make_aware(found) if found and timezone.is_naive(found) else found or _refuse()
    except (ValueError, OverflowError):
        return _refuse()


def _refuse() -> datetime:
    raise InvalidInput(errors=[FieldError("starts_at", _("Write a date and a time, or leave it empty."))])
