"""Who has the certificate that a role needs."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db.models import Q

from banjie.kernel.errors import Refused
from banjie.people.models import Certificate, Course


class Uncertified(Refused):
    """The person lacks the certificate that this needs."""

    status = 422
    code = "uncertified"


def certified(members: Collection[int], course: str, at: datetime) -> set[int]:
    """Return which of the members hold a valid certificate of a course at `at`."""
    valid = Certificate.objects.filter(Q(valid_until=None) | Q(valid_until__gt=at), issued_at__lte=at, revoked_at=None)
    return set(valid.filter(member_id__in=members, course__code=course).values_list("member_id", flat=True))


def title_of(course: str) -> str:
    """Return a course's title; its code when it is unknown."""
    return Course.objects.filter(code=course).values_list("title", flat=True).first() or course
