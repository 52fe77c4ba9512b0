"""Marks in from a workbook, all or nothing; people and exceptions out."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from python_calamine import CalamineWorkbook

from banjie.kernel.excel import Sheet, write_workbook
from banjie.people.models import AdminEvent, Certificate, Examination
from banjie.people.verbs.import_results import COLUMNS
from tests.cast import Cast, Person
from tests.people.browsers import browser
from tests.people.courses import Taught, lapsing, taught

HTMX = {"HX-Request": "true"}


@pytest.fixture
def it(cast: Cast) -> Taught:
    return taught(cast)


def upload(it: Taught, rows: Sequence[Sequence[object]], by: Person | None = None) -> tuple[int, str]:
    file = io.BytesIO(write_workbook([Sheet("x", COLUMNS, rows)]))
    file.name = "results.xlsx"
    where = reverse("people:results_upload", args=[it.course.pk])
    answer = browser(by or it.cast.li).post(where, {"file": file}, headers=HTMX)
    return answer.status_code, answer.content.decode()


def cells(person: Person, name: str, *args: int, **asked: str) -> Sequence[Sequence[object]]:
    answer = browser(person).get(reverse(f"people:{name}", args=args), asked)
    assert answer["Content-Disposition"].startswith("attachment")
    return CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0).to_python()


@pytest.mark.req("BNK-09")
def test_marks_come_from_a_workbook(it: Taught) -> None:
    today = timezone.localdate()

    status, _text = upload(it, [["zhao", "赵强", 80, today], ["LIU_HN", "", 79, today.isoformat().replace("-", "/")]])

    assert status in {200, 204, 302}
    assert set(Examination.objects.values_list("member__username", "score", "held_on")) == {("zhao", 80, today), ("liu_hn", 79, today)}
    assert Certificate.objects.get().member == it.cast.zhao.member
    assert AdminEvent.objects.filter(kind="certificate.examined").count() == 2


@pytest.mark.req("BNK-09")
def test_every_wrong_cell_is_named_by_its_row_and_nothing_is_entered(it: Taught) -> None:
    today, ahead = timezone.localdate(), timezone.localdate() + timedelta(days=2)

    _status, shape = upload(it, [["zhao", "", 80, today], ["nobody", "", 80, today], ["liu_hn", "赵强", "好", "昨天"]])
    _status, rules = upload(it, [["zhao", "", 80, today], ["zhao", "", 90, today], ["liu_hn", "", 101, ahead], ["li", "", 90, today]])

    for row, column in ((3, "登录名"), (4, "姓名"), (4, "成绩"), (4, "考试日期")):
        assert f"第 {row} 行“{column}”" in shape
    for row, column in ((3, "考试日期"), (4, "成绩"), (4, "考试日期"), (5, "登录名")):
        assert f"第 {row} 行“{column}”" in rules
    assert not Examination.objects.exists()
    assert not Certificate.objects.exists()


def test_no_file_no_workbook_and_no_examiner_enter_nothing(it: Taught) -> None:
    where = reverse("people:results_upload", args=[it.course.pk])
    broken = io.BytesIO(b"%PDF-1.7")
    broken.name = "results.xlsx"

    for sent in ({}, {"file": broken}):
        answer = browser(it.cast.li).post(where, sent, headers=HTMX)
        assert answer.status_code == 422
        assert 'data-field-error="file"' in answer.content.decode()
    assert upload(it, [["zhao", "", 80, timezone.localdate()]], by=it.cast.admin)[0] == 403
    assert not Examination.objects.exists()


def test_the_template_is_what_is_read_and_names_the_people(it: Taught) -> None:
    answer = browser(it.cast.li).get(reverse("people:results_template", args=[it.course.pk]))

    book = CalamineWorkbook.from_filelike(io.BytesIO(answer.content))

    assert book.get_sheet_by_index(0).to_python()[0] == [column.title for column in COLUMNS]
    assert ["zhao", "赵强"] in book.get_sheet_by_index(1).to_python()


def test_people_and_exceptions_go_out_as_they_are_filtered(it: Taught) -> None:
    lapsing(it)
    where = reverse("people:waiver_new", args=[it.course.pk, it.cast.liu_hn.member.pk])
    browser(it.cast.li).post(where, {"until": (timezone.localdate() + timedelta(days=3)).isoformat(), "reason": "=急"})

    people = cells(it.cast.li, "course_export", it.course.pk, state="lapsed")
    waivers = cells(it.cast.admin, "waivers_export", state="waiting")

    assert [row[1] for row in people[1:]] == ["sun_gz"]
    assert people[1][3] == "已失效"
    assert waivers[1][:5] == ["刘伟", "liu_hn", "安全作业", "'=急", "李娜"]
    assert len(waivers) == 2
