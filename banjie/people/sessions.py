"""Sessions in a table that knows their member, so that one query authenticates and all of a member's sessions can be ended."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore

from banjie.people.known import PEOPLE, session_memory
from banjie.people.models import Session


class SessionStore(DatabaseStore):
    """Django's database sessions, kept in `people.Session`. Named so because SESSION_ENGINE wants it."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        plain = super().create_model_instance(data)
        member = data.get(SESSION_KEY)
        return Session(
            session_key=plain.session_key,
            session_data=plain.session_data,
            expire_date=plain.expire_date,
            member_id=int(member) if member else None,
        )

    # lint: allow no-save-override: this is Django's session store, not a model, and only the memory is touched
    def delete(self, session_key: str | None = None) -> None:
        """End a session; this process forgets it at once."""
        if key := session_key or self.session_key:
            PEOPLE.forget(session_memory(key))
        super().delete(session_key)
