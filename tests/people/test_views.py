"""The doors of the organisation's pages: who may open them, and that each makes its one call."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from banjie.people.models import AdminEvent, Certificate, Course, Member, Post, Role, Token, Unit
from banjie.people.urls import urlpatterns
from banjie.people.verbs.tokens import create_token
from tests.cast import Cast
from tests.people.browsers import BACKEND, browser

OPEN = {"first_run"}
OWN = {"password", "profile", "language", "token_new", "token_revoke", "deputies", "deputy_end"}
POST_ONLY = {
    "language",
    "token_new",
    "token_revoke",
    "unit_move",
    "unit_close",
    "unit_reopen",
    "member_deactivate",
    "member_reactivate",
    "member_reset",
    "member_second_factor",
    "post_new",
    "post_end",
    "member_deputy",
    "deputy_end",
    "waiver_approve",
    "waiver_refuse",
    "certificate_revoke",
    "results_upload",
}
AUDITOR_TOO = {"log", "log_export"}


def address(name: str, cast: Cast) -> str:
    arguments = {
        "unit_id": cast.units["HN"].pk,
        "member_id": cast.zhao.member.pk,
        "role_id": cast.roles["engineer"].pk,
        "post_id": Post.objects.get(member=cast.zhao.member).pk,
        "token_id": 1,
        "delegation_id": 1,
        "course_id": 1,
        "certificate_id": 1,
    }
    if "certificates/" in name_to_path(name):
        arguments |= asked_for(cast)
    route = name_to_path(name)
    return reverse(f"people:{name}", kwargs={key: value for key, value in arguments.items() if f":{key}>" in route})


def name_to_path(name: str) -> str:
    return next(str(one.pattern) for one in urlpatterns if one.name == name)


def asked_for(cast: Cast) -> dict[str, int]:
    """Return a course whose examiner is the administrator, and an exception that somebody asked for."""
    course, _made = Course.objects.get_or_create(code="safety", defaults={"title": "安全", "pass_mark": 60, "examiner": "admin"})
    until = timezone.now() + timedelta(days=9)
    waiver = Certificate.objects.create(
        member=cast.zhao.member, course=course, waiver_reason="急", valid_until=until, asked_by=cast.li.member, asked_at=timezone.now()
    )
    return {"course_id": course.pk, "certificate_id": waiver.pk}


NAMES = [str(one.name) for one in urlpatterns]


@pytest.mark.req("PLT-09")
@pytest.mark.parametrize("name", [name for name in NAMES if name not in OPEN | OWN])
def test_administration_opens_for_those_with_the_permission_only(cast: Cast, name: str) -> None:
    method = "post" if name in POST_ONLY else "get"
    where = address(name, cast)

    for person in (cast.li, cast.wang_sup, cast.chen_hn, cast.boss_hn, cast.zhao, cast.mallory):
        assert getattr(browser(person), method)(where).status_code == 403
    assert getattr(browser(cast.auditor), method)(where).status_code == (200 if name in AUDITOR_TOO else 403)
    assert getattr(browser(cast.admin), method)(where).status_code in {200, 302, 409, 422}
    signed_out = getattr(Client(), method)(where)
    assert signed_out.status_code == 302
    assert signed_out["Location"].startswith("/accounts/login/?next=/")


@pytest.mark.parametrize("name", sorted(OWN - POST_ONLY))
def test_everybody_opens_his_own_pages_after_signing_in(cast: Cast, name: str) -> None:
    where = address(name, cast)

    for person in (cast.li, cast.mallory, cast.admin):
        assert browser(person).get(where).status_code == 200
    assert Client().get(where).status_code == 302


@pytest.mark.parametrize("name", sorted(set(NAMES) - OPEN - POST_ONLY))
def test_a_one_time_password_opens_nothing_but_the_page_that_replaces_it(cast: Cast, name: str) -> None:
    Member.objects.filter(pk=cast.admin.member.pk).update(must_change_password=True)

    answer = browser(cast.admin).get(address(name, cast))

    if name == "password":
        assert "form" in answer.content.decode()
    else:
        assert (answer.status_code, answer["Location"]) == (302, reverse("people:password"))


@pytest.mark.parametrize("name", sorted(POST_ONLY))
def test_what_changes_something_is_posted(cast: Cast, name: str) -> None:
    assert browser(cast.admin).get(address(name, cast)).status_code == 405


def test_a_form_without_its_token_is_refused(cast: Cast) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.admin.member, backend=BACKEND)

    assert client.post(reverse("people:unit_new"), {"name": "x"}).status_code == 403


def test_a_unit_is_founded_changed_moved_closed_and_reopened_on_pages(cast: Cast) -> None:
    client = browser(cast.admin)
    assert "湖南分公司" in client.get(reverse("people:units")).content.decode()

    sent = {"parent": cast.units["HQ"].pk, "code": "GD", "name": "广东分公司", "kind": "branch", "region": "广东"}
    assert client.post(reverse("people:unit_new"), sent).status_code == 302
    unit = Unit.objects.get(code="GD")
    client.post(reverse("people:unit", args=[unit.pk]), sent | {"name": "广东公司"})
    client.post(reverse("people:unit_move", args=[unit.pk]), {"to": cast.units["HN"].pk})
    client.post(reverse("people:unit_close", args=[unit.pk]))

    unit.refresh_from_db()
    assert (unit.name, unit.parent, unit.is_active) == ("广东公司", cast.units["HN"], False)
    client.post(reverse("people:unit_reopen", args=[unit.pk]))
    unit.refresh_from_db()
    assert unit.is_active
    assert client.get(reverse("people:unit", args=[unit.pk])).status_code == 200


@pytest.mark.parametrize("sent", [{}, {"parent": "x"}, {"parent": "9" * 30}, {"parent": "-1"}, {"parent": "٣"}])
def test_a_senseless_choice_is_named(cast: Cast, sent: dict[str, str]) -> None:
    answer = browser(cast.admin).post(reverse("people:unit_new"), sent, headers={"HX-Request": "true"})

    assert answer.status_code == 422
    assert 'data-field-error="parent"' in answer.content.decode()


def test_nul_characters_do_not_reach_the_database(cast: Cast) -> None:
    client = browser(cast.admin)
    sent = {"parent": cast.units["HQ"].pk, "code": "G\x00D", "name": "广\x00东", "kind": "branch"}

    assert client.post(reverse("people:unit_new"), sent).status_code == 302
    assert client.get(reverse("people:members"), {"text": "a\x00b"}).status_code == 200
    assert client.get(reverse("people:log"), {"text": "a\x00b", "kind": "\x00", "since": "2026-13-99"}).status_code == 200
    assert Unit.objects.filter(code="GD", name="广东").exists()


def test_what_does_not_exist_looks_missing(cast: Cast) -> None:
    client = browser(cast.admin)

    for name in ("unit", "member", "role"):
        assert client.get(reverse(f"people:{name}", args=[10**12])).status_code == 404
    assert client.post(reverse("people:token_revoke", args=[10**12])).status_code == 404


def test_roles_are_created_and_changed_on_pages(cast: Cast) -> None:
    client = browser(cast.admin)
    sent = {"code": "night", "title": "夜班值班长", "scope": "subtree", "permissions": ["ticket:read", "ticket:comment"]}

    assert client.post(reverse("people:role_new"), sent).status_code == 302
    role = Role.objects.get(code="night")
    assert (
        client.post(reverse("people:role", args=[role.pk]), sent | {"title": "夜班长", "permissions": ["ticket:read"]}).status_code == 302
    )

    role.refresh_from_db()
    assert (role.title, role.permissions) == ("夜班长", ["ticket:read"])
    matrix = client.get(reverse("people:roles")).content.decode()
    assert "夜班长" in matrix
    assert client.post(reverse("people:role", args=[role.pk]), sent | {"permissions": ["moon:land"]}).status_code == 422


def test_a_token_is_created_shown_once_and_revoked(cast: Cast) -> None:
    client = browser(cast.li)

    answer = client.post(reverse("people:token_new"), {"name": "ERP", "scope": "write", "expires_at": "2099-12-31"})

    shown = re.search(r'data-copy="(bj_[^"]+)"', answer.content.decode())
    assert shown
    token = Token.objects.get()
    assert token.expires_at
    assert timezone.localtime(token.expires_at).isoformat().startswith("2100-01-01T00:00")
    profile = client.get(reverse("people:profile")).content.decode()
    assert "ERP" in profile
    assert shown[1] not in profile
    assert client.post(reverse("people:token_revoke", args=[token.pk]))["Location"] == reverse("people:profile")
    assert client.post(reverse("people:token_new"), {"name": "x", "scope": "read", "expires_at": "soon"}).status_code == 422


def test_an_administrator_revokes_anybodys_token_and_others_do_not(cast: Cast) -> None:
    token = create_token(name="ERP", scope="read", expires_at=None, by=cast.li.actor, at=timezone.now()).token
    where = reverse("people:token_revoke", args=[token.pk])

    assert browser(cast.zhang).post(where).status_code == 404
    assert "ERP" in browser(cast.admin).get(reverse("people:tokens")).content.decode()
    assert browser(cast.admin).post(where)["Location"] == reverse("people:tokens")

    token.refresh_from_db()
    assert token.revoked_at


def test_the_language_is_kept_and_set_at_once(cast: Cast) -> None:
    client = browser(cast.li)

    answer = client.post(reverse("people:language"), {"language": "en"})

    assert answer.cookies["django_language"].value == "en"
    assert Member.objects.get(pk=cast.li.member.pk).language == "en"
    assert client.post(reverse("people:language"), {"language": "tlh"}).status_code == 422


def test_the_log_is_read_in_pages_and_by_filter(cast: Cast) -> None:
    now = timezone.now()
    for number in range(55):
        AdminEvent.objects.create(
            at=now - timedelta(days=number),
            actor_name="何",
            kind="unit.created",
            subject=f"<b>{number:02d}</b>",
            detail={"after": {"x": [1, {}]}},
        )
    client, where = browser(cast.auditor), reverse("people:log")

    first = client.get(where).content.decode()
    following = re.search(r'rel="next" href="([^"]+)"', first)
    assert following
    second = client.get(where + following[1].replace("&amp;", "&")).content.decode()

    assert "&lt;b&gt;54" in first
    assert "<b>54" not in first
    assert "&lt;b&gt;04" in second
    assert "&lt;b&gt;04" not in first
    today = timezone.localdate(now).isoformat()
    narrowed = client.get(where, {"since": today, "until": today, "kind": "unit.", "text": "何"}).content.decode()
    assert "&lt;b&gt;00" in narrowed
    assert "&lt;b&gt;01" not in narrowed
    assert "&lt;b&gt;00" not in client.get(where, {"kind": "role."}).content.decode()


def test_an_auditor_of_one_branch_does_not_read_the_whole_log(cast: Cast) -> None:
    from banjie.people.verbs.posts import assign_post

    assign_post(cast.mallory.member, role=cast.roles["auditor"], unit=cast.units["HN"], by=cast.admin.actor, at=timezone.now())

    assert browser(cast.mallory).get(reverse("people:log")).status_code == 403


def test_what_people_enter_is_escaped(cast: Cast) -> None:
    client = browser(cast.admin)
    client.post(reverse("people:member", args=[cast.li.member.pk]), {"username": "li", "name": "<script>alert(1)</script>"})

    for where in (reverse("people:members"), reverse("people:member", args=[cast.li.member.pk]), reverse("people:log")):
        assert "<script>alert" not in client.get(where).content.decode()
