"""REST of tickets: open, list, get with possible actions, act, timeline, search."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from ninja import Field, Header, Path, Query, Router, Schema
from pydantic import StringConstraints

from banjie.kernel.answers import answer
from banjie.kernel.errors import FieldError, InvalidInput
from banjie.kernel.phones import show_phone
from banjie.people.actor import Actor
from banjie.people.permissions import Permission
from banjie.rulebook.program import Program
from banjie.rulebook.queries import active_programs, program_of
from banjie.tickets import queue
from banjie.tickets.detail import Detail, detail
from banjie.tickets.lifecycle import perform
from banjie.tickets.opening import Asked, may_open, open_ticket
from banjie.tickets.possible import form_of, possible_actions, titled
from banjie.tickets.rest_links import shown_links
from banjie.tickets.story import Reader, story

router = Router(tags=["tickets"])
Word = Annotated[str, StringConstraints(max_length=80, pattern=r"^[^\x00-\x1f]*$")]
Number = Annotated[str, StringConstraints(max_length=32, pattern=r"^[A-Za-z0-9-]+$")]
HISTORY = 50
_NAMED = ("unit", "assignee", "responsible", "customer", "customer_id", "updated_at", "due_at", "due_clock")


class OpenIn(Schema):
    """A request to accept. `fields` are the opening form's (see GET /types).

    Where the rulebook looks for repeats and earlier tickets say the same, it is refused (`repeat-suspected`) unless `is_new`.
    """

    type: Annotated[str, StringConstraints(max_length=40)]
    rulebook: Annotated[str, StringConstraints(max_length=60)] = ""
    is_new: bool = False
    fields: dict[str, Any] = Field(default_factory=dict)


class ActIn(Schema):
    """An action's form, and the version of the ticket that the caller saw."""

    version: Annotated[int, Field(ge=1, le=2**31 - 1)] | None = None
    fields: dict[str, Any] = Field(default_factory=dict)


class ListIn(Schema):
    """Filters of the list."""

    view: Literal["open", "ended", "all"] = "open"
    order: Literal["queue", "newest"] = "queue"
    type: Word = ""
    state: Word = ""
    q: Word = ""
    mine: bool = False
    overdue: bool = False
    cursor: Annotated[str, StringConstraints(max_length=200)] = ""
    limit: Annotated[int, Field(ge=1, le=queue.MAX_PAGE)] = 50


class KeyIn(Schema):
    """The idempotency key of a creation."""

    idempotency_key: Word = ""


class TimelineIn(Schema):
    """Which part of a timeline."""

    before: Annotated[int, Field(ge=1, le=2**31 - 1)] = 2**31 - 1


class FindIn(Schema):
    """What to find."""

    q: Word
    limit: Annotated[int, Field(ge=1, le=50)] = 20


class Performed(Schema):
    """What a change came to."""

    number: str
    version: int
    state: str
    outcome: str


def actor(request: HttpRequest) -> Actor:
    """Return who calls; the API's authentication has put it there."""
    found: Actor = request.auth  # type: ignore[attr-defined]
    return found


def _program(slug: str, type_name: str) -> Program:
    """Return the active rulebook that has the type; `slug` decides when several do."""
    found = [p for p in active_programs() if type_name in p.types and slug in ("", p.slug)]
    if len(found) != 1:
        message = (
            _("No active rulebook has this ticket type.") if not found else _("Several rulebooks have this type: name one in “rulebook”.")
        )
        raise InvalidInput(message, errors=[FieldError("type" if not found else "rulebook", message)])
    return found[0]


@router.get("/types", summary="What may be opened, with the form of each type")
def types(request: HttpRequest) -> HttpResponse:
    """List the ticket types that the caller may open."""
    by, language = actor(request), get_language() or "zh-hans"
    return answer(
        [
            {
                "rulebook": program.slug,
                "type": kind.name,
                "title": titled(kind.spec, language),
                "group": kind.spec.group,
                "form": form_of(program, kind.open_action, {}, language),
            }
            for program in active_programs()
            for kind in program.types.values()
            if may_open(program, kind, by)
        ]
    )


@router.post("/tickets", response={201: Performed}, summary="Open a ticket")
def create(request: HttpRequest, payload: OpenIn, sent: Header[KeyIn]) -> HttpResponse:
    """Accept a request. With an `Idempotency-Key` header a retry returns the same ticket."""
    program = _program(payload.rulebook, payload.type)
    done = open_ticket(
        program, payload.type, payload.fields, by=actor(request), at=timezone.now(), asked=Asked(sent.idempotency_key, payload.is_new)
    )
    return answer({"number": done.number, "version": done.version, "state": done.state, "outcome": done.outcome}, 201)


