"""Files of a ticket: what is kept, what is refused, who gets them."""

from __future__ import annotations

import io
from pathlib import Path
from zipfile import ZipFile

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings

from banjie.kernel.errors import InvalidInput, NotPermitted, Unseen
from banjie.people.grants import forget
from banjie.people.models import Member
from banjie.tickets.attachments import attach, get_attachment
from banjie.tickets.filestore import TooManyFiles
from banjie.tickets.filetypes import media_type_of, safe_name
from banjie.tickets.models import Attachment
from tests.cast import Person
from tests.pos import Pos

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 64


def upload(name: str = "现场.png", content: bytes = PNG) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def browser(person: Person) -> Client:
    Member.objects.update(must_change_password=False)
    forget()
    client = Client()
    client.force_login(person.member)
    return client


def office(*names: str) -> bytes:
    file = io.BytesIO()
    with ZipFile(file, "w") as archive:
        for name in ("[Content_Types].xml", *names):
            archive.writestr(name, "x")
    return file.getvalue()


@pytest.mark.req("PLT-10")
def test_a_file_is_kept_under_a_random_name_and_the_timeline_says_so(pos: Pos, files_of_this_process: Path) -> None:
    number = pos.dispatched()

    kept = attach(number, upload(), by=pos.cast.zhao.actor, at=pos.now)

    assert (kept.name, kept.media_type, kept.size) == ("现场.png", "image/png", len(PNG))
    assert "现场" not in kept.stored_as
    assert (files_of_this_process / kept.stored_as).read_bytes() == PNG
    event = pos.ticket(number).events.order_by("-seq")[0]
    assert (event.kind, event.payload["file"], event.payload["sha256"]) == ("attached", "现场.png", kept.digest)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (PNG, "image/png"),
        (b"\xff\xd8\xff\xe0" + b"0" * 20, "image/jpeg"),
        (b"%PDF-1.7\n", "application/pdf"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp"),
        (b"\x00\x00\x00\x18ftypheic" + b"0" * 8, "image/heic"),
        (office("word/document.xml"), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        (office("xl/workbook.xml"), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("一行中文\n".encode(), "text/plain"),
        ("一行中文\n".encode("gb18030"), "text/plain"),
        (("中" * 3000).encode(), "text/plain"),
        (office("xl/workbook.xml", "xl/vbaProject.bin"), ""),
        (office("anything/else"), ""),
        (b"PK\x03\x04broken", ""),
        (b"MZ\x90\x00" + b"\x00" * 60, ""),
        (b"\x7fELF\x02\x01", ""),
        (b"<html><script>alert(1)</script>", ""),
        (b"  <!DOCTYPE html>", ""),
        (b"<?xml version='1.0'?><svg onload='x'/>", ""),
        (b"\x00\x01\x02", ""),
        (b"", ""),
    ],
)
def test_what_a_file_is_is_told_by_its_content(content: bytes, kind: str) -> None:
    assert media_type_of(io.BytesIO(content)) == kind


@pytest.mark.parametrize(
    ("name", "kind", "safe"),
    [
        ("报告.PDF", "application/pdf", "报告.pdf"),
        ("evil.exe", "image/png", "evil.exe.png"),
        ("../../etc/passwd", "text/plain", "passwd.txt"),
        ("C:\\Users\\x\\照片.jpg", "image/jpeg", "照片.jpg"),
        ("a\u202egpj.exe", "image/png", "a_gpj.exe.png"),
        ('x"\r\ny.txt', "text/plain", "x___y.txt"),
        ("", "application/pdf", "file.pdf"),
        ("长" * 300 + ".png", "image/png", "长" * 110 + ".png"),
    ],
)
def test_a_name_keeps_no_path_no_trick_and_a_true_ending(name: str, kind: str, safe: str) -> None:
    assert safe_name(name, kind) == safe


@pytest.mark.parametrize("content", [b"", b"MZ\x90\x00" + b"\x00" * 60, b"<svg onload='x'/>"])
def test_what_is_no_document_is_refused_and_leaves_nothing(pos: Pos, content: bytes, files_of_this_process: Path) -> None:
    number = pos.dispatched()
    before = set(files_of_this_process.rglob("*"))

    with pytest.raises(InvalidInput) as refused:
        attach(number, upload("photo.png", content), by=pos.cast.zhao.actor, at=pos.now)

    assert refused.value.errors[0].field == "file"
    assert Attachment.objects.count() == 0
    assert set(files_of_this_process.rglob("*")) == before


def test_no_file_at_all_is_refused(pos: Pos) -> None:
    with pytest.raises(InvalidInput):
        attach(pos.dispatched(), None, by=pos.cast.zhao.actor, at=pos.now)


def test_a_file_above_the_limit_is_refused(pos: Pos) -> None:
    number = pos.dispatched()

    with override_settings(ENV=settings.ENV.model_copy(update={"upload_limit": 50})), pytest.raises(InvalidInput) as refused:
        attach(number, upload(), by=pos.cast.zhao.actor, at=pos.now)

    assert "MB" in refused.value.errors[0].message


def test_a_ticket_holds_a_hundred_files(pos: Pos, monkeypatch: pytest.MonkeyPatch) -> None:
    number = pos.dispatched()
    monkeypatch.setattr("banjie.tickets.attachments.AT_MOST", 1)
    attach(number, upload(), by=pos.cast.zhao.actor, at=pos.now)

    with pytest.raises(TooManyFiles):
        attach(number, upload(), by=pos.cast.zhao.actor, at=pos.now)


def test_who_only_reads_adds_nothing_and_who_sees_nothing_finds_nothing(pos: Pos) -> None:
    number = pos.dispatched()
    kept = attach(number, upload(), by=pos.cast.li.actor, at=pos.now)

    with pytest.raises(NotPermitted):
        attach(number, upload(), by=pos.cast.auditor.actor, at=pos.now)
    with pytest.raises(Unseen):
        attach(number, upload(), by=pos.cast.gu_gz.actor, at=pos.now)
    with pytest.raises(Unseen):
        get_attachment(pos.cast.gu_gz.actor, number, kept.pk)
    with pytest.raises(Unseen):
        get_attachment(pos.cast.li.actor, pos.open().number, kept.pk)
    assert get_attachment(pos.cast.auditor.actor, number, kept.pk) == kept


def test_a_download_is_an_attachment_that_no_browser_runs(pos: Pos) -> None:
    number = pos.dispatched()
    kept = attach(number, upload("说明.txt", "<b>不是网页</b>".encode()[3:]), by=pos.cast.li.actor, at=pos.now)

    response = browser(pos.cast.zhao).get(f"/tickets/{number}/files/{kept.pk}")
    content = b"".join(response.streaming_content)  # type: ignore[attr-defined]
    for close in response._resource_closers:  # type: ignore[attr-defined]
        close()  # response.close() would close the database too
    stranger = browser(pos.cast.gu_gz).get(f"/tickets/{number}/files/{kept.pk}")

    assert content == "<b>不是网页</b>".encode()[3:]
    assert response["Content-Disposition"].startswith("attachment;")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response["Content-Security-Policy"]
    assert stranger.status_code == 404


def test_an_upload_answers_with_the_list_of_files(pos: Pos) -> None:
    number = pos.dispatched()

    response = browser(pos.cast.zhao).post(f"/tickets/{number}/files", {"file": upload()}, headers={"HX-Request": "true"})

    assert response.status_code == 200
    assert "现场.png" in response.content.decode()
