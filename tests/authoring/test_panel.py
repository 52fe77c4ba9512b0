"""What stands beside the text: problems, forms, flow, changes, effect."""

from __future__ import annotations

import json
import re

import pytest
from django.test import Client

from banjie.rulebook.models import RulebookVersion
from banjie.rulebook.shipped import install_shipped, shipped_text
from banjie.rulebook.verbs.versions import save_draft
from tests.cast import BUILDER, LONG_AGO, Cast
from tests.pos import Pos
from tests.rulebook.books import SMALL

BOOK = "pos-terminal-service"


def panel(client: Client, text: str, part: str, **more: str) -> str:
    return client.post("/rulebooks/write/panel", {"source": text, "part": part, **more}).content.decode()


def test_problems_carry_their_places_for_the_editor_to_underline(admin: Client) -> None:
    page = panel(admin, SMALL.replace("verb: verify", "verb: verifi"), "check")

    marks = json.loads(re.search(r'id="editor-marks">(.*?)</script>', page, re.DOTALL)[1])  # type: ignore[index]
    assert {(m["line"], m["column"], m["severity"]) for m in marks} >= {(32, 26, "error")}
    assert "verifi" in marks[0]["message"]


def test_the_form_of_a_type_is_drawn_as_people_will_see_it(admin: Client) -> None:
    text = SMALL.replace("{high: 高, low: 低}", "{high: 高, low: 低, lowest: 极低}")

    page = panel(admin, text, "form")

    assert "极低" in page
    assert 'name="phone"' in page
    assert "由谁办理：客服" in page


def test_another_form_is_drawn_when_it_is_chosen_and_the_first_one_when_it_is_gone(admin: Client) -> None:
    assert 'name="fully_solved"' in panel(admin, SMALL, "form", of="job:finish")
    assert 'name="phone"' in panel(admin, SMALL, "form", of="job:gone")


def test_conditional_fields_of_a_preview_answer_to_what_is_typed(admin: Client) -> None:
    text = SMALL.replace("kind: money}", "kind: money, show_if: level == 'high', need_if: level == 'high'}").replace(
        "asks: [phone, level]", "asks: [phone, level, amount]"
    )
    sent = {"rulebook-text": text, "rulebook-form": "job:accept", "level": "high", "state.amount": "hidden"}

    shown = admin.post("/tickets/new/preview", sent).content.decode()

    assert 'name="amount"' in shown
    assert admin.post("/tickets/new/preview", {**sent, "rulebook-form": "job:none"}).status_code == 422
    assert admin.post("/tickets/new/preview", {**sent, "rulebook-text": "x"}).status_code == 422


@pytest.mark.parametrize("part", ["form", "flow", "changes", "impact"])
def test_a_text_with_errors_shows_no_preview_but_says_where_they_stand(admin: Client, part: str) -> None:
    page = panel(admin, SMALL.replace("verb: verify", "verb: verifi"), part)

    assert "文本有错误" in page


def test_the_flow_is_drawn(admin: Client) -> None:
    assert 'data-state="opened"' in panel(admin, SMALL, "flow")


def test_changes_are_shown_against_the_active_version(admin: Client) -> None:
    install_shipped(BOOK, by=BUILDER, at=LONG_AGO)

    assert "按20%（至少 1 张）" in panel(admin, shipped_text(BOOK).replace("take: 10%", "take: 20%"), "changes")
    assert "没有可比较的版本" in panel(admin, SMALL, "changes")


@pytest.mark.req("COM-20")
def test_the_effect_counts_the_open_tickets_that_keep_their_version(pos: Pos, cast: Cast) -> None:
    from tests.authoring.conftest import client_of

    pos.open()
    pos.open()
    client = client_of(cast.admin.member)
    text = shipped_text(BOOK)

    page = panel(client, text.replace("consumables", "spare_parts"), "impact")

    assert "2 张未结工单仍按开单时的版本办理" in page
    assert "新增工单类别" in page
    assert "不能再开“" in page


def test_the_effect_names_what_is_missing_before_people_can_work(admin: Client) -> None:
    page = panel(admin, SMALL.replace("cn-24h", "cn-nowhere").replace("boss: {title: 主管}", "boss: {title: 总管}"), "impact")

    assert "没有日历“cn-nowhere”" in page
    assert "岗位“总管”在启用时新建" in page


def test_the_effect_of_a_saved_version_has_a_page(admin: Client) -> None:
    version = save_draft(SMALL, by=BUILDER, at=LONG_AGO)
    unfinished = save_draft("rulebook: other-book\nnonsense", by=BUILDER, at=LONG_AGO, unfinished=True)

    assert "还没有启用的版本" in admin.get(f"/rulebooks/write/{version.pk}/effect").content.decode()
    assert "文本有错误" in admin.get(f"/rulebooks/write/{unfinished.pk}/effect").content.decode()


def test_completion_answers_the_editor(admin: Client) -> None:
    answer = admin.post("/rulebooks/write/complete", {"source": "roles:\n  boss: {", "line": "2", "column": "9"})

    assert answer.json()["options"][0]["label"] == "title"
    assert admin.post("/rulebooks/write/complete", {"source": "x", "line": "-1", "column": "ⅷ"}).json()["options"] is not None


def test_an_unfinished_text_is_kept_only_when_its_author_says_so(admin: Client) -> None:
    wrong = SMALL.replace("verb: verify", "verb: verifi")

    refused = admin.post("/rulebooks/write/new", {"source": wrong})
    kept = admin.post("/rulebooks/write/new", {"source": wrong, "unfinished": "yes"})

    assert refused.status_code == 422
    assert kept.status_code == 302
    version = RulebookVersion.objects.get()
    assert (version.source, version.status) == (wrong, "draft")
    assert "verifi" in admin.get(f"/rulebooks/write/{version.pk}").content.decode()
    assert admin.get(f"/rulebooks/{version.pk}/").status_code == 200
    assert admin.post(f"/rulebooks/{version.pk}/propose").status_code == 422


@pytest.mark.parametrize("text", ["", "title: 无名", "rulebook: [", "rulebook: small-book\x00", "rulebook: small-book\n" + "x" * 600_000])
def test_even_an_unfinished_text_must_say_which_rulebook_it_is(admin: Client, text: str) -> None:
    assert admin.post("/rulebooks/write/new", {"source": text, "unfinished": "yes"}).status_code == 422
    assert not RulebookVersion.objects.exists()


def test_only_a_draft_opens_in_the_editor(admin: Client) -> None:
    version = install_shipped(BOOK, by=BUILDER, at=LONG_AGO)

    answer = admin.get(f"/rulebooks/write/{version.pk}")

    assert answer.status_code == 409
    assert "请用它的文本新建一份草稿" in answer.content.decode()