@router.get("/tickets", summary="List tickets that the caller may see")
def index(request: HttpRequest, asked: Query[ListIn]) -> HttpResponse:
    """List tickets in queue order (rank, due time) or newest first; `cursor` is the `next` of the page before."""
    by = actor(request)
    filters = queue.Filters(
        view=asked.view,
        order=asked.order,
        type=asked.type,
        state=asked.state,
        mine=asked.mine,
        text=asked.q,
        overdue_at=timezone.now() if asked.overdue else None,
    )
    page = queue.page(by, filters, cursor=asked.cursor, limit=asked.limit)
    phones = by.may(Permission.CUSTOMER_PHONE)
    return answer({"tickets": [_line(row, phones) for row in page.rows], "next": page.next})


def _line(row: queue.Row, phones: bool) -> dict[str, Any]:
    return {
        "number": row.number,
        "type": row.type,
        "state": row.state,
        "open": row.is_open,
        "version": row.version,
        "summary": row.summary,
        "contact": row.contact,
        "phone": show_phone(row.phone, phones),
        "address": row.address,
        "priority": row.priority,
        "unit": row.unit,
        "assignee": row.assignee,
        "opened_at": row.opened_at,
        "updated_at": row.updated_at,
        "due_at": row.due_at,
        "due_clock": row.due_clock,
    }


@router.get("/tickets/{number}", summary="A ticket with its clocks, history and possible actions")
def show(request: HttpRequest, number: Path[Number]) -> HttpResponse:
    """Return a ticket; `actions` lists what the caller may do now, each with the schema of its form."""
    by, language = actor(request), get_language() or "zh-hans"
    found = detail(by, number)
    program = program_of(found.ticket.rulebook_version_id)
    reader = _reader(by, language)
    return answer(
        {
            **_head(found, program, reader),
            "clocks": found.ticket.extra.get("clocks", []),
            "actions": possible_actions(by, program, found.ticket, language),
            "links": shown_links(found.ticket.id, by) if found.names.has_links else [],
            "history": story(found.ticket.id, found.ticket.type, program, reader, limit=HISTORY),
        }
    )


def _reader(by: Actor, language: str) -> Reader:
    return Reader(language, ZoneInfo(settings.TIME_ZONE), by.may(Permission.CUSTOMER_PHONE), by)


def _head(found: Detail, program: Program, reader: Reader) -> dict[str, Any]:
    ticket, kind = found.ticket, program.types[found.ticket.type]
    phones = {n for n, f in program.book.fields.items() if f.kind == "phone"}
    rule = {"rulebook": program.slug, "rulebook_version": program.number, "type_title": titled(kind.spec, reader.language)}
    place = {
        "state_title": titled(kind.process.states[ticket.state], reader.language),
        "stage": kind.stage_of[ticket.state],
        "open": ticket.is_open,
    }
    same = {name: getattr(ticket, name) for name in ("number", "type", "state", "version", "round", "opened_at", "ended_at")}
    named = {name: getattr(found.names, name) for name in _NAMED}
    fields = {n: show_phone(str(v), reader.may_see_phones) if n in phones else v for n, v in ticket.fields.items()}
    return {**same, **rule, **place, **named, "fields": fields}


@router.post("/tickets/{number}/actions/{action}", response={200: Performed}, summary="Do an action")
def act(request: HttpRequest, number: Path[Number], action: Path[Word], payload: ActIn) -> HttpResponse:
    """Perform one of the ticket's possible actions. 409 when somebody was faster or the rulebook refuses now."""
    done = perform(number, action, payload.fields, by=actor(request), at=timezone.now(), expect=payload.version)
    return answer({"number": done.number, "version": done.version, "state": done.state, "outcome": done.outcome})


@router.get("/tickets/{number}/timeline", summary="The timeline, newest first")
def timeline(request: HttpRequest, number: Path[Number], asked: Query[TimelineIn]) -> HttpResponse:
    """Return a page of events with their chain digests; `before` is the smallest `seq` of the page before."""
    by, language = actor(request), get_language() or "zh-hans"
    found = detail(by, number)
    program = program_of(found.ticket.rulebook_version_id)
    entries = story(found.ticket.id, found.ticket.type, program, _reader(by, language), before=asked.before, limit=100)
    return answer({"events": entries, "next": entries[-1].seq if len(entries) == 100 else None})


@router.get("/search", summary="Find tickets by number, phone, key or words")
def find(request: HttpRequest, asked: Query[FindIn]) -> HttpResponse:
    """Return the newest matching tickets."""
    by = actor(request)
    page = queue.page(by, queue.Filters(view="all", order="newest", text=asked.q), limit=asked.limit)
    phones = by.may(Permission.CUSTOMER_PHONE)
    return answer({"tickets": [_line(row, phones) for row in page.rows]})
