"""What the command line says and does about rulebooks."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from banjie.kernel.errors import Unseen
from banjie.people.actor import Actor
from banjie.rulebook.check import Report
from banjie.rulebook.explain.diff import compare
from banjie.rulebook.explain.page import explain
from banjie.rulebook.models import RulebookVersion
from banjie.rulebook.records import checked
from banjie.rulebook.verbs.versions import activate, propose, save_draft

_MARKS = {"added": "+", "removed": "-", "changed": "~"}


def explained(report: Report) -> list[str]:
    """Return the clauses and the rules for each, as lines."""
    page = explain(report)
    lines = [f"《{page.title}》 {page.book.rulebook}"]
    for clause in page.clauses:
        lines += ["", f"{clause.number}  {clause.text}"]
        for rule in clause.rules:
            lines += [f"    [{rule.kind}] {rule.title}: {rule.sentence}", *(f"        ! {wait}" for wait in rule.waits)]
    if page.unbound:
        lines += ["", _("Rules that serve no single clause")]
        lines += [f"    [{rule.kind}] {rule.title}: {rule.sentence}" for rule in page.unbound]
    return lines


def limits_table(report: Report) -> list[str]:
    """Return the limits as lines, unset ones marked."""
    return [
        _("Time limits"),
        *(
            f"  {'!' if row.unset else ' '} {row.clause or '—':<8} {row.title} {row.detail}: {row.text}"
            + (f" ({_('line %(line)d') % {'line': row.line}})" if row.unset else "")
            for row in explain(report).limits
        ),
    ]


def differences(old: str, new: str) -> list[str]:
    """Return what changes from one text to another, as lines."""
    lines = []
    for change in compare(old, new):
        lines.append(f"{_MARKS[change.what]} [{change.kind}] {change.title}")
        lines += [f"    - {change.before}"] * bool(change.before) + [f"    + {change.after}"] * bool(change.after)
    return lines


def active_text(slug: str) -> str:
    """Return the text of the active version of a rulebook.

    Raises:
        Unseen: there is none.
    """
    found = (
        RulebookVersion.objects.filter(rulebook__slug=slug, status=RulebookVersion.Status.ACTIVE).values_list("source", flat=True).first()
    )
    if found is None:
        raise Unseen(_("No active rulebook “%(slug)s”.") % {"slug": slug})
    return found


def what_changes(text: str) -> list[str]:
    """Say what activating a text would change, in lines; nothing when it is active already.

    Raises:
        InvalidInput: the text has errors.
    """
    _report, book = checked(text)
    active = RulebookVersion.objects.filter(rulebook__slug=book.rulebook, status=RulebookVersion.Status.ACTIVE).first()
    if active is None:
        return [f"{book.rulebook} 《{book.title}》: first version, {len(book.types)} types, {len(book.clauses)} clauses"]
    if active.source == text:
        return []
    return [f"{book.rulebook}: version {active.number} is retired; open tickets keep it", *differences(active.source, text)]


@transaction.atomic
def activate_text(text: str, *, at: datetime) -> RulebookVersion:
    """Draft, propose and activate a text as the system, all or nothing."""
    by = Actor.system("command-line")
    version = save_draft(text, by=by, at=at)
    propose(version.pk, by=by, at=at)
    return activate(version.pk, by=by, at=at)
