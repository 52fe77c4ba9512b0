"""A frozen copy in words: for its page, its workbook and its paper."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from banjie.insight import words
from banjie.insight.frozen import columns_in, counts_in_head, read_cells
from banjie.insight.ledgers import Counted, ledger_sheets, written
from banjie.insight.models import CopySignature, FrozenCopy
from banjie.insight.period import Period, whole_title
from banjie.insight.printing import MOST_PRINTED, CopyPaper, Grid
from banjie.insight.queries.copies import lines_of, roles_missing
from banjie.insight.tables import Figure, Table
from banjie.kernel import excel
from banjie.people.actor import Actor
from banjie.rulebook.queries import program_of
from banjie.ui import filters


def period_of(copy: FrozenCopy) -> str:
    """Return the name of a copy's period."""
    return whole_title(Period(copy.first, copy.last))


def copy_title(copy: FrozenCopy) -> str:
    """Return what a copy is called: ledger, period, number."""
    return _("%(ledger)s, %(period)s, copy no. %(number)d") % {
        "ledger": copy.head.get("title", copy.ledger),
        "period": period_of(copy),
        "number": copy.number,
    }


def missing_titles(copy: FrozenCopy, signatures: Sequence[CopySignature]) -> list[str]:
    """Return the titles of the roles of which nobody has signed yet."""
    roles = program_of(copy.rulebook_version_id).book.roles
    return [words.titled(roles[role]) for role in roles_missing(copy, signatures)]


def copy_facts(copy: FrozenCopy, signatures: Sequence[CopySignature]) -> list[tuple[str, str]]:
    """Return what stands above a copy: of what, when and by whom it was frozen, who signed, its digest."""
    missing = missing_titles(copy, signatures)
    signed = "、".join(f"{one.member_name}（{one.role_title}）" for one in signatures) or _("nobody yet")
    facts = [
        (_("Regulation"), f"《{copy.head.get('regulation', copy.book)}》 v{copy.rulebook_version.number}"),
        (_("Clause"), ", ".join(copy.head.get("clause", []))),
        (_("Period"), f"{period_of(copy)} ({copy.first} – {copy.last})"),
        (_("How many tickets"), str(copy.rows)),
        (_("Frozen"), f"{filters.format_datetime(copy.at)} {copy.by_name}"),
        (_("Signed by"), signed),
        (_("Signatures still missing"), words.listed(missing)),
        (_("Digest (SHA-256)"), copy.sha256),
    ]
    return [(name, value) for name, value in facts if value]


def history_of(copy: FrozenCopy, signatures: Sequence[CopySignature]) -> list[dict[str, Any]]:
    """Return freezing and signatures as a timeline."""
    frozen = {"at": copy.at, "title": _("froze this copy"), "actor": copy.by_name, "icon": "lock"}
    signed = [
        {
            "at": one.at,
            "title": _("signed as %(role)s") % {"role": one.role_title},
            "actor": one.member_name,
            "icon": "writing-sign",
            "tone": "ok",
        }
        for one in signatures
    ]
    return [frozen, *signed]


def copy_rows(copy: FrozenCopy, lines: Sequence[Sequence[Any]]) -> list[list[str]]:
    """Return kept cells as people read them."""
    columns = columns_in(copy.head)
    return [written(read_cells(columns, cells)) for cells in lines]


def other_numbers(lines: Sequence[tuple[str, str, int, int]]) -> Table:
    """Return what is counted otherwise today."""
    columns = (Figure(_("Counted by")), Figure(_("Value")), Figure(_("In the copy"), "count"), Figure(_("Today"), "count"))
    return Table("difference", _("Counted otherwise today"), columns, list(lines))


def copy_workbook(copy: FrozenCopy, signatures: Sequence[CopySignature]) -> bytes:
    """Return a copy as a workbook; its digest stands on the first sheet."""
    columns = columns_in(copy.head)
    cells = [read_cells(columns, line) for line in lines_of(copy)]
    about = [(_("Report"), copy_title(copy)), *copy_facts(copy, signatures)]
    return excel.write_workbook(ledger_sheets(columns, cells, counts_in_head(copy.head), about))


def copy_paper(copy: FrozenCopy, signatures: Sequence[CopySignature], reader: Actor, at: datetime) -> CopyPaper:
    """Return a copy as it is printed; of a very long one its summary and its first rows."""
    columns = columns_in(copy.head)
    rows = copy_rows(copy, [line for line, _place in zip(lines_of(copy), range(MOST_PRINTED), strict=False)])
    note = _("%(shown)d of %(all)d rows are printed; the workbook and the file of the copy hold all.") % {
        "shown": len(rows),
        "all": copy.rows,
    }
    return CopyPaper(
        organisation=copy.head["organisation"],
        title=copy_title(copy),
        lines=copy_facts(copy, signatures),
        tables=[*(_summary(one) for one in counts_in_head(copy.head) if one.lines), *_signed(signatures)],
        ledger=Grid(copy.head.get("title", copy.ledger), [(column.title, float(column.set.paper)) for column in columns], rows),
        note=note if len(rows) < copy.rows else "",
        foot=_("Frozen copy, SHA-256 %(digest)s · printed %(at)s by %(name)s")
        % {"digest": copy.sha256, "at": filters.format_datetime(at), "name": reader.name},
    )


def _summary(one: Counted) -> Grid:
    rows = [[title, str(n), filters.percent(share)] for title, n, share in one.shares()]
    return Grid(_("By %(column)s") % {"column": one.title}, [(one.title, 60), (_("How many"), 20), (_("Share"), 20)], rows)


def _signed(signatures: Sequence[CopySignature]) -> list[Grid]:
    if not signatures:
        return []
    rows = [[one.role_title, one.member_name, filters.format_datetime(one.at)] for one in signatures]
    return [Grid(_("Signatures under this copy"), [(_("Signed as"), 40), (_("Signed by"), 30), (_("Signed at"), 40)], rows)]
