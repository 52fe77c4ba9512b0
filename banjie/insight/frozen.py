"""What a frozen copy says, and the digests over it.

The file of a copy is JSON lines: the head, then the cells of each row. Its SHA-256 is what people sign, so that anybody
can check a copy that was kept elsewhere with `sha256sum`; the keyed link ties the copies of this installation together.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from django.conf import settings

from banjie.insight.ledger_columns import LedgerColumn
from banjie.insight.ledgers import Counted
from banjie.insight.models import CopySignature, FrozenCopy
from banjie.kernel.chain import canonical, link

FORMAT = "banjie-ledger-copy/1"
Cells = list[str | int | None]


def frozen_cells(line: Sequence[Any]) -> Cells:
    """Return a row's cells as they are kept: times in UTC, figures, and text."""
    return [_kept(cell) for cell in line]


def _kept(cell: Any) -> str | int | None:
    if isinstance(cell, datetime):
        return cell.astimezone(UTC).isoformat()
    return cell if cell is None or isinstance(cell, int) else str(cell)


def read_cells(columns: Sequence[LedgerColumn], cells: Sequence[Any]) -> list[Any]:
    """Return kept cells with times as times again."""
    return [datetime.fromisoformat(cell) if column.kind == "time" and cell else cell for column, cell in zip(columns, cells, strict=True)]


def columns_in(head: dict[str, Any]) -> list[LedgerColumn]:
    """Return the columns that a copy was frozen with."""
    return [LedgerColumn(one["name"], one["title"], one["kind"]) for one in head["columns"]]


def counts_in_head(head: dict[str, Any]) -> list[Counted]:
    """Return what a copy was counted by."""
    return [Counted(one["by"], one["title"], tuple((value, title, n) for value, title, n in one["lines"])) for one in head["counts"]]


def file_of(head: dict[str, Any], lines: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    """Yield the file of a copy, line by line."""
    yield canonical([head])[1:-1] + b"\n"
    for cells in lines:
        yield canonical(cells) + b"\n"


def sha256_of(head: dict[str, Any], lines: Iterable[Sequence[Any]]) -> str:
    """Return the SHA-256 of the file of a copy."""
    digest = sha256()
    for line in file_of(head, lines):
        digest.update(line)
    return digest.hexdigest()


def link_of(copy: FrozenCopy, previous: bytes) -> bytes:
    """Return the keyed link of a copy after the one before it."""
    facts = [
        copy.pk,
        copy.book,
        copy.ledger,
        copy.first.isoformat(),
        copy.last.isoformat(),
        copy.number,
        copy.rows,
        copy.rulebook_version_id,
    ]
    return link(settings.CHAIN_KEY, previous, [*facts, copy.by_id, copy.by_name, copy.at.astimezone(UTC).isoformat(), copy.sha256])


def signature_link(signature: CopySignature, previous: bytes) -> bytes:
    """Return the keyed link of a signature after the one before it, or after its copy."""
    facts = [signature.copy_id, signature.member_id, signature.member_name, signature.role, signature.role_title]
    return link(settings.CHAIN_KEY, previous, [*facts, signature.at.astimezone(UTC).isoformat(), signature.sha256])
