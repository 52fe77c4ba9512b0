"""REST of certificates: courses, who is certified, results of examinations, and exceptions."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Field, Path, Query, Router, Schema
from pydantic import AwareDatetime, StringConstraints

from banjie.kernel.answers import answer
from banjie.kernel.errors import FieldError, InvalidInput, NotPermitted
from banjie.people.actor import Actor
from banjie.people.certificates import courses_for, courses_with_figures, may_see_certificates, needing, people_for
from banjie.people.forms import seen
from banjie.people.held import CertificateState, Held, HeldFilter, certificates_for, held_of
from banjie.people.models import Course, Examination, Member
from banjie.people.verbs.examinations import FULL_MARK, Result, enter_results
from banjie.people.verbs.waivers import approve_waiver, ask_for_waiver, refuse_waiver

router = Router(tags=["certificates"])
Username = Annotated[str, StringConstraints(min_length=1, max_length=60, pattern=r"^[^\x00-\x1f]+$")]
Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Reason = Annotated[str, StringConstraints(max_length=500, pattern=r"^[^\x00]*$")]
Key = Annotated[int, Field(ge=1, le=2**63 - 1)]
MOST_COURSES = 200


class CourseOut(Schema):
    """A course. `appointed` hold a post that needs it; of them `valid` have the certificate now, `soon` of those for 30 days at most."""

    code: str
    title: str
    examiner: str
    pass_mark: int
    valid_days: int | None
    needed_by: list[str]
    appointed: int
    valid: int
    soon: int


class CoursesOut(Schema):
    """The courses whose certificates the caller may see."""

    courses: list[CourseOut]


class ListIn(Schema):
    """Which certificates; state "valid" takes in those that lapse soon. `waiver` true: exceptions only, false: those by examination only."""

    course: Code | Literal[""] = ""
    member: Annotated[str, StringConstraints(max_length=60, pattern=r"^[^\x00-\x1f]*$")] = ""
    state: CertificateState | None = None
    waiver: bool | None = None
    before: Key | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class CertificateOut(Schema):
    """A certificate or an exception (`is_waiver`). `until` null: it never ends; `ended_*`: taken back or refused."""

    id: int
    member: str
    username: str
    course: str
    course_title: str
    state: CertificateState
    is_waiver: bool
    reason: str
    asked_by: str
    asked_at: datetime | None
    issued_at: datetime | None
    issued_by: str
    until: datetime | None
    ended_at: datetime | None
    ended_by: str
    ended_reason: str


class CertificatesOut(Schema):
    """A page, the latest first, and what to send as `before` for the next one, null at the end."""

    certificates: list[CertificateOut]
    next: int | None


class MarkIn(Schema):
    """A mark of somebody, by sign-in name."""

    member: Username
    score: Annotated[int, Field(ge=0, le=FULL_MARK)]
    held_on: date


class ExaminationsIn(Schema):
    """Marks of a course: all are entered, or none."""

    course: Code
    results: Annotated[list[MarkIn], Field(min_length=1, max_length=200)]


class ResultOut(Schema):
    """An entered mark, and whether it brought the certificate."""

    username: str
    score: int
    held_on: date
    passed: bool


class ResultsOut(Schema):
    """The entered marks, in the order of the request."""

    results: list[ResultOut]


class WaiverIn(Schema):
    """Who shall act without which certificate, until when and why."""

    member: Username
    course: Code
    until: AwareDatetime
    reason: Reason


class DecisionIn(Schema):
    """Whether an exception is approved; a refusal has a reason."""

    approve: bool
    reason: Reason = ""


@router.get("/courses", response={200: CoursesOut}, summary="The courses, who needs them, how many are certified")
def courses(request: HttpRequest) -> HttpResponse:
    """List the courses that the caller examines, or all for who manages members."""
    found = list(courses_with_figures(_by(request), timezone.now())[:MOST_COURSES])
    roles = needing(found)
    rows = [
        {name: getattr(one, name) for name in ("code", "title", "examiner", "pass_mark", "valid_days", "appointed", "valid", "soon")}
        | {"needed_by": roles[one.code]}
        for one in found
    ]
    return answer({"courses": rows})


@router.get("/certificates", response={200: CertificatesOut}, summary="Certificates and exceptions")
def index(request: HttpRequest, asked: Query[ListIn]) -> HttpResponse:
    """List what the caller may see, the latest first."""
    by, now = _by(request), timezone.now()
    rows = HeldFilter("", asked.course, asked.member, asked.state, asked.waiver).apply(certificates_for(by, now), now)
    shown = list((rows.filter(pk__lt=asked.before) if asked.before else rows)[: asked.limit + 1])
    following = shown[asked.limit - 1].pk if len(shown) > asked.limit else None
    return answer({"certificates": [_out(held_of(row, now)) for row in shown[: asked.limit]], "next": following})


@router.post("/examinations", response={201: ResultsOut}, summary="Enter results of an examination")
def examine(request: HttpRequest, payload: ExaminationsIn) -> HttpResponse:
    """Enter marks, by the course's examining role. Whoever reaches the pass mark has the certificate at once."""
    by, now = _by(request), timezone.now()
    course = _course(by, payload.course)
    people = {one.username: one for one in people_for(by, [course.examiner], now).filter(username__in=[m.member for m in payload.results])}
    unknown = [n for n, mark in enumerate(payload.results) if mark.member not in people]
    if unknown:
        raise InvalidInput(errors=[FieldError(f"results.{n}.member", _("This is nobody whom you examine.")) for n in unknown])
    marks = [Result(people[m.member], m.score, m.held_on, f"results.{n}.") for n, m in enumerate(payload.results)]
    made = enter_results(course, marks, by=by, at=now)
    return answer({"results": [_result(row, mark) for row, mark in zip(made, payload.results, strict=True)]}, 201)


