"""Log that somebody took a ledger away."""

from __future__ import annotations

from datetime import datetime

from banjie.people.actor import Actor
from banjie.people.events import record


def log_export(book: str, ledger: str, rows: int, *, by: Actor, at: datetime) -> None:
    """Write into the administration log who exported which ledger, and how many rows (PLT-11)."""
    record("ledger.exported", ledger, {"book": book, "rows": rows}, by=by, at=at)
