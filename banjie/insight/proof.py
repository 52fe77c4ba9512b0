"""The facts of a finding as the evidence page shows them."""

from __future__ import annotations

from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from banjie.deadlines.models import Finding
from banjie.insight import words
from banjie.insight.breachlist import rule_titles
from banjie.insight.queries.evidence import Evidence
from banjie.insight.tables import took
from banjie.tickets.models import Event
from banjie.ui.filters import local

Fact = tuple[str, str]


def finding_facts(proof: Evidence) -> list[Fact]:
    """Return every fact of the row."""
    f, ended = proof.finding, proof.ended_at
    late = ended - f.due_at if ended and f.due_at and f.kind == "deadline" else None
    calendar = f"{f.calendar_version.calendar.code} v{f.calendar_version.number}" if f.calendar_version else "—"
    facts = [
        (_("Rule"), rule_titles(proof.program).get(f.rule, f.rule)),
        (_("Clause"), f.clause),
        (_("Rulebook"), f"《{words.titled(proof.program.book)}》 v{proof.program.number}"),
        (_("Calendar"), calendar),
        (_("Limit"), words.length(str(f.evidence.get("limit", ""))) if f.kind == "deadline" else "—"),
        (_("Unit"), f.unit.name if f.unit else _("whole organisation")),
        (_("Responsible for it"), f.owner.name if f.owner else "—"),
        (_("Started at"), exact(f.started_at)),
        (_("Due at"), exact(f.due_at)),
        (_("Ended at"), exact(ended) if ended else _("still running")),
        (_("Taken"), took((ended - f.started_at).total_seconds()) if ended else "—"),
        (_("Late by"), took(late.total_seconds()) if late and late.total_seconds() > 0 else "—"),
        (_("Counts at"), exact(f.at)),
        (_("Corrected at"), exact(_made_at(f)) if f.corrects_id else "—"),
        (_("Judged by"), words.actor_name(f.actor_name)),
        (_("Number of this result"), str(f.pk)),
    ]
    return [(name, value) for name, value in facts if value != "—"]


def exact(value: Any) -> str:
    """Write a moment to the second: minutes decide here."""
    return local(value).strftime("%Y-%m-%d %H:%M:%S") if value else "—"


def run_facts(proof: Evidence) -> list[Fact]:
    """Return the facts of a duty's run, with which an auditor can draw the sample again."""
    run, e = proof.run, proof.finding.evidence
    if run is None:
        return []
    missing = e.get("missing") or []
    return [
        (_("Day"), str(run.period)),
        (_("Tickets in the list"), str(run.frame_size)),
        (_("Size rule"), _("all of them") if run.size_rule == "all" else run.size_rule),
        (_("Required"), str(e.get("required", run.required))),
        (_("Done"), str(e.get("done", run.done))),
        (_("Left the states by themselves"), str(e.get("moot", 0))),
        (_("Not done"), words.listed([str(number) for number in missing]) or "—"),
        (_("List made at"), exact(run.made_at)),
        (_("Seed of the draw"), run.seed),
    ]


def history_rows(proof: Evidence) -> list[dict[str, Any]]:
    """Return the line of results, the first one first, as a timeline: what was judged, then each correction with its reason."""
    line = [*proof.history, proof.finding]
    return [
        {
            "at": _made_at(f),
            "title": str(Finding.Outcome(f.outcome).label),
            "actor": words.actor_name(f.actor_name),
            "tone": {"met": "ok", "breached": "bad"}.get(f.outcome, "neutral"),
            "icon": "edit" if f.corrects_id else "gavel",
            "body": f.reason,
        }
        for f in line
    ]


def _made_at(finding: Finding) -> Any:
    """Return when a row was written: a correction counts at the time of its original, and says in its evidence when it was made."""
    return parse_datetime(str(finding.evidence.get("corrected_at", ""))) if finding.corrects_id else finding.at


def event_rows(proof: Evidence) -> list[dict[str, Any]]:
    """Return the ticket's events from start to end, each with its link of the chain."""
    kind = proof.program.types.get(proof.finding.type)
    actions = {name: words.titled(rule.spec) for name, rule in kind.actions.items()} if kind else {}
    states = {name: words.titled(state) for name, state in kind.process.states.items()} if kind else {}
    rows = []
    for event in proof.events:
        moved = f"{states.get(event.from_state, event.from_state)} → {states.get(event.to_state, event.to_state)}"
        title = actions.get(event.action) or kind_title(event)
        digest = bytes(event.digest).hex()
        moves = event.from_state != event.to_state and event.from_state
        where = moved if moves else states.get(event.to_state, event.to_state) or "—"
        cells = [event.seq, exact(event.at), title, words.actor_name(event.actor_name), where, f"{digest[:8]}…{digest[-8:]}"]
        rows.append({"cells": cells, "digest": digest})
    return rows


def kind_title(event: Event) -> str:
    """Return what an event without an action says."""
    return {
        "opened": _("Ticket opened"),
        "warned": _("Warned"),
        "breached": _("Broken"),
        "escalated": _("Escalated"),
        "paused": _("Clock paused"),
        "resumed": _("Clock resumed"),
        "corrected": _("Result corrected"),
    }.get(event.kind, event.kind)
