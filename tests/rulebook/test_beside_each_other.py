"""Books at work beside each other, and a book at work that somebody wants to change."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse

from banjie.rulebook.models import Rulebook, RulebookVersion
from banjie.rulebook.queries import active_program
from banjie.rulebook.records import NotReady
from banjie.rulebook.verbs.drafts import change_draft
from banjie.rulebook.verbs.versions import activate, propose, save_draft
from banjie.tickets.models import Ticket
from banjie.tickets.opening import open_ticket
from tests.cast import BUILDER, LONG_AGO
from tests.regulation import install
from tests.rulebook.books import SMALL

PEOPLE = {"an": ("安客服", "agent", "HQ")}


@pytest.mark.django_db
def test_two_books_with_the_same_types_and_letters_do_not_meet() -> None:
    law = install(SMALL, PEOPLE)
    install(SMALL.replace("small-book", "other-book").replace("小办法", "另一办法"), {})

    mine = law.open("job", by="an")
    other = open_ticket(active_program("other-book"), "job", {}, by=law.actor("an"), at=law.now).number

    assert mine != other
    assert mine[:9] == other[:9]
    assert [Ticket.objects.get(number=one).rulebook_version.rulebook.slug for one in (mine, other)] == ["small-book", "other-book"]


@pytest.mark.django_db
def test_a_book_of_the_same_name_is_the_next_version_of_the_one_that_is_there() -> None:
    install(SMALL, PEOPLE)

    again = save_draft(SMALL.replace("小办法", "同名办法"), by=BUILDER, at=LONG_AGO)

    assert again.number == 2
    assert Rulebook.objects.count() == 1
    assert RulebookVersion.objects.get(status="active").number == 1


@pytest.mark.django_db
def test_a_book_at_work_is_not_edited_but_copied_into_a_new_draft() -> None:
    install(SMALL, PEOPLE)
    version = RulebookVersion.objects.get(status="active")

    with pytest.raises(NotReady, match="新建一份草稿"), transaction.atomic():
        change_draft(version.pk, SMALL.replace("8h", "4h"), expect=version.digest, by=BUILDER, at=LONG_AGO)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("update rulebook_rulebookversion set source = 'x' where id = %s", [version.pk])

    version.refresh_from_db()
    assert version.source == SMALL


@pytest.mark.django_db
def test_the_page_refuses_to_edit_a_book_at_work_and_says_what_to_do() -> None:
    law = install(SMALL, PEOPLE)
    law.appoint("an", "admin")
    version = RulebookVersion.objects.get(status="active")
    client = Client()
    client.force_login(law.members["an"])

    answer = client.post(
        reverse("authoring:edit", args=[version.pk]), {"source": SMALL, "expect": version.digest}, headers={"HX-Request": "true"}
    )

    assert answer.status_code == 409
    assert "新建一份草稿" in answer.content.decode()


@pytest.mark.django_db
def test_a_draft_at_work_is_a_new_version_and_the_old_one_stays_as_it_was() -> None:
    install(SMALL, PEOPLE)
    old = RulebookVersion.objects.get(status="active")

    draft = save_draft(SMALL.replace("8h", "4h"), by=BUILDER, at=LONG_AGO)
    activate(propose(draft.pk, by=BUILDER, at=LONG_AGO).pk, by=BUILDER, at=LONG_AGO)

    old.refresh_from_db()
    assert (old.status, old.source) == ("retired", SMALL)


@pytest.mark.django_db
def test_the_editor_names_a_clause_that_no_rule_serves_and_still_lets_the_book_pass() -> None:
    law = install(SMALL, PEOPLE)
    law.appoint("an", "admin")
    client = Client()
    client.force_login(law.members["an"])

    page = client.post(
        reverse("authoring:panel"), {"source": SMALL.replace("roles:", "  三: 自发布之日起施行。\nroles:", 1)}
    ).content.decode()

    assert "供参考" in page
    assert "没有规则对应这一条" in page
    assert "没有问题，可以提交批准。" in page
