"""Three habits of Django's backend that cost more than they give here (docs/bench.md holds the figures).

- A kept connection is asked `select 1` before each request. Here a look at its socket does: a server that ended has
  closed it, and then there is something to read. After a while of that the question is asked all the same, for
  connections that a network in between has forgotten.
- Times are parsed by Python. The driver's own parser gives the same values, since our connections speak UTC.
- Statements are planned anew each time. `prepare_threshold` in settings lets the server keep the plan of those that
  come again and again, also after a rollback; that needs parameters bound by the server.
"""

from __future__ import annotations

import select
import time
from datetime import UTC
from typing import Any

import psycopg
from django.db.backends.postgresql import base
from psycopg._preparing import PrepareManager
from psycopg.pq import Format

ASKED_EVERY = 10.0  # seconds
# A change is one of a few hundred statements, by its action and what reacts; the driver keeps 100, and would forget each before it is kept.
MOST_PLANS = 500
_TIMESTAMPTZ = psycopg.postgres.types["timestamptz"].oid
_QUICK: Any = psycopg.adapters.get_loader(_TIMESTAMPTZ, Format.TEXT)


class _Plans(PrepareManager):
    """The driver's memory of kept statements, which it empties with every rollback, lest a table made in it be named again.

    Our requests make no tables, every refusal ends in a rollback, and the server itself plans anew what a migration changed.
    """

    def clear(self) -> bool:
        """Empty nothing."""
        return False


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's connection with cheaper habits. Named so because Django looks for this name."""

    health_check_enabled: bool  # Django's own, unknown to its stubs
    health_check_done: bool
    _asked_at = 0.0

    @property
    def _is_ours(self) -> bool:
        """Tell whether parameters are bound by the server and times come in UTC, as our settings have it."""
        return self.timezone is UTC and self.settings_dict["OPTIONS"].get("server_side_binding") is True

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Connect, and let the driver parse times."""
        connection = super().get_new_connection(conn_params)
        if self._is_ours:
            connection.adapters.register_loader("timestamptz", _QUICK)
            threshold, connection._prepared = connection.prepare_threshold, _Plans()  # noqa: SLF001  the driver offers no other way
            connection.prepare_threshold, connection.prepared_max = threshold, MOST_PLANS
        self._asked_at = time.monotonic()
        return connection

    def create_cursor(self, name: str | None = None) -> Any:
        """Return a cursor; Django's own way would put its parser of times in place of the driver's."""
        if not self._is_ours:
            return super().create_cursor(name)
        if name:
            return self.connection.cursor(name, scrollable=False, withhold=self.connection.autocommit)
        return self.connection.cursor()

    def close_if_health_check_failed(self) -> None:
        """Drop a connection whose server has gone, so that the next statement opens another."""
        if self.connection is None or not self.health_check_enabled or self.health_check_done:
            return
        now = time.monotonic()
        if now - self._asked_at < ASKED_EVERY and self._is_quiet():
            self.health_check_done = True
            return
        super().close_if_health_check_failed()
        self._asked_at = now

    def _is_quiet(self) -> bool:
        """Tell whether nothing has come from the server: neither its farewell nor the end of the connection."""
        try:
            look = select.poll()
            look.register(self.connection.pgconn.socket, select.POLLIN)
            return not look.poll(0)
        except (OSError, psycopg.Error):
            return False
