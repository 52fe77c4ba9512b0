"""A REST client for tests: a token of a member of the cast, through Django's test client."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from django.test import Client
from django.utils import timezone

from banjie.people.verbs.tokens import create_token
from tests.cast import LONG_AGO, Person
from tests.regulation import Regulation


class Rest:
    """Calls the API as a person."""

    def __init__(self, person: Person, scope: str = "write") -> None:
        secret = create_token(name="test", scope=scope, expires_at=None, by=person.actor, at=LONG_AGO).secret
        self.client = Client(headers={"Authorization": f"Bearer {secret}", "Accept-Language": "zh-hans"})

    def get(self, path: str, **query: Any) -> tuple[int, Any]:
        """Return status and JSON of a GET."""
        response = self.client.get(f"/api/v1/{path}", query)
        return response.status_code, orjson.loads(response.content)

    def post(self, path: str, body: Any, **headers: str) -> tuple[int, Any]:
        """Return status and JSON of a POST."""
        response = self.client.post(f"/api/v1/{path}", orjson.dumps(body), content_type="application/json", headers=headers)
        return response.status_code, orjson.loads(response.content)

    def delete(self, path: str) -> tuple[int, Any]:
        """Return status and JSON of a DELETE."""
        response = self.client.delete(f"/api/v1/{path}")
        return response.status_code, orjson.loads(response.content)

    def open(self, type_name: str, fields: dict[str, Any], key: str = "") -> tuple[int, Any]:
        """Open a ticket."""
        return self.post("tickets", {"type": type_name, "fields": fields}, **({"Idempotency-Key": key} if key else {}))

    def act(self, number: str, action: str, fields: dict[str, Any] | None = None, version: int | None = None) -> tuple[int, Any]:
        """Perform an action."""
        return self.post(f"tickets/{number}/actions/{action}", {"fields": fields or {}, "version": version})


def clients(law: Regulation, monkeypatch: pytest.MonkeyPatch, *names: str) -> list[Rest]:
    """Return the people of a regulation as clients, at the time of its clock."""
    monkeypatch.setattr(timezone, "now", lambda: law.now)
    return [Rest(Person(law.members[name], law.actor(name), "")) for name in names]


def said(client: Rest, number: str) -> list[str]:
    """Return the actions of a ticket's timeline, the first one first, and demand that its events follow each other without a gap."""
    events = client.get(f"tickets/{number}/timeline")[1]["events"]
    assert [event["seq"] for event in events] == list(range(len(events), 0, -1))
    assert len({event["digest"] for event in events}) == len(events)
    return [event["action"] for event in reversed(events) if event["action"]]
