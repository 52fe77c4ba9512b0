"""The page of a ticket: what it shows to whom, and its forms from the first click to a conflict."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from banjie.handling.models import Urge
from banjie.people.grants import forget
from tests.console.desk import HTMX, Desk, text_of

GUIDED = {"guided": "failed", "guidance": "重启无效"}


def test_the_page_offers_what_the_regulation_allows_this_person_now(desk: Desk) -> None:
    cast = desk.pos.cast
    number = desk.dispatched()

    assert 'data-action="book"' in desk.read(cast.zhao, f"/tickets/{number}/")
    assert 'data-action="book"' not in desk.read(cast.li, f"/tickets/{number}/")
    assert "data-action" not in desk.read(cast.auditor, f"/tickets/{number}/")


@pytest.mark.req("POS-03", "PLT-09")
def test_a_hidden_ticket_looks_like_none(desk: Desk) -> None:
    number = desk.dispatched()
    stranger = desk.browser(desk.pos.cast.gu_gz)

    hidden, missing = stranger.get(f"/tickets/{number}/"), stranger.get("/tickets/GZ-240603-99999/")

    assert (hidden.status_code, missing.status_code) == (404, 404)
    assert text_of(hidden) == text_of(missing)
    for path in ("news", "parts", "timeline", "actions/urge"):
        assert stranger.get(f"/tickets/{number}/{path}").status_code == 404


def test_a_page_costs_the_same_however_long_its_history_is(desk: Desk) -> None:
    number = desk.dispatched()
    short = _queries(desk, number)
    for n in range(40):
        desk.pos.do(number, "comment", {"note": f"备注 {n}"})
    long = _queries(desk, number)

    assert long <= short <= 16
    html = desk.read(desk.pos.cast.li, f"/tickets/{number}/")
    assert "更早的记录" in html
    earlier = html.split("timeline?before=")[1].split('"')[0]
    assert "电话指导" in desk.read(desk.pos.cast.li, f"/tickets/{number}/timeline?before={earlier}", **HTMX)


def _queries(desk: Desk, number: str) -> int:
    client = desk.browser(desk.pos.cast.li)
    forget()
    with CaptureQueriesContext(connection) as queries:
        assert client.get(f"/tickets/{number}/").status_code == 200
    return len(queries)


def test_an_action_goes_back_to_the_ticket_with_the_next_form_open(desk: Desk) -> None:
    number = desk.open()

    response = desk.send(desk.pos.cast.li, number, "guide", GUIDED)

    assert response["HX-Redirect"] == f"/tickets/{number}/?do=dispatch"
    assert 'id="action-form"' in desk.read(desk.pos.cast.li, response["HX-Redirect"])


@pytest.mark.req("POS-11")
def test_dispatching_without_a_phone_is_refused_at_the_field_with_the_clause(desk: Desk) -> None:
    number = desk.open()
    desk.send(desk.pos.cast.li, number, "guide", GUIDED)
    form = {"address": "五一路12号", "contact": "王老板", "phone": "", "problem": "不出纸", "terminal_no": "T-88001"}

    response = desk.send(desk.pos.cast.li, number, "dispatch", form)

    assert response.status_code == 422
    assert response["X-Fragment"] == "refusal"
    html = text_of(response)
    assert 'data-field-error="phone"' in html
    assert "五.3" in html
    assert desk.pos.ticket(number).state == "registered"


def test_a_double_click_is_one_change(desk: Desk) -> None:
    number, zhang = desk.open(), desk.pos.cast.zhang
    hidden = desk.form(zhang, number, "urge")

    first = desk.send(zhang, number, "urge", {"note": "快"}, hidden)
    second = desk.send(zhang, number, "urge", {"note": "快"}, hidden)

    assert first["HX-Redirect"] == second["HX-Redirect"]
    assert Urge.objects.filter(ticket__number=number).count() == 1


def test_two_dispatchers_on_one_ticket_the_second_learns_who_did_what_and_may_send_knowingly(desk: Desk) -> None:
    cast, number = desk.pos.cast, desk.open()
    slow = desk.form(cast.li, number, "supervise")
    desk.send(cast.zhang, number, "register", {**DETAILS_NOW, "contact": "新联系人"})

    lost = desk.send(cast.li, number, "supervise", {"note": "请今天处理"}, slow)

    assert lost.status_code == 409
    assert lost["HX-Trigger"] == "ticket-refresh"
    html = text_of(lost)
    assert "张敏" in html
    assert "信息登记" in html
    assert "新联系人" in html
    assert "仍然提交" in html
    version = html.split('name="expect_now" value="')[1].split('"')[0]
    assert desk.send(cast.li, number, "supervise", {"note": "请今天处理", "expect_now": version}, slow)["HX-Redirect"].startswith(
        "/tickets/"
    )


def test_sending_knowingly_undoes_nothing_that_the_other_entered(desk: Desk) -> None:
    cast, number = desk.pos.cast, desk.open()
    slow = desk.form(cast.li, number, "register")
    as_drawn = {name.removeprefix("was."): value for name, value in slow.items() if name.startswith("was.")}
    desk.send(cast.zhang, number, "register", {**DETAILS_NOW, "contact": "新联系人"})

    desk.send(cast.li, number, "register", {**as_drawn, "address": "解放路1号", "expect_now": "2"}, slow)

    assert (desk.pos.ticket(number).contact, desk.pos.ticket(number).address) == ("新联系人", "解放路1号")
    assert "contact" not in desk.pos.ticket(number).events.order_by("-seq")[0].payload


def test_a_conflict_after_which_the_action_is_impossible_says_so(desk: Desk) -> None:
    cast, number = desk.pos.cast, desk.open()
    slow = desk.form(cast.li, number, "guide")
    desk.send(cast.zhang, number, "guide", GUIDED)

    lost = desk.send(cast.li, number, "guide", GUIDED, slow)

    assert lost.status_code == 409
    assert "仍然提交" not in text_of(lost)
    assert "先复制" in text_of(lost)


def test_news_wait_for_who_is_typing_and_refresh_who_is_not(desk: Desk) -> None:
    cast, number = desk.pos.cast, desk.open()
    seen = desk.pos.ticket(number).chain_length
    desk.send(cast.zhang, number, "comment", {"note": "客户又来电"})

    typing = desk.read(cast.li, f"/tickets/{number}/news?seen={seen}&token=x", **HTMX)
    reading = desk.read(cast.li, f"/tickets/{number}/news?seen={seen}", **HTMX)
    own = desk.read(cast.zhang, f"/tickets/{number}/news?seen={seen}&token=x", **HTMX)

    assert "张敏" in typing
    assert "查看最新状态" in typing
    assert 'id="ticket-main"' not in typing
    assert 'id="ticket-main" hx-swap-oob="true"' in reading
    assert "刚刚有变化" not in own


def test_a_session_that_ended_in_the_middle_is_told_to_the_form(desk: Desk) -> None:
    number = desk.open()
    client = desk.browser(desk.pos.cast.li)
    hidden = desk.form(desk.pos.cast.li, number, "urge")
    client.logout()

    response = client.post(f"/tickets/{number}/actions/urge", {**hidden, "note": "快"}, headers=HTMX)

    assert response.status_code == 401
    assert desk.pos.ticket(number).version == 1


@pytest.mark.parametrize(
    ("action", "values", "status", "words"),
    [
        ("explode", {}, 422, "explode"),
        ("book", {}, 403, "预约上门"),
        ("call_back", {"reached": "satisfied"}, 409, "已受理"),
        ("guide", {"guided": "perhaps", "guidance": "x"}, 422, "指导结果"),
        ("guide", {"guided": "failed", "guidance": "长" * 5001}, 422, "电话指导内容"),
        ("guide", {"guided": "failed", "guidance": "长" * 30000}, 422, "电话指导内容"),
        ("guide", {"guided": "failed", "guidance": "x" * 10_000_000}, 413, "过长"),
        ("guide", {"expect": "99999"}, 409, "目前："),
    ],
)
def test_bad_input_gets_a_sentence_with_its_place_and_changes_nothing(
    desk: Desk, action: str, values: dict[str, str], status: int, words: str
) -> None:
    number = desk.open()

    response = desk.send(desk.pos.cast.li, number, action, values, {"token": "t", "expect": "1"})

    assert response.status_code == status
    assert words in text_of(response)
    assert response["X-Fragment"] == "refusal"
    assert desk.pos.ticket(number).version == 1


@pytest.mark.req("CUS-12")
def test_phones_are_whole_for_who_works_the_ticket_masked_else_and_shown_only_on_the_record(desk: Desk) -> None:
    cast, number = desk.pos.cast, desk.dispatched()
    page = f"/tickets/{number}/"

    assert "13800000001" in desk.read(cast.zhao, page)
    assert 'href="tel:13800000001"' in desk.read(cast.li, page)
    for who in (cast.zhang, cast.auditor):
        assert "13800000001" not in desk.read(who, page)
        assert "138****0001" in desk.read(who, page)
    assert desk.browser(cast.auditor).post(f"{page}phone", {"field": "phone"}).status_code == 403

    shown = desk.browser(cast.zhang).post(f"{page}phone", {"field": "phone"}, headers=HTMX)

    assert "13800000001" in text_of(shown)
    event = desk.pos.ticket(number).events.order_by("-seq")[0]
    assert (event.kind, event.actor_name) == ("phone_shown", "张敏")
    assert desk.browser(cast.zhang).post(f"{page}phone", {"field": "problem"}).status_code == 404


def test_a_masked_phone_left_empty_stays_as_it_is(desk: Desk) -> None:
    number = desk.open()
    form = desk.read(desk.pos.cast.zhang, f"/tickets/{number}/actions/register", **HTMX)

    desk.send(desk.pos.cast.zhang, number, "register", {**DETAILS_NOW, "phone": ""})

    assert "13800000001" not in form
    assert desk.pos.ticket(number).phone == "13800000001"


DETAILS_NOW = {"address": "五一路12号", "contact": "王老板", "problem": "不出纸", "terminal_no": "T-88001"}


@pytest.mark.req("DSP-04")
def test_the_page_says_why_this_person_has_the_ticket(desk: Desk) -> None:
    html = desk.read(desk.pos.cast.li, f"/tickets/{desk.dispatched()}/")

    assert "直接派单" in html or "直派" in html
    assert "位候选人" in html


def test_after_an_action_one_goes_back_only_to_a_page_of_this_site(desk: Desk) -> None:
    number = desk.open()
    zhang = desk.pos.cast.zhang

    ours = desk.send(zhang, number, "urge", {"note": "快", "back": "/duties/"})
    foreign = desk.send(zhang, number, "urge", {"note": "快", "back": "//evil.example/"})

    assert ours["HX-Redirect"] == "/duties/"
    assert foreign["HX-Redirect"].startswith(f"/tickets/{number}/")
