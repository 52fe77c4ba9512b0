"""Members from a workbook: all or nothing."""

from __future__ import annotations

import io
import time
from collections.abc import Sequence
from datetime import datetime

import pytest

from banjie.kernel.errors import InvalidInput, NotPermitted
from banjie.kernel.excel import Sheet, read_table, write_workbook
from banjie.people.access import actor_of_member
from banjie.people.checks import RoleDraft
from banjie.people.models import AdminEvent, Member, Post
from banjie.people.permissions import Permission
from banjie.people.sheets import import_template, password_sheet
from banjie.people.verbs.import_members import COLUMNS, MOST_ROWS, import_members
from banjie.people.verbs.posts import assign_post
from banjie.people.verbs.roles import create_role
from tests.cast import BUILDER, SHANGHAI, Cast

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=SHANGHAI)


def sheet(*rows: Sequence[object]) -> io.BytesIO:
    return io.BytesIO(write_workbook([Sheet("成员", COLUMNS, rows)]))


def test_members_come_with_their_first_post_and_a_one_time_password(cast: Cast) -> None:
    file = sheet(
        ["李四", "Li.Si", 13900001111, "lisi@example.com", "HN-CS", "巡检员"],
        ["王五", 80012, "0731-85187654", "", "gz", "second_level"],
        ["赵六", "zhao.liu"],
    )

    imported = import_members(file, by=cast.admin.actor, at=NOW)

    assert [one.member.username for one in imported] == ["li.si", "80012", "zhao.liu"]
    assert [one.member.phone for one in imported] == ["13900001111", "073185187654", ""]
    stored = Member.objects.get(username="li.si")
    assert stored.check_password(imported[0].password)
    assert stored.must_change_password
    assert actor_of_member(stored.pk, NOW).grants[0].unit_id == cast.units["HN-CS"].pk
    assert Post.objects.get(member=imported[1].member).role.code == "second_level"
    assert not Post.objects.filter(member=imported[2].member).exists()


def test_an_import_is_logged_member_by_member_without_passwords(cast: Cast) -> None:
    imported = import_members(sheet(["李四", "lisi", "", "", "HN", "二级客服"]), by=cast.admin.actor, at=NOW)

    kinds = list(AdminEvent.objects.order_by("pk").values_list("kind", "subject"))
    assert kinds == [("member.created", "lisi"), ("post.assigned", "lisi"), ("member.imported", "1")]
    assert not any(imported[0].password in str(event.detail) for event in AdminEvent.objects.all())


def test_every_error_is_named_and_nobody_created(cast: Cast) -> None:
    file = sheet(
        ["好人", "good", "", "", "HN", "巡检员"],
        ["李娜", "li"],
        ["坏名", "坏"],
        ["重复", "good"],
        ["电话", "phone", "12"],
        ["邮箱", "mail", "", "nope"],
        ["单位", "unit", "", "", "XX", "巡检员"],
        ["角色", "role", "", "", "HN", "国王"],
        ["一半", "half", "", "", "HN", ""],
    )

    with pytest.raises(InvalidInput) as refused:
        import_members(file, by=cast.admin.actor, at=NOW)

    assert [error.field for error in refused.value.errors] == [
        "3.username",
        "4.username",
        "5.username",
        "6.phone",
        "7.email",
        "8.unit",
        "9.role",
        "10.role",
    ]
    assert "4" in refused.value.errors[1].message
    assert "登录名" in refused.value.errors[1].message
    assert Member.objects.count() == 12
    assert not AdminEvent.objects.exists()


def test_the_import_gives_no_more_than_the_importer_has(cast: Cast) -> None:
    role = create_role(RoleDraft("clerk", "人事", "subtree", frozenset({Permission.MEMBER_MANAGE})), by=BUILDER, at=NOW)
    assign_post(cast.boss_hn.member, role=role, unit=cast.units["HN"], by=BUILDER, at=NOW)
    clerk = actor_of_member(cast.boss_hn.member.pk, NOW)
    file = sheet(["一", "one", "", "", "HN", "admin"], ["二", "two", "", "", "GZ", "engineer"], ["三", "three", "", "", "HN", "engineer"])

    with pytest.raises(InvalidInput) as refused:
        import_members(file, by=clerk, at=NOW)

    assert [error.field for error in refused.value.errors] == ["2.role", "3.role"]
    assert not Member.objects.filter(username="three").exists()


def test_who_may_not_manage_members_imports_nothing(cast: Cast) -> None:
    for person in (cast.li, cast.wang_sup, cast.auditor, cast.mallory):
        with pytest.raises(NotPermitted):
            import_members(sheet(["李四", "lisi"]), by=person.actor, at=NOW)


def test_a_broken_file_changes_nothing(cast: Cast) -> None:
    with pytest.raises(InvalidInput) as refused:
        import_members(io.BytesIO(b"not a workbook"), by=cast.admin.actor, at=NOW)

    assert refused.value.errors[0].field == "file"
    assert Member.objects.count() == 12


def test_the_template_is_read_back_and_lists_what_may_be_entered(cast: Cast) -> None:
    content = import_template()

    with pytest.raises(InvalidInput):  # no row yet
        read_table(io.BytesIO(content), COLUMNS, 10, len(content))
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    assert book.sheet_names == ["成员", "单位编码", "岗位"]
    assert ["HN-CS", "长沙片区"] in book.get_sheet_by_name("单位编码").to_python()


def test_the_password_sheet_holds_each_name_and_password(cast: Cast) -> None:
    imported = import_members(sheet(["=李四", "lisi"]), by=cast.admin.actor, at=NOW)

    from python_calamine import CalamineWorkbook

    rows = CalamineWorkbook.from_filelike(io.BytesIO(password_sheet(imported))).get_sheet_by_index(0).to_python()
    assert rows[1] == ["'=李四", "lisi", imported[0].password]


@pytest.mark.slow
def test_five_thousand_members_take_seconds(cast: Cast) -> None:
    file = sheet(*[[f"员工{n}", f"e{n}", 13900000000 + n, "", "HN-CS", "engineer"] for n in range(MOST_ROWS)])
    started = time.monotonic()

    imported = import_members(file, by=cast.admin.actor, at=NOW)

    assert time.monotonic() - started < 30
    assert len(imported) == len({one.password for one in imported}) == MOST_ROWS
    assert Post.objects.filter(since=NOW).count() == MOST_ROWS


def test_more_than_five_thousand_are_refused(cast: Cast) -> None:
    with pytest.raises(InvalidInput, match=str(MOST_ROWS)):
        import_members(sheet(*[["a", f"e{n}"] for n in range(MOST_ROWS + 1)]), by=cast.admin.actor, at=NOW)

    assert Member.objects.count() == 12
