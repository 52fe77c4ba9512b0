"""Write a whole step in one statement: ticket, events, outcome rows and what the reactions add.

One round trip instead of eight keeps the lock short and the change cheap; see `docs/adr/0006`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import count
from typing import Any

import orjson
from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.db.models import Field, JSONField, Model
from psycopg import RawCursor

from banjie.tickets.step import RawWrite


def jsonb(value: Any) -> str:
    """Return the text of a JSON parameter; written with a `::jsonb` cast by its column's type."""
    return orjson.dumps(value).decode()


class Statement:
    """Collects inserts, updates and raw parts as common table expressions of one statement.

    Placeholders are numbered here, so that the driver need not look for them in a text of many kilobytes.
    """

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._params: list[Any] = []

    def add(self, sql: str, params: Iterable[Any] = ()) -> str:
        """Add one part; return the name under which later parts can refer to it."""
        name = f"w{len(self._parts)}"
        self._parts.append(f"{name} as ({self._numbered(sql, params)})")
        return name

    def _numbered(self, sql: str, params: Iterable[Any]) -> str:
        """Take the parameters over and put their numbers in place of `%s`."""
        first, *pieces = sql.split("%s")
        numbers = count(len(self._params) + 1)
        self._params.extend(params)
        return first + "".join(f"${next(numbers)}{piece}" for piece in pieces)

    def insert(self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
        """Add an insert of plain rows."""
        one = "(" + ",".join(["%s"] * len(columns)) + ")"
        names = ",".join(f'"{c}"' for c in columns)  # names from our models, never from a request
        return self.add(
            f'insert into "{table}" ({names}) values {",".join([one] * len(rows))} returning 1', [v for row in rows for v in row]
        )

    def insert_models(self, instances: Sequence[Model]) -> None:
        """Add inserts of unsaved model instances, one per model class."""
        by_model: dict[type[Model], list[Model]] = {}
        for instance in instances:
            by_model.setdefault(type(instance), []).append(instance)
        for model, rows in by_model.items():
            fields = _insertable(model)
            values = [[_prepared(f, getattr(row, f.attname)) for f in fields] for row in rows]
            self.insert(model._meta.db_table, [str(f.column) for f in fields], values)

    def raw(self, writes: Iterable[RawWrite]) -> None:
        """Add the statements of reactions."""
        for write in writes:
            self.add(write.sql, write.params)

    def run(self, result: str, params: Iterable[Any] = ()) -> Any:
        """Execute everything; return the single row of the final `select {result}`."""
        result = self._numbered(result, params)
        connection.ensure_connection()
        with CursorWrapper(RawCursor(connection.connection), connection) as cursor:
            cursor.execute(f"with {', '.join(self._parts)} select {result}", self._params)
            return cursor.fetchone()


def _prepared(field: Field[Any, Any], value: Any) -> Any:
    """Return a value as the driver takes it: only JSON needs us, plain values it knows better than Django."""
    return jsonb(value) if isinstance(field, JSONField) and value is not None else value


@lru_cache(maxsize=256)
def _insertable(model: type[Model]) -> tuple[Field[Any, Any], ...]:
    return tuple(f for f in model._meta.local_concrete_fields if not f.primary_key)
