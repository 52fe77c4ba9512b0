"""Each rule of a book as a plain sentence, in the reader's language."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from banjie.rulebook.explain.words import (
    blank,
    colon,
    condition,
    fields,
    joined,
    listed,
    outcome,
    people,
    quoted,
    span,
    stage,
    time_of_day,
    title,
)
from banjie.rulebook.language import (
    Book,
    Deadline,
    Duty,
    Escalation,
    Indicator,
    Limit,
    Penalty,
    Process,
    State,
    Timer,
    TypeOfTicket,
)


def of_type(book: Book, kind: TypeOfTicket) -> str:
    """Say how tickets of a type run."""
    process = book.processes[kind.process]
    return joined(
        [
            _("Tickets of this type run as %(process)s and begin as “%(state)s”")
            % {"process": title(process), "state": title(process.states[kind.start])},
            _("their numbers begin with %(letter)s") % {"letter": kind.letter},
            _("they also ask %(fields)s") % {"fields": fields(book, kind.asks)} if kind.asks else "",
            _repeat(book, kind) if kind.repeat else "",
        ]
    )


def _repeat(book: Book, kind: TypeOfTicket) -> str:
    assert kind.repeat is not None
    key = {"customer": _("customer"), "asset": _("asset"), "phone": _("phone number")}[kind.repeat.key]
    others = quoted(title(book.types[name]) for name in kind.repeat.types if name in book.types)
    said = _("another one of the same %(key)s within %(span)s may be a repeat") % {"key": key, "span": span(kind.repeat.within)}
    return said + (blank() + _("(%(types)s count too)") % {"types": others} if others else "")


def of_state(book: Book, state: State) -> str:
    """Say to which stage a state belongs, and who is told."""
    told = _("on entering, %(people)s are told") % {"people": people(book, state.tell)} if state.tell else ""
    return joined([_("A state of the stage %(stage)s") % {"stage": stage(state.stage)}, told])


def of_deadline(book: Book, process: Process, deadline: Deadline) -> str:
    """Say from when to when, within what, and who is told."""
    what = _("From %(start)s to %(stop)s") % {"start": _points(process, deadline.from_), "stop": _points(process, deadline.until)}
    return joined(
        [
            what + colon() + limit_words(book, deadline),
            _("only if %(condition)s") % {"condition": condition(book, deadline.when)} if deadline.when else "",
            _("stands still while %(states)s") % {"states": quoted(title(process.states[name]) for name in deadline.pause_in)}
            if deadline.pause_in
            else "",
            _("at %(share)d%% of it %(people)s are warned") % {"share": deadline.warn, "people": people(book, deadline.on_warn) or "—"}
            if deadline.warn
            else "",
            *(_rung(book, process, rung) for rung in deadline.on_breach),
        ]
    )


def _points(process: Process, names: list[str]) -> str:
    return quoted(title(process.states[name]) if name in process.states else title(process.actions[name]) for name in names)


def limit_words(book: Book, deadline: Deadline) -> str:
    """Return the limit of a deadline in words."""
    if deadline.by:
        return pgettext("rule", "by %(time)s") % {"time": time_of_day(deadline.by)}
    if deadline.due:
        name, *rest = deadline.due.split(" ", 1)
        return _("until %(field)s") % {"field": " ".join([fields(book, [name]), *rest])}
    if deadline.within in book.limits:
        return _("within the limit “%(name)s”") % {"name": title(book.limits[deadline.within])}
    return _("within %(span)s") % {"span": span(deadline.within or "unset")}


def _rung(book: Book, process: Process | None, rung: Escalation) -> str:
    who = _("%(people)s are told") % {"people": people(book, rung.notify)} if rung.notify else ""
    done = _("“%(action)s” is done") % {"action": title(process.actions[rung.do])} if process and rung.do in process.actions else ""
    when = _("%(span)s after the breach") % {"span": span(rung.after)} if rung.after else _("on breach")
    return when + blank() + listed(x for x in (who, done) if x)


def of_timer(process: Process, timer: Timer) -> str:
    """Say what the system does by itself."""
    return joined(
        [
            _("After %(span)s in %(states)s the system does “%(action)s” by itself")
            % {
                "span": span(timer.after),
                "states": quoted(title(process.states[n]) for n in timer.in_),
                "action": title(process.actions[timer.do]),
            }
        ]
    )


def of_duty(book: Book, duty: Duty) -> str:
    """Say what is owed how often, by whom, over which tickets."""
    when, who = often(duty.every), people(book, duty.by)
    until = pgettext("rule", "until %(time)s") % {"time": time_of_day(duty.until)}
    if duty.opens:
        owed = _("%(often)s %(people)s owe one “%(type)s”") % {"often": when, "people": who, "type": title(book.types[duty.opens])}
        each = _("one in each unit") if duty.each == "unit" else ""
        return joined([owed, each, until, *(_rung(book, None, rung) for rung in duty.on_breach)])
    what = listed(dict.fromkeys(title(p.actions[a]) for a in duty.do for p in book.processes.values() if a in p.actions))
    states = quoted(dict.fromkeys(title(p.states[s]) for s in duty.over.states for p in book.processes.values() if s in p.states))
    return joined(
        [
            _("%(often)s %(people)s owe “%(action)s” for %(share)s of the tickets %(which)s")
            % {"often": when, "people": who, "action": what, "share": _share(duty), "which": _which(duty, states)},
            until,
            *(_rung(book, None, rung) for rung in duty.on_breach),
        ]
    )


def _share(duty: Duty) -> str:
    if duty.take in {"all", "100%"}:
        return _("all")
    return _("%(share)s (at least %(n)d)") % {"share": duty.take, "n": duty.at_least}


def _which(duty: Duty, states: str) -> str:
    period = {
        "yesterday": _("that entered %(states)s the day before"),
        "last_week": _("that entered %(states)s the week before"),
        "last_month": _("that entered %(states)s the month before"),
    }
    if duty.over.older_than:
        return _("that are in %(states)s and were opened more than %(span)s before") % {
            "states": states,
            "span": span(duty.over.older_than),
        }
    return period.get(duty.over.entered, _("that are in %(states)s")) % {"states": states}


def often(every: str) -> str:
    """Return the words for how often."""
    return {
        "day": _("Every day"),
        "working_day": _("Every working day"),
        "week": _("Every week"),
        "month": _("Every month"),
        "quarter": _("Every quarter"),
        "half_year": _("Every half year"),
        "year": _("Every year"),
    }.get(every, _("At intervals that are not set"))


def of_limit(book: Book, limit: Limit) -> str:
    """Say a named limit and its values."""
    if isinstance(limit.values, str):
        return joined([span(limit.values)])
    parts = [f"{value_title(book, limit, key)} {span(text)}" for key, text in limit.values.items()]
    rest = [_("otherwise %(span)s") % {"span": span(limit.otherwise)}] if limit.otherwise else []
    return joined([listed([*parts, *rest])])


def value_title(book: Book, limit: Limit, key: str) -> str:
    """Return the title of a value by which a limit differs: a type, or a choice."""
    if limit.per == "type" and key in book.types:
        return title(book.types[key])
    field = book.fields.get(limit.per or "")
    return title(field.choices[key]) if field and key in field.choices else key


def of_indicator(book: Book, indicator: Indicator) -> str:
    """Say what an indicator counts and what is aimed at."""
    of = indicator.of
    if of.deadline:
        found = next((p.deadlines[of.deadline] for p in book.processes.values() if of.deadline in p.deadlines), None)
        what = _("The share of clocks “%(name)s” that were kept") % {"name": title(found) if found else of.deadline}
    elif of.duty:
        what = _("The share of “%(name)s” that was done") % {"name": title(book.duties[of.duty])}
    else:
        action = next((p.actions[of.action] for p in book.processes.values() if of.action in p.actions), None)
        what = _("The share of “%(name)s” with the outcome %(outcome)s") % {
            "name": title(action) if action else of.action,
            "outcome": outcome(book, of.outcome or "", action),
        }
    aim = _("target %(target)s") % {"target": indicator.target} if indicator.target else ""
    return joined([what, aim, of_penalty(indicator.penalty) if indicator.penalty else ""])


def of_penalty(penalty: Penalty) -> str:
    """Say what a missed target costs."""
    values = {"points": f"{penalty.points:g}", "each": penalty.each, "most": f"{penalty.at_most or 0:g}"}
    if penalty.each and penalty.at_most:
        return _("%(points)s points deducted for each %(each)s missed, at most %(most)s") % values
    if penalty.each:
        return _("%(points)s points deducted for each %(each)s missed") % values
    return _("%(points)s points deducted when it is missed") % values
