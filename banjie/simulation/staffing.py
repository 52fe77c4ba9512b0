"""People for any regulation in the demonstration: two for each role that nobody holds, where the book needs them, ready to work."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random

from banjie.deadlines.registration import register_unit
from banjie.people.models import Course, Examination, Member, Post, Role, Unit
from banjie.people.verbs.examinations import enter_result
from banjie.rulebook.program import Program
from banjie.simulation.organisation import FOUNDER, hashed_password, named_person

EACH = 2
OF_SIGNERS = 3  # the one who asks does not sign, nor does the one who submits
BRANCHES = 3  # of them work by each regulation


def staff(program: Program, random: Random, password: str, *, at: datetime) -> None:
    """Appoint people to the roles of a book: in branches where the book sends tickets to units, else at headquarters."""
    hashed = hashed_password(password)
    root = Unit.objects.get(parent=None)
    branches = list(Unit.objects.filter(kind=Unit.Kind.BRANCH).order_by("pk")[:BRANCHES])
    held = Counter(Post.objects.filter(until=None).values_list("role__code", "unit_id"))
    signers, abroad = set(_signers(program)), set(_of_units(program))
    for code in program.book.roles:
        role = Role.objects.get(code=code)
        wanted = {root: OF_SIGNERS if code in signers else EACH} | (dict.fromkeys(branches, 1) if code in abroad else {})
        number = sum(count for (held_code, _unit), count in held.items() if held_code == code)
        for unit, count in wanted.items():
            for _n in range(count - held[code, unit.pk]):
                number += 1
                person = named_person(f"{code}{number}"[:40], random, hashed, at=at)
                _certify(person, role, at=at)
                Post.objects.create(member=person, role=role, unit=unit, since=at)
    _register(program, [root, *branches], at=at)


def _signers(program: Program) -> Iterator[str]:
    """Yield the roles that sign."""
    for process in program.book.processes.values():
        for signoff in process.signoffs.values():
            for step in signoff.steps:
                yield from step.by


def _of_units(program: Program) -> Iterator[str]:
    """Yield the roles that stand in units: those to whom tickets are sent, and those who register them."""
    if program.book.registration:
        yield from program.book.registration.by
        yield from filter(None, [program.book.registration.role])
    for process in program.book.processes.values():
        for action in process.actions.values():
            if action.match:
                yield from filter(None, [action.match.relay, action.match.role])
    for duty in program.book.duties.values():
        if duty.each == "unit":
            yield from duty.by


def _certify(person: Member, role: Role, *, at: datetime) -> None:
    course = Course.objects.filter(code=role.certificate).first() if role.certificate else None
    if course and not Examination.objects.filter(member=person, course=course).exists():
        enter_result(person, course, score=90, held_on=(at - timedelta(days=7)).date(), by=FOUNDER, at=at)


def _register(program: Program, units: list[Unit], *, at: datetime) -> None:
    spec = program.book.registration
    if spec is None:
        return
    for unit in units:
        texts = dict.fromkeys(spec.texts, "专员接收,转关键跟进人员办理,意见经负责人确认后反馈")
        register_unit(program, unit, dict.fromkeys(spec.limits, "2 working days"), texts, by=FOUNDER, at=at)
