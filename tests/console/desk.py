"""Browsers of the cast, without a browser: what a person sends, and what the page answers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape

from django.http import HttpResponseBase
from django.test import Client

from tests.cast import Person
from tests.pos import DETAILS, Pos

HTMX = {"HX-Request": "true"}


@dataclass
class Desk:
    """The regulation at work, and who sits in front of it."""

    pos: Pos

    def browser(self, person: Person) -> Client:
        """Return a signed-in browser."""
        client = Client()
        client.force_login(person.member)
        return client

    def read(self, person: Person, address: str, **headers: str) -> str:
        """Return a page that must open."""
        response = self.browser(person).get(address, headers=headers)
        assert response.status_code == 200, response.status_code
        return text_of(response)

    def form(self, person: Person, number: str, action: str) -> dict[str, str]:
        """Return the hidden fields of an action's form as it is drawn now: token, version, back."""
        html = self.read(person, f"/tickets/{number}/actions/{action}", **HTMX)
        return {
            name: unescape(value)
            for name, value in re.findall(r'<input type="hidden"[^>]*name="([\w.]+)" value="([^"]*)"', html)
            if name != "csrfmiddlewaretoken"
        }

    def send(
        self, person: Person, number: str, action: str, values: Mapping[str, str], hidden: Mapping[str, str] | None = None
    ) -> HttpResponseBase:
        """Send an action's form, drawn now unless `hidden` was drawn earlier."""
        drawn = self.form(person, number, action) if hidden is None else hidden
        return self.browser(person).post(f"/tickets/{number}/actions/{action}", {**drawn, **values}, headers=HTMX)

    def open(self, **changes: str) -> str:
        """Accept a ticket of zhao's terminal, by li; return its number."""
        return self.pos.open("device_fault", {**DETAILS, "terminal_no": "T-88001", **changes}).number

    def dispatched(self) -> str:
        """Bring a ticket to zhao; return its number."""
        return self.pos.dispatched()


def text_of(response: HttpResponseBase) -> str:
    """Return an answer's text."""
    return bytes(getattr(response, "content", b"")).decode()
