"""How rules and figures read to people."""

from __future__ import annotations

from typing import Any

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from banjie.insight.period import Period
from banjie.people.models import Unit
from banjie.rulebook import due
from banjie.rulebook.language import Action, Deadline, Duty, Indicator, Timer
from banjie.rulebook.program import Program
from banjie.worktime.spelling import format_duration


def titled(part: Any) -> str:
    """Return a part's title in the reader's language; the regulation's own word when it has no other."""
    return str(part.en if (get_language() or "").startswith("en") and part.en else part.title)


def actor_name(name: str) -> str:
    """Return who did something; what the system did by itself says so."""
    watches = {"deadline-watch": _("System (deadline watch)"), "duty-watch": _("System (duty watch)")}
    return watches.get(name, name)


def listed(words: list[str]) -> str:
    """Join words as the reader's language does."""
    return _(", ").join(words)


def length(text: str) -> str:
    """Write a limit of a rulebook for people; what is no duration (a time, a field) stays as it is."""
    if text in ("unset", ""):
        return _("not set")
    if text == "end of day":
        return _("end of the day")
    try:
        written = format_duration(due.duration(text), get_language() or "zh-hans")
        return _("%(length)s, to the end of that day") % {"length": written} if due.runs_to_the_end_of_day(text) else written
    except ValueError:
        return text


def period_title(period: Period) -> str:
    """Return the name of a period."""
    return {
        "today": _("Today"),
        "yesterday": _("Yesterday"),
        "week": _("7 days"),
        "month": _("This month"),
        "quarter": _("This quarter"),
    }.get(period.name, period.text)


def before_title(period: Period) -> str:
    """Say with what a period is compared."""
    return ngettext("the day before", "the %(n)d days before", period.days) % {"n": period.days}


def level_title(level: str) -> str:
    """Return the level at which a ticket was opened: the kind of unit, or that no member of the service opened it."""
    return str(Unit.Kind(level).label) if level in Unit.Kind.values else _("Automatically, or without a post")


def limit_of(program: Program, spec: Deadline) -> str:
    """Say a deadline's limit: "within 10 minutes", "by 14:00", or per class for a named limit."""
    if spec.by:
        return _("by %(time)s") % {"time": length(spec.by)}
    if spec.due:
        return _("by the time in “%(field)s”") % {"field": _due_field(program, spec.due)}
    limit = program.book.limits.get(spec.within or "")
    if limit is None:
        return _("within %(limit)s") % {"limit": length(spec.within or "")}
    if isinstance(limit.values, str):
        return _("within %(limit)s") % {"limit": length(limit.values)}
    by_length: dict[str, list[str]] = {}
    for key, value in limit.values.items():
        title = titled(program.types[key].spec) if limit.per == "type" and key in program.types else key
        by_length.setdefault(length(value), []).append(title)
    return _("; ").join(f"{text}{_(': ')}{listed(names)}" for text, names in by_length.items())


def _due_field(program: Program, text: str) -> str:
    name, _sep, rest = text.partition(" ")
    field = program.book.fields.get(name)
    return f"{titled(field) if field else name}{' ' + rest if rest else ''}"


def states_of(program: Program, names: list[str]) -> str:
    """Return the titles of states and actions."""
    titles: dict[str, str] = {}
    for process in program.book.processes.values():
        titles |= {name: titled(part) for name, part in [*process.actions.items(), *process.states.items()]}
    return listed([titles.get(name, name) for name in names])


def deadline_facts(program: Program, spec: Deadline) -> list[str]:
    """Say what a deadline measures."""
    facts = [
        limit_of(program, spec),
        _("from %(start)s to %(end)s") % {"start": states_of(program, spec.from_), "end": states_of(program, spec.until)},
    ]
    if spec.pause_in:
        facts.append(_("paused while %(states)s") % {"states": states_of(program, spec.pause_in)})
    if spec.warn:
        facts.append(_("warns at %(percent)d%% of the time") % {"percent": spec.warn})
    return facts


def duty_facts(program: Program, spec: Duty) -> list[str]:
    """Say what a duty owes."""
    every = {
        "day": _("every day"),
        "working_day": _("every working day"),
        "week": _("every week"),
        "month": _("every month"),
        "quarter": _("every quarter"),
        "half_year": _("every half year"),
        "year": _("every year"),
    }
    if spec.opens:
        kind = program.types.get(spec.opens)
        opened = _("one “%(type)s” is opened") % {"type": titled(kind.spec) if kind else spec.opens}
        return [every[spec.every], opened, _("by %(time)s") % {"time": length(spec.until)}]
    if spec.take in ("all", "100%"):
        share = _("all of them")
    else:
        share = _("at least %(share)s of them, rounded up, and no fewer than %(least)d") % {"share": spec.take, "least": spec.at_least}
    return [
        every[spec.every],
        _("of tickets %(states)s") % {"states": states_of(program, spec.over.states)},
        share,
        _("by %(time)s") % {"time": length(spec.until)},
    ]


def action_facts(program: Program, spec: Action) -> str:
    """Say what an action demands before it is let through."""
    fields = [titled(program.field(name)) for name in spec.needs]
    fields += [_("one of %(fields)s") % {"fields": listed([titled(program.field(n)) for n in group])} for group in spec.needs_one_of]
    return _("not possible without %(fields)s") % {"fields": listed(fields)} if fields else ""


def timer_facts(program: Program, spec: Timer) -> str:
    """Say what a timer does."""
    return _("by itself after %(length)s in %(states)s") % {"length": length(spec.after), "states": states_of(program, spec.in_)}


def formula(program: Program, spec: Indicator) -> str:
    """Say how an indicator is computed, so that every report shows it (section 5, no. 45)."""
    if spec.of.deadline:
        return _("kept ÷ (kept + broken); what was not applicable does not count")
    if spec.of.duty:
        duty = program.book.duties.get(spec.of.duty)
        if duty is not None and duty.take in ("all", "100%"):
            return _("done ÷ tickets owed; tickets that left the states undone do not count; days without any are not applicable")
        return _("done ÷ all tickets of the day's list; days without any are not applicable")
    return _("this outcome ÷ all attempts that reached somebody")
