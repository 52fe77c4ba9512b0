"""Rulebooks taken out of one organisation and brought into another."""

from __future__ import annotations

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from banjie.authoring.bundles import MOST_FILES
from banjie.rulebook.models import RulebookVersion
from banjie.rulebook.shipped import install_shipped, shipped_text
from tests.cast import BUILDER, LONG_AGO
from tests.rulebook.books import SMALL


def zipped(**files: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "."), content)
    return made.getvalue()


def sent(client: Client, *files: tuple[str, bytes]) -> tuple[int, str]:
    uploads = [SimpleUploadedFile(name, content) for name, content in files]
    answer = client.post("/rulebooks/write/bring", {"files": uploads}, headers={"HX-Request": "true"})
    return answer.status_code, answer.content.decode()


def test_what_is_taken_out_is_known_when_it_is_brought_in_again(admin: Client) -> None:
    for slug in ("pos-terminal-service", "first-question"):
        install_shipped(slug, by=BUILDER, at=LONG_AGO)

    answer = admin.get("/rulebooks/write/all.zip")

    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.namelist() == ["first-question.yaml", "pos-terminal-service.yaml"]
        assert archive.read("first-question.yaml").decode() == shipped_text("first-question")
    status, _page = sent(admin, ("all.zip", answer.content))
    assert status < 400
    assert RulebookVersion.objects.count() == 2


def test_each_text_becomes_a_draft(admin: Client) -> None:
    other = SMALL.replace("small-book", "other-book")

    status, _page = sent(admin, ("a.yaml", SMALL.encode()), ("b.zip", zipped(folder__yaml=other.encode(), readme__txt=b"x")))

    assert status < 400
    assert sorted(RulebookVersion.objects.values_list("rulebook__slug", "status")) == [("other-book", "draft"), ("small-book", "draft")]


def test_one_wrong_text_brings_in_none_and_is_named_with_its_line(admin: Client) -> None:
    status, page = sent(admin, ("good.yaml", SMALL.encode()), ("bad.yaml", SMALL.replace("verb: verify", "verb: verifi").encode()))

    assert status == 422
    assert "bad.yaml:32:26" in page
    assert not RulebookVersion.objects.exists()


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("book.docx", b"x", "book.docx"),
        ("book.yaml", b"\xff\xfe\x00", "UTF-8"),
        ("book.yaml", b"x" * (600 * 1024), "512"),
        ("books.zip", b"PK\x03\x04 rubbish", "ZIP"),
        ("books.zip", zipped(), "YAML"),
        ("books.zip", zipped(**{f"b{n}__yaml": b"x" for n in range(MOST_FILES + 1)}), "100"),
        ("bomb.zip", zipped(**{f"b{n}__yaml": b"0" * 2_000_000 for n in range(5)}), "MiB"),
    ],
)
def test_files_that_are_no_rulebooks_are_refused_by_name(admin: Client, name: str, content: bytes, says: str) -> None:
    status, page = sent(admin, (name, content))

    assert status == 422
    assert says in page
    assert not RulebookVersion.objects.exists()


def test_no_file_is_asked_for(admin: Client) -> None:
    assert sent(admin)[0] == 422
