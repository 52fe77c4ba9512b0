"""Beginning, signing in and out, and what an attacker may try there."""

from __future__ import annotations

import re

import pytest
from django.conf import settings as site_settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from banjie.people.models import Member, Session, Unit
from banjie.people.verbs.members import deactivate_member
from tests.cast import Cast, Person

LOGIN = "/accounts/login/"
KEY = site_settings.SESSION_COOKIE_NAME
FIRST = {"organisation": "长江支付", "name": "何老板", "username": "boss", "password": "cha hua 2026!"}


def sign_in(client: Client, person: Person, password: str | None = None) -> int:
    sent = {"login": person.member.username, "password": password or person.password}
    return client.post(LOGIN, sent).status_code


def faults(client: Client, login: str, password: str) -> str:
    page = client.post(LOGIN, {"login": login, "password": password}).content.decode()
    page = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", page)
    return page.replace(f'value="{login}"', "")


@pytest.mark.usefixtures("db")
def test_a_new_installation_begins_with_its_first_administrator() -> None:
    client = Client()
    assert client.get(LOGIN)["Location"] == reverse("people:first_run")
    assert client.get(reverse("people:first_run")).status_code == 200

    answer = client.post(reverse("people:first_run"), FIRST)

    assert answer["Location"] == reverse("people:units")
    assert client.get(reverse("people:units")).status_code == 200
    assert Unit.objects.get().name == "长江支付"
    assert Client().get(reverse("people:first_run")).status_code == 404
    assert Client().post(reverse("people:first_run"), FIRST | {"username": "second"}).status_code == 404
    assert Member.objects.count() == 1


@pytest.mark.usefixtures("db")
def test_a_poor_first_password_is_named() -> None:
    answer = Client().post(reverse("people:first_run"), FIRST | {"password": "boss"}, headers={"HX-Request": "true"})

    assert answer.status_code == 422
    assert 'data-field-error="password"' in answer.content.decode()
    assert not Member.objects.exists()


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize(
    ("password", "said"),
    [("boss", "密码至少需要 10 个字符。"), ("password123", "这个密码使用的人太多"), ("changjiang-boss", "密码与您的姓名或登录名太相似")],
    ids=["short", "common", "like the name"],
)
def test_what_is_poor_about_a_password_is_said_in_the_readers_language(password: str, said: str) -> None:
    person = {"username": "changjiang-boss"} if "boss" in password else {}

    answer = Client().post(reverse("people:first_run"), FIRST | person | {"password": password}, headers={"HX-Request": "true"})

    assert said in answer.content.decode()


def test_signing_in_changes_the_session_key(cast: Cast) -> None:
    client = Client()
    session = client.session
    session["planted"] = "by an attacker"
    session.save()
    client.cookies[KEY] = planted = str(session.session_key)

    assert sign_in(client, cast.li) == 302

    assert client.cookies[KEY].value != planted
    assert not Session.objects.filter(session_key=planted).exists()
    assert Session.objects.get().member == cast.li.member
    assert client.get(reverse("people:profile")).status_code == 200


def test_the_sign_in_name_may_be_written_in_any_case(cast: Cast) -> None:
    assert Client().post(LOGIN, {"login": " LI ", "password": cast.li.password}).status_code == 302


def test_signing_in_speaks_the_members_language(cast: Cast) -> None:
    client = Client()
    Member.objects.filter(pk=cast.li.member.pk).update(language="en")

    sign_in(client, cast.li)

    assert client.cookies["django_language"].value == "en"


def test_signing_in_goes_on_to_this_site_only(cast: Cast) -> None:
    sent = {"login": "li", "password": cast.li.password}

    assert Client().post(LOGIN, sent | {"next": "/people/profile"})["Location"] == "/people/profile"
    for evil in ("https://evil.example/", "//evil.example/", "javascript:alert(1)", "/\\evil.example"):
        assert Client().post(LOGIN, sent | {"next": evil})["Location"] == "/"


def test_known_and_unknown_names_get_the_same_answer(cast: Cast) -> None:
    deactivate_member(cast.zhang.member, by=cast.admin.actor, at=timezone.now())

    known, unknown, inactive = (faults(Client(), name, "wrong-password-1") for name in ("li", "nobody", "zhang"))

    assert "notice-bad" in known
    assert known == unknown == inactive


def test_who_left_does_not_sign_in_with_the_old_password(cast: Cast) -> None:
    client = Client()
    sign_in(client, cast.li)
    deactivate_member(cast.li.member, by=cast.admin.actor, at=timezone.now())

    assert client.get(reverse("people:profile")).status_code == 302
    assert sign_in(Client(), cast.li) == 200