@router.post("/waivers", response={201: CertificateOut}, summary="Ask that somebody may act without a certificate for a time")
def ask(request: HttpRequest, payload: WaiverIn) -> HttpResponse:
    """Ask for an exception, of at most 92 days. It counts when somebody else has approved it."""
    by, now = _by(request), timezone.now()
    course = _course(by, payload.course)
    row = ask_for_waiver(_member(by, course, payload.member, now), course, until=payload.until, reason=payload.reason, by=by, at=now)
    return answer(_out(held_of(row, now)), 201)


@router.post("/waivers/{waiver_id}/decision", response={200: CertificateOut}, summary="Approve or refuse an exception")
def decide(request: HttpRequest, waiver_id: Path[Key], payload: DecisionIn) -> HttpResponse:
    """Decide what somebody else asked for. 409 when it is decided or over already."""
    by, now = _by(request), timezone.now()
    row = seen(certificates_for(by, now).exclude(waiver_reason=""), waiver_id)
    row = approve_waiver(row, by=by, at=now) if payload.approve else refuse_waiver(row, reason=payload.reason, by=by, at=now)
    return answer(_out(held_of(row, now)))


def _by(request: HttpRequest) -> Actor:
    """Return the caller.

    Raises:
        NotPermitted: he neither examines nor manages members.
    """
    by: Actor = request.auth  # type: ignore[attr-defined]  # the API's authentication has put it there
    if not may_see_certificates(by):
        raise NotPermitted
    return by


def _course(by: Actor, code: str) -> Course:
    found = courses_for(by).filter(code=code).first()
    if found is None:
        raise InvalidInput(errors=[FieldError("course", _("You examine no course with this code."))])
    return found


def _member(by: Actor, course: Course, username: str, now: datetime) -> Member:
    found = people_for(by, [course.examiner], now).filter(username=username.lower(), is_active=True).first()
    if found is None:
        raise InvalidInput(errors=[FieldError("member", _("You manage no member with this sign-in name."))])
    return found


def _out(one: Held) -> dict[str, object]:
    return {name: getattr(one, name) for name in CertificateOut.model_fields}


def _result(row: Examination, mark: MarkIn) -> dict[str, object]:
    return {"username": mark.member, "score": row.score, "held_on": row.held_on, "passed": row.passed}
