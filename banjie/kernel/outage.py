"""Tell a database that is away, which passes, from a mistake of ours, which does not."""

from __future__ import annotations

import logging

import psycopg

# What PostgreSQL says while it starts, stops or has crashed, and when it is full. A lost connection has no code at all.
_STATES = {"57P01", "57P02", "57P03", "57P05", "53300"}
RETRY_AFTER = "5"  # seconds


def is_outage(error: BaseException | None) -> bool:
    """Tell whether `error` comes from a database that does not answer (PLT-12)."""
    while error is not None:
        if isinstance(error, psycopg.OperationalError):
            return error.sqlstate is None or error.sqlstate in _STATES or error.sqlstate.startswith("08")
        error = error.__cause__
    return False


class OneLine(logging.Filter):
    """Shorten what is logged about an outage to its message: a traceback for each request would hide everything else."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Change the record; none is left out."""
        error = record.exc_info[1] if record.exc_info else None
        if is_outage(error):
            said = " ".join(str(error).split())[:200]
            record.msg, record.args = f"{record.getMessage()}: the database does not answer: {said}", ()
            record.exc_info = record.exc_text = None
        return True
