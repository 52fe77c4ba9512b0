"""What people do, as plain sentences: actions and sign-offs."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from banjie.rulebook.doing import Repeated
from banjie.rulebook.explain.words import bracketed, condition, fields, joined, listed, outcome, people, quoted, said, span, title
from banjie.rulebook.language import Action, Book, Process, Signoff, SignoffStep
from banjie.rulebook.parts import Must
from banjie.rulebook.vocabulary import VERBS


def of_action(book: Book, process: Process, action: Action) -> str:
    """Say who may do an action, when, with what, and what follows."""
    opens = action.verb in VERBS and VERBS[action.verb].opens
    return joined(
        [
            _("By %(people)s") % {"people": people(book, action.by)},
            "" if opens else _from(process, action),
            _("only if %(condition)s") % {"condition": condition(book, action.when)} if action.when else "",
            *(_waits(book, reference, state) for reference, state in action.children.items()),
            _("needs %(fields)s") % {"fields": fields(book, action.needs)} if action.needs else "",
            *(_("at least one of %(fields)s") % {"fields": fields(book, group)} for group in action.needs_one_of),
            _("may add %(fields)s") % {"fields": fields(book, action.asks)} if action.asks else "",
            *(_demand(book, must) for must in action.must),
            _signed(process, action),
            _to(book, process, action),
            *_follows(book, process, action),
        ]
    )


def _from(process: Process, action: Action) -> str:
    if action.from_ == "any":
        return _("in every state")
    if action.from_ == "open":
        return _("in every state that has not ended")
    return _("while %(states)s") % {"states": quoted(title(process.states[name]) for name in action.from_)}


def _demand(book: Book, must: Must) -> str:
    return _("must hold: %(condition)s, else “%(sentence)s”") % {"condition": condition(book, must.that), "sentence": said(must)}


def _waits(book: Book, reference: str, state: str) -> str:
    kind = book.types.get(reference)
    named = title(book.processes[kind.process].states[state]) if kind else state
    return _("waits for a “%(type)s” below it that is “%(state)s”") % {"type": _type(book, reference), "state": named}


def _type(book: Book, reference: str) -> str:
    """Return the title of a type; of another book, whose text is not at hand, its name."""
    return title(book.types[reference]) if reference in book.types else reference


def _signed(process: Process, action: Action) -> str:
    signoff = process.signoffs.get(action.signoff or "")
    if signoff is None:
        return ""
    if action.verb == "hand_over":
        return _("lets another person sign for “%(name)s”") % {"name": title(signoff)}
    return _("signed as “%(name)s” says") % {"name": title(signoff)}


def _to(book: Book, process: Process, action: Action) -> str:
    if isinstance(action.to, str):
        return _("then “%(state)s”") % {"state": title(process.states[action.to])}
    if not action.to:
        return ""
    ways = listed(
        _("%(outcome)s: “%(state)s”") % {"outcome": outcome(book, key, action), "state": title(process.states[to])}
        for key, to in action.to.items()
    )
    if action.decided_by:
        return _("then, as “%(field)s” says, %(ways)s") % {"field": fields(book, [action.decided_by]), "ways": ways}
    return _("then %(ways)s") % {"ways": ways}


def _follows(book: Book, process: Process, action: Action) -> Iterator[str]:
    if action.opens:
        yield _("opens a “%(name)s” below it") % {"name": _type(book, action.opens)}
    if action.extends and action.extends.deadline in process.deadlines:
        yield _("“%(limit)s” is extended until “%(field)s”, at most %(span)s after it was first due, %(n)d times at most") % {
            "limit": title(process.deadlines[action.extends.deadline]),
            "field": fields(book, [action.extends.to]),
            "span": span(action.extends.at_most),
            "n": action.extends.times,
        }
    if action.tell:
        yield _("%(people)s are told") % {"people": people(book, action.tell)}
    if action.sms:
        yield _("whoever is told gets a text message, too, where a gateway is set up")
    if action.copies:
        yield _("%(people)s over the ticket's unit get a copy and read it from then on; nothing is done if one of them is missing") % {
            "people": people(book, action.copies)
        }
    if action.repeated:
        yield _repeated(book, action, action.repeated)
    if action.attempts:
        yield _("the unreached are tried %(n)d times, %(apart)s apart") % {
            "n": action.attempts.at_most,
            "apart": span(action.attempts.apart),
        }
    if action.prints:
        yield _("prints %(name)s") % {"name": action.prints}


def _repeated(book: Book, action: Action, repeated: Repeated) -> str:
    values = {"n": repeated.times, "people": people(book, repeated.notify), "outcome": outcome(book, repeated.outcome or "", action)}
    if repeated.outcome:
        return _("%(people)s are told when it was “%(outcome)s” %(n)d times or more") % values
    return _("%(people)s are told when it was done %(n)d times or more") % values


def of_signoff(book: Book, signoff: Signoff) -> str:
    """Say who signs in which order, and what ends it."""
    steps = [_step(book, step) for step in signoff.steps]
    several = len(steps) > 1
    chosen = fields(book, [signoff.choose]) if signoff.choose else ""
    return joined(
        [
            _("Signatures in this order: %(steps)s") % {"steps": " → ".join(steps)}
            if several
            else _("Signed by %(who)s") % {"who": steps[0]},
            _("one return or rejection ends the round"),
            _("nobody signs his own application"),
            _("who signed one step is asked again at a later one") if several and signoff.again else "",
            _("the last one chooses one of “%(field)s” and writes an instruction") % {"field": chosen} if chosen else "",
        ]
    )


def _step(book: Book, step: SignoffStep) -> str:
    who = _needed(step) % {"people": people(book, step.by), "n": step.need}
    named = title(step)
    only = _("only if %(condition)s") % {"condition": condition(book, step.when)} if step.when else ""
    notes = [part for part in (who if named and named != who else "", only) if part]
    return (named or who) + (bracketed(listed(notes)) if notes else "")


def _needed(step: SignoffStep) -> str:
    """Return the words for how many sign, with places for people and their number."""
    if isinstance(step.need, int):
        return _("%(n)s of %(people)s")
    if step.need == "everyone":
        return _("every %(people)s")
    if len(step.by) == 1:
        return "%(people)s"
    return _("one each of %(people)s") if step.need == "all" else _("one of %(people)s")
