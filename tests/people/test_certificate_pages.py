"""The pages of certificates: who needs which, who lacks it, marks entered by who examines, exceptions decided by another one."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from banjie.people.access import actor_of_member
from banjie.people.checks import MemberDraft
from banjie.people.models import AdminEvent, Certificate, Course, Examination
from banjie.people.verbs.members import create_member
from banjie.people.verbs.posts import assign_post
from tests.cast import BUILDER, SHANGHAI, Cast
from tests.people.browsers import browser
from tests.people.courses import Taught, lapsing, passed, taught

HTMX = {"HX-Request": "true"}


@pytest.fixture
def it(cast: Cast) -> Taught:
    return taught(cast)


def page(client: Client, name: str, *args: int, **asked: str | int) -> str:
    answer = client.get(reverse(f"people:{name}", args=args), asked)
    assert answer.status_code == 200
    return answer.content.decode()


def in_three_days() -> str:
    return (timezone.localdate() + timedelta(days=3)).isoformat()


def test_the_list_of_courses_says_who_needs_them_and_how_many_lack_them(it: Taught) -> None:
    lapsing(it)

    text = page(browser(it.cast.admin), "certificates")

    assert "安全作业" in text
    assert "巡检员" in text
    assert "2 人缺证" in text  # Liu never passed, Sun's has lapsed
    assert "1 人即将到期" in text


def test_without_a_course_the_page_says_where_courses_come_from(cast: Cast) -> None:
    assert "规则书" in page(browser(cast.admin), "certificates")


def test_the_people_of_a_course_are_filtered_by_how_they_stand_by_unit_and_by_name(it: Taught) -> None:
    lapsing(it)
    client = browser(it.cast.li)

    def names(**asked: str | int) -> set[str]:
        text = page(client, "course", it.course.pk, **asked)
        return {name for name in ("赵强", "刘伟", "孙磊", "陈静") if name in text}

    assert names() == {"赵强", "刘伟", "孙磊"}
    assert names(state="valid") == {"赵强"}
    assert names(state="soon") == {"赵强"}
    assert names(state="lapsed") == {"孙磊"}
    assert names(state="never") == {"刘伟"}
    assert names(unit=it.cast.units["HN"].pk) == {"赵强", "刘伟"}
    assert names(text="sun") == {"孙磊"}
    assert names(text="陈静") == {"陈静"}
    assert names(who="everybody", state="never") == {"刘伟", "陈静"}


def test_the_list_of_people_comes_in_pages_and_asks_no_more_for_more_people(
    it: Taught, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(60):
        create_member(MemberDraft(f"e{number:03d}", f"员工{number:03d}"), by=BUILDER, at=timezone.now())
    client = browser(it.cast.admin)

    with django_assert_max_num_queries(12):
        first = page(client, "course", it.course.pk, text="员工")
    following = re.search(r'rel="next" href="([^"]+)"', first)
    assert following
    second = client.get(reverse("people:course", args=[it.course.pk]) + following[1].replace("&amp;", "&")).content.decode()

    assert ("员工049" in first, "员工050" in first, "员工049" in second, "员工059" in second) == (True, False, False, True)


@pytest.mark.req("BNK-09", "BNK-17")
def test_several_marks_are_entered_at_once_and_who_passes_has_the_certificate(it: Taught) -> None:
    client, today = browser(it.cast.li), timezone.localdate().isoformat()
    sent = {"1.member": "zhao", "1.score": "80", "1.held_on": today, "3.member": "刘伟", "3.score": "79", "3.held_on": today}

    answer = client.post(reverse("people:results", args=[it.course.pk]), sent)

    assert answer["Location"] == reverse("people:course", args=[it.course.pk])
    assert set(Examination.objects.values_list("member__username", "passed", "by_name")) == {
        ("zhao", True, "李娜"),
        ("liu_hn", False, "李娜"),
    }
    assert Certificate.objects.get().member == it.cast.zhao.member
    assert AdminEvent.objects.filter(kind="certificate.examined").count() == 2


@pytest.mark.req("BNK-09")
def test_one_wrong_row_is_named_and_nothing_is_entered(it: Taught) -> None:
    client, today = browser(it.cast.li), timezone.localdate().isoformat()
    where = reverse("people:results", args=[it.course.pk])
    right = {"1.member": "zhao", "1.score": "80", "1.held_on": today}
    tomorrow = (timezone.localdate() + timedelta(days=1)).isoformat()

    for sent, wrong in (
        ({"2.member": "nobody", "2.score": "90", "2.held_on": today}, "2.member"),
        ({"2.member": "liu_hn", "2.score": "很好", "2.held_on": today}, "2.score"),
        ({"2.member": "liu_hn", "2.score": "101", "2.held_on": today}, "2.score"),
        ({"2.member": "liu_hn", "2.score": "90", "2.held_on": tomorrow}, "2.held_on"),
        ({"2.member": "liu_hn", "2.score": "90", "2.held_on": "x"}, "2.held_on"),
        ({"2.member": "zhao", "2.score": "90", "2.held_on": today}, "2.held_on"),
        ({"2.member": "li", "2.score": "90", "2.held_on": today}, "2.member"),
        ({"2.member": "l\x00i", "2.score": "90\x00", "2.held_on": today}, "2.member"),
    ):
        answer = client.post(where, right | sent, headers=HTMX)
        assert answer.status_code == 422, sent
        assert f'data-field-error="{wrong}"' in answer.content.decode(), sent
    assert client.post(where, {}, headers=HTMX).status_code == 422
    assert not Examination.objects.exists()


@pytest.mark.req("BNK-09")
def test_only_the_examining_role_enters_marks_not_even_the_administrator(it: Taught) -> None:
    where = reverse("people:results", args=[it.course.pk])
    sent = {"1.member": "zhao", "1.score": "80", "1.held_on": timezone.localdate().isoformat()}

    for person in (it.cast.admin, it.cast.chen_hn, it.cast.zhao):
        assert browser(person).post(where, sent).status_code == 403
    assert not Examination.objects.exists()
    assert "登记成绩" not in page(browser(it.cast.admin), "course", it.course.pk)
    assert "登记成绩" in page(browser(it.cast.li), "course", it.course.pk)


def test_an_examiner_of_a_branch_examines_the_people_of_his_branch_only(it: Taught) -> None:
    assign_post(it.cast.chen_hn.member, role=it.cast.roles["hq_agent"], unit=it.cast.units["HN"], by=BUILDER, at=timezone.now())
    client, today = browser(it.cast.chen_hn), timezone.localdate().isoformat()
    where = reverse("people:results", args=[it.course.pk])

    there = client.post(where, {"1.member": "zhao", "1.score": "80", "1.held_on": today})
    elsewhere = client.post(where, {"1.member": "sun_gz", "1.score": "80", "1.held_on": today})

    assert (there.status_code, elsewhere.status_code) == (302, 422)
    assert "孙磊" not in page(client, "course", it.course.pk, who="everybody")
    assert client.get(reverse("people:examinee", args=[it.course.pk, it.cast.sun_gz.member.pk])).status_code == 404


def test_a_course_that_somebody_else_examines_looks_missing(it: Taught) -> None:
    other = Course.objects.create(code="other", title="另一门", pass_mark=60, examiner="supervisor")

    assert browser(it.cast.li).get(reverse("people:course", args=[other.pk])).status_code == 404
    assert "另一门" not in page(browser(it.cast.li), "certificates")
    assert "另一门" in page(browser(it.cast.admin), "certificates")


@pytest.mark.req("BNK-17")
def test_a_certificate_is_taken_back_with_a_reason_on_the_page_of_a_person(it: Taught) -> None:
    row = passed(it, it.cast.zhao)
    client, where = browser(it.cast.li), reverse("people:certificate_revoke", args=[row.pk])
    assert "engineer" in {g.role for g in actor_of_member(it.cast.zhao.member.pk, timezone.now()).grants}

    assert client.post(where, {"reason": " "}).status_code == 422
    answer = client.post(where, {"reason": "违规作业"})

    assert answer["Location"] == reverse("people:examinee", args=[it.course.pk, it.cast.zhao.member.pk])
    assert "违规作业" in page(client, "examinee", it.course.pk, it.cast.zhao.member.pk)
    assert "engineer" not in {g.role for g in actor_of_member(it.cast.zhao.member.pk, timezone.now()).grants}
    assert client.post(where, {"reason": "再来"}).status_code == 409


def test_an_exception_is_asked_for_and_decided_by_another_person(it: Taught) -> None:
    zhao, li, admin = it.cast.zhao.member, browser(it.cast.li), browser(it.cast.admin)
    ask = reverse("people:waiver_new", args=[it.course.pk, zhao.pk])
    assert "engineer" not in {g.role for g in actor_of_member(zhao.pk, timezone.now()).grants}

    assert li.post(ask, {"until": "", "reason": "x"}, headers=HTMX).status_code == 422
    wrong = li.post(ask, {"until": "2999-01-01", "reason": ""}, headers=HTMX).content.decode()
    assert ('data-field-error="until"' in wrong, 'data-field-error="reason"' in wrong) == (True, True)
    assert li.post(ask, {"until": in_three_days(), "reason": "原巡检员离职"}).status_code == 302
    row = Certificate.objects.get()
    assert li.post(ask, {"until": in_three_days(), "reason": "再来"}).status_code == 409
    assert li.post(reverse("people:waiver_approve", args=[row.pk])).status_code == 403
    assert "原巡检员离职" in page(admin, "waivers", state="waiting")
    assert "等待批准" in page(admin, "certificates")

    assert admin.post(reverse("people:waiver_approve", args=[row.pk])).status_code == 302

    assert "engineer" in {g.role for g in actor_of_member(zhao.pk, timezone.now()).grants}
    assert "例外" in page(li, "course", it.course.pk, state="valid")
    assert "原巡检员离职" not in page(admin, "waivers", state="waiting")
    assert "何管理" in page(admin, "waivers")
    assert admin.post(reverse("people:waiver_approve", args=[row.pk])).status_code == 409


def test_an_exception_is_refused_with_a_reason_and_lets_nobody_act(it: Taught) -> None:
    zhao, li, admin = it.cast.zhao.member, browser(it.cast.li), browser(it.cast.admin)
    li.post(reverse("people:waiver_new", args=[it.course.pk, zhao.pk]), {"until": in_three_days(), "reason": "急"})
    row = Certificate.objects.get()
    where = reverse("people:waiver_refuse", args=[row.pk])

    assert admin.post(where, {"reason": ""}).status_code == 422
    assert admin.post(where, {"reason": "先培训"}).status_code == 302

    row.refresh_from_db()
    assert (row.issued_at, row.revoked_by_name, row.revoked_reason) == (None, "何管理", "先培训")
    assert "engineer" not in {g.role for g in actor_of_member(zhao.pk, timezone.now()).grants}
    assert "先培训" in page(li, "waiver", row.pk)
    assert AdminEvent.objects.filter(kind="certificate.waiver_refused").exists()
    assert li.post(reverse("people:certificate_revoke", args=[row.pk]), {"reason": "x"}).status_code == 409


def test_who_asked_does_not_decide_even_if_he_manages_members(it: Taught) -> None:
    admin = browser(it.cast.admin)
    admin.post(reverse("people:waiver_new", args=[it.course.pk, it.cast.zhao.member.pk]), {"until": in_three_days(), "reason": "急"})
    row = Certificate.objects.get()

    for name, sent in (("waiver_approve", {}), ("waiver_refuse", {"reason": "x"})):
        assert admin.post(reverse(f"people:{name}", args=[row.pk]), sent).status_code == 403
    row.refresh_from_db()
    assert (row.issued_at, row.revoked_at) == (None, None)


def test_a_member_sees_his_own_certificates_and_what_he_lacks(it: Taught) -> None:
    lacking = page(browser(it.cast.liu_hn), "profile")
    passed(it, it.cast.zhao, until=datetime(2999, 5, 1, tzinfo=SHANGHAI))

    mine = page(browser(it.cast.zhao), "profile")
    shown = page(browser(it.cast.admin), "member", it.cast.zhao.member.pk)

    assert "没有有效证书" in lacking
    assert "没有有效证书" not in mine
    for text in (mine, shown):
        assert "安全作业" in text
        assert "2999-04-30" in text  # the last whole day
    assert "安全作业" not in page(browser(it.cast.li), "profile")
