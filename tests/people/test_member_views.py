"""The pages of members: passwords shown once, lists narrowed, workbooks in and out."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Sequence

from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from python_calamine import CalamineWorkbook

from banjie.kernel.excel import Sheet, write_workbook
from banjie.people.checks import MemberDraft
from banjie.people.models import Member, Post
from banjie.people.verbs.import_members import COLUMNS
from banjie.people.verbs.members import create_member, deactivate_member
from tests.cast import Cast
from tests.people.browsers import browser


def test_a_new_members_password_is_shown_once_and_never_cached(cast: Cast) -> None:
    client = browser(cast.admin)

    answer = client.post(reverse("people:member_new"), {"username": "Neu", "name": "新人"}, headers={"HX-Request": "true"})

    shown = re.search(r'data-copy="([^"]+)"', answer.content.decode())
    assert shown
    assert Member.objects.get(username="neu").check_password(shown[1])
    assert answer["Cache-Control"] == "no-store"
    assert "<html" not in answer.content.decode()
    assert shown[1] not in client.get(reverse("people:member", args=[Member.objects.get(username="neu").pk])).content.decode()


def test_a_new_members_password_is_shown_without_scripts_too(cast: Cast) -> None:
    answer = browser(cast.admin).post(reverse("people:member_new"), {"username": "neu", "name": "新人"})

    assert answer.status_code == 200
    assert "<html" in answer.content.decode()


def test_members_are_appointed_and_let_go_on_pages(cast: Cast) -> None:
    client, mallory = browser(cast.admin), cast.mallory.member
    where = reverse("people:post_new", args=[mallory.pk])

    client.post(where, {"role": cast.roles["engineer"].pk, "unit": cast.units["HN-CS"].pk})
    post = Post.objects.get(member=mallory)
    assert "长沙片区" in client.get(reverse("people:member", args=[mallory.pk])).content.decode()
    client.post(reverse("people:post_end", args=[post.pk]))
    client.post(reverse("people:member", args=[mallory.pk]), {"username": "mallory", "name": "马内人"})
    client.post(reverse("people:member_second_factor", args=[mallory.pk]))
    client.post(reverse("people:member_deactivate", args=[mallory.pk]))

    post.refresh_from_db()
    mallory.refresh_from_db()
    assert post.until is not None
    assert (mallory.name, mallory.is_active) == ("马内人", False)
    assert "data-copy" in client.post(reverse("people:member_reactivate", args=[mallory.pk])).content.decode()
    assert "data-copy" in client.post(reverse("people:member_reset", args=[mallory.pk])).content.decode()


def test_the_list_of_members_is_searched_and_filtered(cast: Cast) -> None:
    client, where = browser(cast.admin), reverse("people:members")
    deactivate_member(cast.zhang.member, by=cast.admin.actor, at=timezone.now())

    def names(**asked: str | int) -> set[str]:
        text = client.get(where, asked).content.decode()
        return {name for name in ("李娜", "张敏", "赵强", "刘伟", "孙磊", "陈静") if name in text}

    assert names() == {"李娜", "赵强", "刘伟", "孙磊", "陈静"}
    assert names(text="zha") == {"赵强"}
    assert names(text="13900000000") == {"李娜"}
    assert names(unit=cast.units["HN"].pk) == {"赵强", "刘伟", "陈静"}
    assert names(unit=cast.units["HN"].pk, role=cast.roles["engineer"].pk) == {"赵强", "刘伟"}
    assert names(state="left") == {"张敏"}
    assert names(state="all", text="1390000000") == {"李娜", "张敏", "赵强", "刘伟", "孙磊", "陈静"}
    assert names(text="nobody") == set()


def test_the_list_of_members_comes_in_pages(cast: Cast, django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    for number in range(60):
        create_member(MemberDraft(f"e{number:03d}", f"员工{number:03d}"), by=cast.admin.actor, at=timezone.now())
    client = browser(cast.admin)

    with django_assert_max_num_queries(8):
        first = client.get(reverse("people:members"), {"text": "员工"}).content.decode()
    following = re.search(r'rel="next" href="([^"]+)"', first)
    assert following
    second = client.get(reverse("people:members") + following[1].replace("&amp;", "&")).content.decode()

    assert "员工049" in first
    assert "员工050" not in first
    assert "员工049" not in second
    assert "员工059" in second
    assert 'rel="next"' not in second


def test_lists_are_exported_as_they_are_filtered(cast: Cast) -> None:
    client = browser(cast.admin)

    def cells(name: str, **asked: str | int) -> Sequence[Sequence[object]]:
        answer = client.get(reverse(f"people:{name}"), asked)
        assert answer["Content-Disposition"].startswith("attachment")
        return CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0).to_python()

    rows = cells("members_export", text="zhao")
    assert rows[1][:3] == ["赵强", "zhao", cast.zhao.member.phone]
    assert "长沙片区 巡检员" in str(rows[1][4])
    assert len(rows) == 2
    client.post(reverse("people:member", args=[cast.li.member.pk]), {"username": "li", "name": "李娜娜"})
    log = cells("log_export", text="li")
    assert log[1][3] == "li"
    assert "李娜 → 李娜娜" in str(log[1][4])


def test_an_import_hands_out_its_passwords_once(cast: Cast) -> None:
    client, where = browser(cast.admin), reverse("people:members_import")
    file = io.BytesIO(write_workbook([Sheet("x", COLUMNS, [["李四", "lisi", "", "", "HN", "巡检员"]])]))
    file.name = "members.xlsx"

    answer = client.post(where, {"file": file}, headers={"HX-Request": "true"})

    link = re.search(r'href="data:[^,]+,([^"]+)"', answer.content.decode())
    assert link
    rows = CalamineWorkbook.from_filelike(io.BytesIO(base64.b64decode(link[1]))).get_sheet_by_index(0).to_python()
    assert Member.objects.get(username="lisi").check_password(str(rows[1][2]))
    assert answer["Cache-Control"] == "no-store"
    assert client.get(reverse("people:members_template")).content.startswith(b"PK")


def test_a_broken_import_names_the_file(cast: Cast) -> None:
    client, where = browser(cast.admin), reverse("people:members_import")
    file = io.BytesIO(b"%PDF-1.7")
    file.name = "members.xlsx"

    wrong = client.post(where, {"file": file}, headers={"HX-Request": "true"})
    missing = client.post(where, headers={"HX-Request": "true"})

    for answer in (wrong, missing):
        assert answer.status_code == 422
        assert 'data-field-error="file"' in answer.content.decode()
    assert Member.objects.count() == 12
