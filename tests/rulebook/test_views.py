"""The doors of the rulebooks: what they send, and what they show."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from banjie.people.checks import MemberDraft
from banjie.people.grants import forget
from banjie.people.models import Member, Role
from banjie.people.verbs.members import create_member
from banjie.people.verbs.posts import assign_post, end_post
from banjie.rulebook.models import RulebookVersion
from banjie.rulebook.shipped import install_shipped
from banjie.rulebook.source import MAX_BYTES
from banjie.rulebook.verbs.versions import propose, save_draft
from banjie.worktime.verbs.install_shipped import install_shipped_calendars
from tests.cast import BUILDER, LONG_AGO, Cast
from tests.rulebook.books import SMALL


@pytest.fixture
def admin(cast: Cast) -> Client:
    """Return a browser in which the administrator is signed in; calendars are there."""
    install_shipped_calendars(by=BUILDER, at=LONG_AGO)
    return client_of(cast.admin.member)


def client_of(member: Member) -> Client:
    Member.objects.update(must_change_password=False)
    forget()
    client = Client()
    client.force_login(member)
    return client


def drafted(text: str = SMALL) -> int:
    return save_draft(text, by=BUILDER, at=LONG_AGO).pk


def test_the_list_shows_active_versions_proposals_and_drafts(admin: Client) -> None:
    active = install_shipped("pos-terminal-service", by=BUILDER, at=LONG_AGO)
    waiting = propose(drafted(), by=BUILDER, at=LONG_AGO)

    page = admin.get("/rulebooks/").content.decode()

    assert f'href="/rulebooks/{active.pk}/"' in page
    assert f'href="/rulebooks/{waiting.pk}/"' in page
    assert "第 1 版" in page
    assert "/rulebooks/write/new?shipped=hotline-service" in page


def test_readers_see_no_button_to_write(admin: Client, cast: Cast) -> None:
    number = drafted()

    page = client_of(cast.li.member).get(f"/rulebooks/{number}/").content.decode()

    assert "小办法" in page
    assert "编辑" not in page
    assert "提交批准" not in page


def test_a_new_draft_begins_empty_or_from_a_version_or_from_a_shipped_regulation(admin: Client) -> None:
    number = drafted()

    assert "rulebook: my-regulation" in admin.get("/rulebooks/write/new").content.decode()
    assert "rulebook: small-book" in admin.get(f"/rulebooks/write/new?version={number}").content.decode()
    assert "rulebook: renovation" in admin.get("/rulebooks/write/new?shipped=renovation").content.decode()
    assert admin.get("/rulebooks/write/new?shipped=../../etc/passwd").status_code == 404
    assert admin.get("/rulebooks/write/new?version=999999").status_code == 404


def test_typed_text_becomes_a_draft(admin: Client) -> None:
    answer = admin.post("/rulebooks/write/new", {"source": SMALL.replace("\n", "\r\n")})

    version = RulebookVersion.objects.get()
    assert answer.headers["Location"] == f"/rulebooks/{version.pk}/"
    assert version.source == SMALL


def test_an_uploaded_file_becomes_a_draft(admin: Client) -> None:
    admin.post("/rulebooks/write/new", {"source": "rubbish", "file": SimpleUploadedFile("book.yaml", b"\xef\xbb\xbf" + SMALL.encode())})

    assert RulebookVersion.objects.get().source == SMALL


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"x" * (MAX_BYTES + 1), b""])
def test_a_file_that_is_no_rulebook_changes_nothing(admin: Client, content: bytes) -> None:
    answer = admin.post("/rulebooks/write/new", {"source": "", "file": SimpleUploadedFile("book.yaml", content)})

    assert answer.status_code == 422
    assert not RulebookVersion.objects.exists()


def test_a_text_with_errors_is_refused_with_the_places(admin: Client) -> None:
    answer = admin.post("/rulebooks/write/new", {"source": SMALL.replace("verb: verify", "verb: verifi")}, headers={"HX-Request": "true"})

    assert answer.status_code == 422
    assert "32:26: processes.work.actions.check.verb: 没有“verifi”这个动作词" in answer.content.decode()


def test_the_live_check_names_each_problem_and_its_line(admin: Client) -> None:
    good = admin.post("/rulebooks/write/panel", {"source": SMALL}).content.decode()
    bad = admin.post(
        "/rulebooks/write/panel", {"source": SMALL.replace("low: 8h", "low: unset").replace("needs: verified", "needs: verifid")}
    )

    assert "没有问题" in good
    assert "第 21 行第 67 列" in bad.content.decode()
    assert 'data-goto-line="32"' in bad.content.decode()
    assert "<html" not in bad.content.decode()


@pytest.mark.parametrize("source", ["", "{", "a: " + "[" * 5000, "\x00", "rulebook: [1]\n"])
def test_the_live_check_answers_whatever_is_sent(admin: Client, source: str) -> None:
    answer = admin.post("/rulebooks/write/panel", {"source": source})

    assert answer.status_code == 200
    assert 'id="problems"' in answer.content.decode()


@pytest.mark.parametrize(
    ("tab", "shown"),
    [("", "逐条对照"), ("text", "rulebook: small-book"), ("changes", "没有可比较的版本"), ("history", "第 1 版"), ("x", "逐条对照")],
)
def test_each_tab_shows_its_part(admin: Client, tab: str, shown: str) -> None:
    assert shown in admin.get(f"/rulebooks/{drafted()}/?tab={tab}").content.decode()


def test_the_changes_against_the_active_version_are_shown(admin: Client) -> None:
    install_shipped("pos-terminal-service", by=BUILDER, at=LONG_AGO)
    source = RulebookVersion.objects.get().source
    number = drafted(source.replace("take: 10%", "take: 20%"))

    page = admin.get(f"/rulebooks/{number}/?tab=changes").content.decode()

    assert "按20%（至少 1 张）" in page
    assert "    take: 20%" in page


def test_the_text_is_sent_as_a_file(admin: Client) -> None:
    answer = admin.get(f"/rulebooks/{drafted()}/rulebook.yaml")

    assert answer.content.decode() == SMALL
    assert answer.headers["Content-Disposition"] == 'attachment; filename="small-book-v1.yaml"'


def test_a_draft_edited_by_two_is_refused_to_the_second(admin: Client) -> None:
    number = drafted()
    seen = RulebookVersion.objects.get().digest
    admin.post(f"/rulebooks/write/{number}", {"source": SMALL.replace("小办法", "新办法"), "expect": seen})

    answer = admin.post(f"/rulebooks/write/{number}", {"source": SMALL, "expect": seen})

    assert answer.status_code == 409
    assert "新办法" in RulebookVersion.objects.get().source


def test_a_version_that_is_not_there_is_not_found(admin: Client) -> None:
    assert admin.get("/rulebooks/999999/").status_code == 404
    assert admin.get("/rulebooks/999999/rulebook.yaml").status_code == 404


def test_pages_ask_the_database_few_questions(admin: Client, django_assert_max_num_queries: pytest.FixtureRequest) -> None:
    for n in range(12):
        drafted(SMALL.replace("small-book", f"book-{n}"))
    number = drafted()

    with django_assert_max_num_queries(10):  # type: ignore[operator]
        admin.get("/rulebooks/")
    with django_assert_max_num_queries(10):  # type: ignore[operator]
        admin.get(f"/rulebooks/{number}/")


def test_a_sole_administrator_is_told_the_command_that_activates_his_own_rulebook(admin: Client, cast: Cast) -> None:
    waiting = propose(save_draft(SMALL, by=cast.admin.actor, at=LONG_AGO).pk, by=cast.admin.actor, at=LONG_AGO)
    second, _password = create_member(MemberDraft(username="he2", name="何副", phone="13800019999"), by=BUILDER, at=LONG_AGO)
    post = assign_post(second, role=Role.objects.get(code="admin"), unit=cast.units["HQ"], by=BUILDER, at=LONG_AGO)

    of_two = admin.get(f"/rulebooks/{waiting.pk}/").content.decode()
    end_post(post, by=BUILDER, at=LONG_AGO)
    alone = admin.get(f"/rulebooks/{waiting.pk}/").content.decode()

    assert "banjie rulebook activate" not in of_two
    assert "banjie rulebook activate" in alone
