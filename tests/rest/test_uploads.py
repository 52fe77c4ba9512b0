"""Files over REST: uploaded first, then named by their ids."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.cast import Person
from tests.console.forms import at_work
from tests.regulation import Regulation
from tests.rest.client import Rest, clients

PDF = b"%PDF-1.7\n" + b"x" * 50


@pytest.fixture
def law(db: None) -> Regulation:
    return at_work()


def upload(client: Rest, content: bytes = PDF) -> tuple[int, Any]:
    answer = client.client.post("/api/v1/uploads", {"file": SimpleUploadedFile("申请表.pdf", content)})
    return answer.status_code, orjson.loads(answer.content)


@pytest.mark.req("PLT-10")
def test_a_file_is_uploaded_then_named_and_comes_back_as_it_is_kept(law: Regulation, monkeypatch: pytest.MonkeyPatch) -> None:
    an, ann = clients(law, monkeypatch, "an", "ann")
    status, kept = upload(an)

    opened, ticket = an.post("tickets", {"rulebook": "form-book", "type": "job", "fields": {"what": "装修", "papers": [kept["id"]]}})
    refused, problem = ann.post("tickets", {"rulebook": "form-book", "type": "job", "fields": {"what": "装修", "papers": kept["id"]}})

    assert (status, opened, refused) == (201, 201, 422)
    assert (kept["name"], kept["size"]) == ("申请表.pdf", len(PDF))
    assert an.get(f"tickets/{ticket['number']}")[1]["fields"]["papers"] == [kept]
    assert problem["errors"][0]["field"] == "papers"


def test_what_is_no_file_or_comes_by_a_reading_token_is_refused(law: Regulation) -> None:
    person = Person(law.members["an"], law.actor("an"), "")

    assert upload(Rest(person), b"\x00\x01\x02")[0] == 422
    assert Rest(person).post("uploads", {})[0] == 422
    assert upload(Rest(person, scope="read"))[0] == 403
