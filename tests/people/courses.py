"""A course that the agents of headquarters examine and that engineers need, and marks in it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from django.utils import timezone

from banjie.people.grants import forget
from banjie.people.models import Certificate, Course, Role
from banjie.people.verbs.examinations import enter_result
from tests.cast import BUILDER, Cast, Person


class Taught(NamedTuple):
    """The cast with a course."""

    cast: Cast
    course: Course


def taught(cast: Cast) -> Taught:
    """Let engineers need “安全”, valid for a year, examined by the agents."""
    course = Course.objects.create(code="safety", title="安全作业", pass_mark=80, valid_days=365, examiner="hq_agent")
    Role.objects.filter(code="engineer").update(certificate="safety")
    forget()
    return Taught(cast, course)


def passed(it: Taught, person: Person, *, at: datetime | None = None, until: datetime | None = None) -> Certificate:
    """Let somebody pass; `until` moves the certificate's end."""
    now = at or timezone.now()
    row = enter_result(person.member, it.course, score=90, held_on=timezone.localdate(now), by=BUILDER, at=now)
    if until:
        Certificate.objects.filter(examination=row).update(valid_until=until)
    return Certificate.objects.get(examination=row)


def lapsing(it: Taught) -> Mapping[str, Certificate]:
    """Let Zhao's certificate end in ten days, and Sun's have ended yesterday; Liu was never examined."""
    now = timezone.now()
    return {
        "zhao": passed(it, it.cast.zhao, until=now + timedelta(days=10)),
        "sun_gz": passed(it, it.cast.sun_gz, at=now - timedelta(days=400), until=now - timedelta(days=1)),
    }
