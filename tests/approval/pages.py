"""What somebody of the regulation reads and sends, without a browser."""

from __future__ import annotations

import re
from html import unescape

from django.http import HttpResponseBase
from django.test import Client

from banjie.people.grants import forget
from tests.regulation import Regulation

HTMX = {"HX-Request": "true"}


def client(law: Regulation, name: str) -> Client:
    """Return somebody's browser."""
    found = Client()
    found.force_login(law.members[name])
    forget()
    return found


def read(law: Regulation, name: str, address: str, **headers: str) -> str:
    """Return a page that must open."""
    response = client(law, name).get(address, headers=headers)
    assert response.status_code == 200, response.status_code
    return text_of(response)


def words(html: str) -> str:
    """Return what a reader sees of a page's main part: no tags, single spaces."""
    main = html.rsplit('id="main"', maxsplit=1)[-1].split("</main>", maxsplit=1)[0]
    return unescape(" ".join(re.sub(r"<[^>]+>", " ", main).split()))


def text_of(response: HttpResponseBase) -> str:
    """Return an answer's text."""
    return bytes(getattr(response, "content", b"")).decode()


def apply(law: Regulation, item: str = "打印纸", amount: str = "500", by: str = "chen") -> str:
    """Apply for a purchase and submit it; return its number."""
    number = law.open("purchase", {"item": item, "amount": amount}, by=by)
    law.do(number, "submit", by=by)
    return number