def test_guessing_one_name_is_slowed_down_for_everybody(cast: Cast) -> None:
    for number in range(5):
        assert sign_in(Client(REMOTE_ADDR=f"10.0.0.{number}"), cast.li, "wrong-password-1") == 200

    refused = Client(REMOTE_ADDR="10.0.0.99").post(LOGIN, {"login": "li", "password": cast.li.password})

    assert refused.status_code != 302
    assert sign_in(Client(REMOTE_ADDR="10.0.0.99"), cast.zhang) == 302


def test_guessing_from_one_address_is_slowed_down_for_all_names(cast: Cast, settings: Settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *settings.PASSWORD_HASHERS]
    answers = [Client().post(LOGIN, {"login": f"name{number}", "password": "wrong-password-1"}).status_code for number in range(25)]

    assert answers[0] == 200
    assert sign_in(Client(), cast.li) != 302
    assert sign_in(Client(REMOTE_ADDR="10.0.0.1"), cast.li) == 302


@pytest.mark.parametrize("path", ["signup/", "email/", "password/reset/", "password/set/", "confirm-email/"])
def test_nobody_signs_up_or_resets_by_mail(cast: Cast, path: str) -> None:
    assert Client().get(f"/accounts/{path}").status_code == 404


def test_signing_out_ends_the_session(cast: Cast) -> None:
    client = Client()
    sign_in(client, cast.li)
    key = client.cookies[KEY].value

    assert client.get("/accounts/logout/").status_code == 200
    assert client.get(reverse("people:profile")).status_code == 200
    client.post("/accounts/logout/")

    client.cookies[KEY] = key
    assert client.get(reverse("people:profile")).status_code == 302


def test_the_first_sign_in_ends_with_an_own_password(cast: Cast) -> None:
    Member.objects.filter(pk=cast.li.member.pk).update(must_change_password=True)
    client, other = Client(), Client()
    sign_in(client, cast.li)
    sign_in(other, cast.li)
    before = client.cookies[KEY].value
    assert client.get(reverse("people:profile"))["Location"] == reverse("people:password")

    answer = client.post(reverse("people:password"), {"old": cast.li.password, "new": "cha hua 2026!"})

    assert answer["Location"] == reverse("people:profile")
    assert client.cookies[KEY].value != before
    assert client.get(reverse("people:profile")).status_code == 200
    assert other.get(reverse("people:profile")).status_code == 302
    assert sign_in(Client(), cast.li) == 200
    assert sign_in(Client(), cast.li, "cha hua 2026!") == 302


def test_guessing_the_old_password_is_slowed_down(cast: Cast) -> None:
    client = Client()
    sign_in(client, cast.li)

    answers = [client.post(reverse("people:password"), {"old": "wrong", "new": "cha hua 2026!"}).status_code for _ in range(7)]

    assert answers[0] == 422
    assert answers[-1] == 429


def test_a_second_factor_is_asked_for_after_the_password(cast: Cast) -> None:
    from allauth.mfa.models import Authenticator
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    TOTP.activate(cast.li.member, generate_totp_secret())
    client = Client()

    answer = client.post(LOGIN, {"login": "li", "password": cast.li.password})

    assert answer["Location"] == reverse("mfa_authenticate")
    assert client.get(reverse("people:profile")).status_code == 302
    assert client.get(reverse("mfa_authenticate")).status_code == 200
    assert client.post(reverse("mfa_authenticate"), {"code": "000000"}).status_code == 200
    assert client.get(reverse("people:profile")).status_code == 302
    assert Authenticator.objects.filter(user=cast.li.member).exists()


def test_a_second_factor_is_activated_and_deactivated_on_pages(cast: Cast) -> None:
    client = Client()
    sign_in(client, cast.li)

    assert client.get(reverse("mfa_index")).status_code == 200
    asked = client.get(reverse("mfa_activate_totp"))["Location"]
    assert asked.startswith("/accounts/reauthenticate/")
    assert client.post(asked, {"password": "wrong"}).status_code == 200
    assert client.post(asked, {"password": cast.li.password})["Location"] == reverse("mfa_activate_totp")
    page = client.get(reverse("mfa_activate_totp"))
    assert "data:image/svg+xml" in page.content.decode()
    wrong = client.post(reverse("mfa_activate_totp"), {"code": "000000"})
    assert wrong.status_code == 200
    from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time

    secret = re.search(r'data-copy="([A-Z2-7]+)"', wrong.content.decode())
    assert secret
    code = format_hotp_value(hotp_value(secret[1], next(iter(yield_hotp_counters_from_time()))))
    assert client.post(reverse("mfa_activate_totp"), {"code": code})["Location"] == reverse("mfa_view_recovery_codes")
    for name in ("mfa_view_recovery_codes", "mfa_index", "mfa_generate_recovery_codes", "mfa_deactivate_totp"):
        assert client.get(reverse(name)).status_code == 200
    assert client.post(reverse("mfa_generate_recovery_codes")).status_code == 302
    assert client.post(reverse("mfa_deactivate_totp")).status_code == 302
