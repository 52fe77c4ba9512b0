"""Files as entries of a form: uploaded while it is filled, sent by their ids, kept as references that stand."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.translation import override

from banjie.console.queries.papers import paper_of
from banjie.console.queries.sheet import sheet
from banjie.kernel.errors import InvalidInput, NotPermitted
from banjie.people.actor import Actor, Door
from banjie.tickets.attachments import attach
from banjie.tickets.filefields import keep_upload
from banjie.tickets.models import Attachment, Link
from tests.console.desk import text_of
from tests.console.forms import HTMX, at_work, client
from tests.regulation import Regulation
from tests.tickets.observing import refused

PDF = b"%PDF-1.7\n" + b"x" * 50


@pytest.fixture
def law(db: None) -> Regulation:
    return at_work()


def uploaded(law: Regulation, name: str = "申请表.pdf", *, by: str = "an") -> int:
    return keep_upload(SimpleUploadedFile(name, PDF), by=law.actor(by), at=law.now).pk


def names(law: Regulation, number: str) -> list[str]:
    return [one["name"] for one in law.ticket(number).fields.get("papers", [])]


@pytest.mark.req("PLT-10")
def test_a_file_of_a_form_becomes_the_tickets_and_the_reference_stands_in_the_record_and_in_the_timeline(law: Regulation) -> None:
    number = law.open("job", {"what": "装修", "papers": [uploaded(law)]}, by="an")

    kept = Attachment.objects.get()
    held = {"id": kept.pk, "name": "申请表.pdf", "size": len(PDF), "digest": kept.digest}
    assert law.ticket(number).fields["papers"] == [held]
    assert law.events(number)[0].payload["papers"] == [held]
    assert kept.ticket == law.ticket(number)


def test_what_is_said_of_a_file_counts_for_nothing_but_its_id(law: Regulation) -> None:
    said = {"id": uploaded(law), "name": "假名.pdf", "size": 1, "digest": "0"}

    number = law.open("job", {"what": "装修", "papers": [said]}, by="an")

    assert names(law, number) == ["申请表.pdf"]


@pytest.mark.req("PLT-09")
def test_nobody_names_a_file_of_another_person_or_of_another_ticket(law: Regulation) -> None:
    other = law.open("job", {"what": "别的", "papers": [uploaded(law)]}, by="an")
    number = law.open("job", {"what": "装修"}, by="an")
    wrong = [uploaded(law, by="ann"), law.ticket(other).fields["papers"][0]["id"], 10**9, "x", True, {"name": "a"}]

    for one in wrong:
        with refused(InvalidInput, field="papers"):
            law.do(number, "hand_in", {"papers": [one]}, by="an")

    assert names(law, number) == []
    with override("zh-hans"), pytest.raises(InvalidInput) as told:
        law.do(number, "hand_in", {"papers": wrong[0]}, by="an")
    assert "不是您上传的" in told.value.errors[0].message


def test_a_file_of_the_ticket_itself_may_be_named_and_one_upload_serves_one_form(law: Regulation) -> None:
    number = law.open("job", {"what": "装修"}, by="an")
    there = attach(number, SimpleUploadedFile("协议.pdf", PDF), by=law.actor("ann"), at=law.now)
    fresh = uploaded(law)

    law.do(number, "hand_in", {"papers": [there.pk, fresh]}, by="an")

    assert names(law, number) == ["协议.pdf", "申请表.pdf"]
    with refused(InvalidInput, field="papers"):
        law.open("job", {"what": "又一件", "papers": fresh}, by="an")


def test_needs_and_demands_count_the_files(law: Regulation) -> None:
    number = law.open("job", {"what": "装修"}, by="an")
    first = uploaded(law)

    with refused(InvalidInput, field="papers"):
        law.do(number, "hand_in", {"papers": []}, by="an")
    with refused(InvalidInput, field="papers"):
        law.do(number, "pair", {"papers": first}, by="an")
    assert Attachment.objects.get(pk=first).ticket is None
    law.do(number, "pair", {"papers": [first, uploaded(law, "协议.pdf")]}, by="an")

    assert names(law, number) == ["申请表.pdf", "协议.pdf"]


def test_what_is_taken_out_of_a_field_stays_a_file_of_the_ticket(law: Regulation) -> None:
    number = law.open("job", {"what": "装修", "papers": [uploaded(law), uploaded(law, "旧版.pdf")]}, by="an")
    first = law.ticket(number).fields["papers"][0]["id"]

    law.do(number, "hand_in", {"papers": [first]}, by="an")

    assert names(law, number) == ["申请表.pdf"]
    assert Attachment.objects.filter(ticket__number=number).count() == 2
    assert [one["name"] for one in law.events(number, "hand_in")[0].payload["before"]["papers"]] == ["申请表.pdf", "旧版.pdf"]


def test_a_ticket_below_gets_copies_of_its_own(law: Regulation, files_of_this_process: Path) -> None:
    number = law.open("job", {"what": "装修", "papers": uploaded(law)}, by="an")

    law.do(number, "split", {"reason": "另案"}, by="an")

    below = Link.objects.get().source
    mine, copy = Attachment.objects.order_by("pk")
    assert (copy.ticket, copy.name, copy.digest) == (below, mine.name, mine.digest)
    assert below.fields["papers"][0]["id"] == copy.pk
    assert (files_of_this_process / copy.stored_as).read_bytes() == PDF


def test_an_upload_that_nobody_sends_goes_after_a_day(law: Regulation, files_of_this_process: Path) -> None:
    lost = Attachment.objects.get(pk=uploaded(law))
    law.pass_time(days=1, minutes=1)

    kept = uploaded(law)

    assert list(Attachment.objects.values_list("pk", flat=True)) == [kept]
    assert lost.stored_as


def test_an_upload_is_nobodys_to_download_and_readers_upload_nothing(law: Regulation) -> None:
    number, waiting = law.open("job", {"what": "装修"}, by="an"), uploaded(law)

    assert client(law, "an").get(f"/tickets/{number}/files/{waiting}").status_code == 404
    with pytest.raises(NotPermitted):
        keep_upload(SimpleUploadedFile("a.pdf", PDF), by=Actor("甲", Door.SESSION, 1), at=law.now)


def test_the_form_uploads_at_once_and_sends_the_ids(law: Regulation) -> None:
    an = client(law, "an")
    form = text_of(an.get("/tickets/new/?type=form-book:job"))

    part = text_of(an.post("/uploads?field=papers", {"upload-papers": SimpleUploadedFile("申请表.pdf", PDF)}, headers=HTMX))
    ids = re.findall(r'name="papers" value="(\d+)"', part)
    an.post("/tickets/new/", {"type": "form-book:job", "what": "装修", "papers": ids, "token": "t"}, headers=HTMX)

    assert 'hx-post="/uploads?field=papers"' in form
    number = Attachment.objects.values_list("ticket__number", flat=True).get(pk=ids[0])
    again = text_of(an.get(f"/tickets/{number}/actions/hand_in", headers=HTMX))
    page = text_of(an.get(f"/tickets/{number}/"))
    assert re.findall(r'name="papers" value="(\d+)"', again) == ids
    assert f'href="/tickets/{number}/files/{ids[0]}"' in page.split('id="ticket-main"')[1].split('id="timeline"')[0]


def test_another_type_of_ticket_keeps_what_was_uploaded(law: Regulation) -> None:
    mine, others = uploaded(law), uploaded(law, "别人的.pdf", by="ann")

    html = text_of(
        client(law, "an").post("/tickets/new/fields", {"type": "form-book:job", "papers": [str(mine), str(others)]}, headers=HTMX)
    )

    assert re.findall(r'name="papers" value="(\d+)"', html) == [str(mine)]
    assert "申请表.pdf" in html
    assert "别人的" not in html


def test_a_field_that_hangs_on_files_appears_while_the_form_is_filled(law: Regulation) -> None:
    number = law.open("job", {"what": "装修"}, by="an")
    sent = {"papers": [str(uploaded(law)), str(uploaded(law))], "state.proof": "hidden"}

    html = text_of(client(law, "an").post(f"/tickets/{number}/actions/hand_in/fields", sent, headers=HTMX))

    assert 'id="files-proof"' in html


@pytest.mark.parametrize(("content", "words"), [(b"", "空"), (b"\x00\x01\x02binary", "只接受")])
def test_what_may_not_be_uploaded_is_said_at_the_field(law: Regulation, content: bytes, words: str) -> None:
    answer = client(law, "an").post("/uploads?field=papers", {"upload-papers": SimpleUploadedFile("a.pdf", content)}, headers=HTMX)

    assert answer.status_code == 422
    assert 'data-field-error="papers"' in text_of(answer)
    assert words in text_of(answer)


@pytest.mark.req("PLT-06")
def test_the_printed_sheet_names_the_files(law: Regulation) -> None:
    number = law.open("job", {"what": "装修"}, by="an")
    law.do(number, "hand_in", {"papers": [uploaded(law), uploaded(law, "协议.pdf")]}, by="an")

    paper = paper_of(sheet(law.actor("an"), number, "zh-hans", law.now), "hand_in", "")
    pdf = client(law, "an").get(f"/tickets/{number}/print/hand_in.pdf")

    first, second = (f"/tickets/{number}/files/{one['id']}" for one in law.ticket(number).fields["papers"])
    assert paper.files == [("申请材料", "申请表.pdf", first), ("申请材料", "协议.pdf", second)]
    assert pdf.status_code == 200
    assert first.encode() in bytes(getattr(pdf, "content", b""))
