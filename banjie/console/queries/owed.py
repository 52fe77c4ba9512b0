"""Duties as people work them off: the runs of the day, what is drawn, and how an auditor draws it again."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from banjie.console.queries.words import state_mark, type_title
from banjie.deadlines.models import DutyItem, DutyRun
from banjie.kernel.errors import Unseen
from banjie.kernel.phones import mask_phone
from banjie.people.actor import Actor
from banjie.rulebook.language import Duty
from banjie.rulebook.program import Program
from banjie.rulebook.queries import program_of
from banjie.tickets.access import may_act, sees_everything, visible_tickets
from banjie.tickets.possible import titled
from banjie.tickets.registry import objection_to

MOST_RUNS = 60
MOST_ITEMS = 100
MOST_PAST = 60
_CHECKING = {"call_back", "verify"}
TONES = {"open": "info", "kept": "ok", "broken": "bad", "nothing_due": "neutral"}


def title_of_duties(programs: Iterable[Program]) -> str:
    """Return what the place of the duties is called: by what the active regulations owe."""
    books = [program.book for program in programs]
    verbs = {
        process.actions[name].verb if name in process.actions else ""
        for book in books
        for duty in book.duties.values()
        for name in duty.do or ("",)
        for process in book.processes.values()
        if name == "" or name in process.actions
    }
    return _("Callbacks and checks") if verbs <= _CHECKING else _("Regular duties")


def runs_of_the_day(actor: Actor, books: Collection[str], today: date, language: str, now: datetime) -> list[dict[str, Any]]:
    """Return the runs of some rulebooks that are open or belong to `today`, each with the drawn tickets that the actor may see.

    Those with something left to do come first.
    """
    runs = _counted().filter(Q(state=DutyRun.State.OPEN) | Q(period=today), book__in=books).order_by("book", "duty", "-period")[:MOST_RUNS]
    shown = [_run(run, language, now) | {"items": _items(actor, run, language, MOST_ITEMS)} for run in runs]
    return sorted(shown, key=lambda run: not run["left"])


def past_runs(books: Collection[str], today: date, language: str, now: datetime) -> list[dict[str, Any]]:
    """Return the runs of some rulebooks in earlier periods, the latest first."""
    runs = (
        _counted()
        .exclude(state=DutyRun.State.OPEN)
        .filter(period__lt=today, book__in=books)
        .order_by("-period", "book", "duty")[:MOST_PAST]
    )
    return [_run(run, language, now) for run in runs]


def one_run(actor: Actor, run_id: int, language: str, now: datetime) -> dict[str, Any]:
    """Return a run with the tickets that the actor may see; its whole frame for those who see all tickets.

    Raises:
        Unseen: there is none.
    """
    run = _counted().filter(pk=run_id).first()
    if run is None:
        raise Unseen
    frame = list(run.frame) if sees_everything(actor) else []
    return _run(run, language, now) | {"items": _items(actor, run, language, 1000), "frame_numbers": frame}


def _counted() -> Any:
    counts = {
        "done_now": Count("items", filter=Q(items__done_at__isnull=False)),
        "moot_now": Count("items", filter=Q(items__chosen=True, items__done_at=None, items__moot_at__isnull=False)),
    }
    return DutyRun.objects.annotate(**counts)


def _run(run: Any, language: str, now: datetime) -> dict[str, Any]:
    program = program_of(run.rulebook_version_id)
    duty = program.book.duties[run.duty]
    required = run.required - (run.moot_now if duty.take == "all" else 0)
    return {
        "id": run.pk,
        "url": reverse("console:duty", args=[run.pk]),
        "title": titled(duty, language),
        "book": titled(program.book, language),
        "clause": duty.clause[0],
        "clause_text": program.clause_text(duty.clause[0]),
        "period": run.period,
        "due_at": run.due_at,
        "state": run.state,
        "state_title": _state_title(run.state),
        "tone": TONES[run.state],
        "frame": run.frame_size,
        "required": required,
        "done": run.done_now,
        "rate": run.done_now / run.frame_size if run.frame_size else None,
        "left": max(0, required - run.done_now),
        "size_rule": _size_rule(duty),
        "seed": run.seed,
        "is_sample": duty.take != "all",
        "is_late": run.state == DutyRun.State.OPEN and run.due_at < now,
    }


def _state_title(state: str) -> str:
    return {
        "open": pgettext("duty", "In progress"),
        "kept": pgettext("duty", "Kept"),
        "broken": pgettext("duty", "Broken"),
        "nothing_due": pgettext("duty", "Nothing due"),
    }[state]


def _size_rule(duty: Duty) -> str:
    if duty.take == "all":
        return _("every ticket of the frame")
    return _("%(share)s of the frame, rounded up, at least %(n)d") % {"share": duty.take, "n": duty.at_least}


def _items(actor: Actor, run: DutyRun, language: str, limit: int) -> list[dict[str, Any]]:
    mine = visible_tickets(actor).values("pk")
    rows = DutyItem.objects.filter(run=run, chosen=True, ticket__in=mine).select_related("ticket__unit", "ticket__assignee")
    program = program_of(run.rulebook_version_id)
    duty = program.book.duties[run.duty]
    return [_item(actor, row, duty, language) for row in rows.order_by("done_at", "moot_at", "position")[:limit]]


def _item(actor: Actor, row: DutyItem, duty: Duty, language: str) -> dict[str, Any]:
    ticket = row.ticket
    program: Program = program_of(ticket.rulebook_version_id)
    kind = program.types[ticket.type]
    state, tone = state_mark(kind, ticket.state, language)
    ticket.unit_path = ticket.unit.path  # type: ignore[attr-defined]  # what `may_act` asks of a ticket
    rules = [rule for rule in kind.by_state[ticket.state] if rule.name in duty.do and may_act(actor, rule, ticket)]  # type: ignore[arg-type]
    ticket.extra = {}  # type: ignore[attr-defined]  # a list reads nothing more of each ticket
    rules = [rule for rule in rules if objection_to(actor, program, rule, ticket) is None]  # type: ignore[arg-type]  # it reads what both have
    rules = [] if actor.read_only or row.done_at or row.moot_at else rules
    return {
        "id": row.pk,
        "number": ticket.number,
        "url": reverse("console:ticket", args=[ticket.number]),
        "type": type_title(program, ticket.type, language),
        "state": state,
        "tone": tone,
        "summary": ticket.summary,
        "contact": ticket.contact,
        "phone": mask_phone(ticket.phone) if ticket.phone else "",
        "assignee": ticket.assignee.name if ticket.assignee else "",
        "unit": ticket.unit.name,
        "done_at": row.done_at,
        "done_by": row.done_by_name,
        "result": _result(program, row.result, language),
        "is_moot": row.moot_at is not None,
        "do": rules[0].name if rules else "",
        "do_title": titled(rules[0].spec, language) if rules else "",
    }


def _result(program: Program, result: str, language: str) -> str:
    """Return an outcome in the words of the regulation's choice field, if one has it."""
    return next((titled(field.choices[result], language) for field in program.book.fields.values() if result in field.choices), result)
