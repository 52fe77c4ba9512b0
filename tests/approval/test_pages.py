"""The pages of sign-offs: the panel of a ticket, the three lists, the mark in the navigation, deputies."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from banjie.approval.models import Handover, Signature
from banjie.people.grants import forget
from banjie.people.models import Delegation
from banjie.people.permissions import Permission
from banjie.people.verbs.delegations import DelegationDraft, name_deputy
from tests.approval.pages import HTMX, apply, client, read, text_of, words
from tests.cast import BUILDER
from tests.regulation import Regulation

YES = {"decision": "approved"}


def panel(law: Regulation, name: str, number: str) -> str:
    """Return the words of the ticket's panel."""
    html = read(law, name, f"/tickets/{number}/").split('<section class="panel signing"')[1].split("</section>")[0]
    return words("<" + html)


def sign(law: Regulation, number: str, *names: str) -> None:
    for name in names:
        law.do(number, "sign", YES, by=name)


def deputise(law: Regulation, deputy: str, of: str) -> Delegation:
    until = law.now + timedelta(days=2)
    return name_deputy(DelegationDraft(law.members[of], law.members[deputy], law.now, until), by=BUILDER, at=law.now)


def test_the_panel_shows_the_steps_in_order_with_who_must_sign_and_whom_it_waits_for(today: Regulation) -> None:
    number = apply(today, amount="80000")

    shown = panel(today, "chen", number)

    assert "审批进度 采购审批" in shown
    assert "部门负责人 任一人 等待 杜负责" in shown
    assert "会签 财务、法务 · 每个岗位一人" in shown
    assert "两名经理 经理 · 2 人" in shown
    assert shown.index("部门负责人") < shown.index("会签") < shown.index("两名经理")
    assert "轮到您审批" not in shown


def test_a_condition_that_fails_leaves_its_step_out_of_the_panel(today: Regulation) -> None:
    assert "两名经理" not in panel(today, "chen", apply(today, amount="500"))


def test_the_panel_shows_signatures_deputies_and_handovers(today: Regulation) -> None:
    number = apply(today, amount="80000")
    deputise(today, "zhou", of="du")
    today.do(number, "sign", {**YES, "reason": "请尽快采购"}, by="zhou")
    today.do(number, "pass_on", {"signer": today.members["ma"].pk, "reason": "出差"}, by="lei")
    deputise(today, "mei", of="fan")

    shown = panel(today, "chen", number)

    assert "周员工 代 杜负责 请尽快采购" in shown
    assert "财务 范财务 （代理人 梅经理） 、费财务" in shown
    assert "法务 马经理 （由 雷法务 转签）" in shown
    assert "还差 2 人签字" in shown
    assert "雷法务 把“法务”的签字转给 马经理: 出差" in shown


def test_a_signature_that_a_change_made_void_is_struck_and_says_why(today: Regulation) -> None:
    number = apply(today)
    sign(today, number, "du")

    today.do(number, "amend", {"amount": "900"}, by="fei")

    html = read(today, "chen", f"/tickets/{number}/")
    assert re.search(r"<s>杜负责\s", html)
    assert "签字后申请内容又有修改，以下签字已失效" in words(html)
    assert "等待 杜负责" in words(html)


def test_a_draft_has_no_panel_and_a_signed_round_stays_in_the_timeline(today: Regulation) -> None:
    number = apply(today)
    sign(today, number, "du")
    today.do(number, "sign", {"decision": "returned", "reason": "缺报价"}, by="lei")

    html = read(today, "chen", f"/tickets/{number}/")

    assert "审批进度" not in html
    timeline = words(html.split('id="timeline"')[1])
    assert "雷法务 审批" in timeline
    assert "缺报价" in timeline
    assert "杜负责 审批" in timeline


def test_the_signers_primary_button_is_his_signature_and_says_for_whom(today: Regulation) -> None:
    today.appoint("du", "staff")  # who may also do other things with the ticket
    number = apply(today)
    deputise(today, "zhou", of="du")

    mine, deputys = (read(today, name, f"/tickets/{number}/") for name in ("du", "zhou"))

    assert [re.findall(r'btn-primary"[^>]*data-action="(\w+)"', html) for html in (mine, deputys)] == [["sign"], ["sign"]]
    assert ("轮到您审批" in mine, "请代 杜负责 审批" in deputys) == (True, True)


def test_a_ticket_in_approval_costs_one_query_more(today: Regulation) -> None:
    draft = today.open("purchase", {"item": "打印纸", "amount": "500"}, by="chen")
    number = apply(today)

    def cost(address: str) -> int:
        browser = client(today, "chen")
        browser.get(address)
        with CaptureQueriesContext(connection) as queries:
            browser.get(address)
        return len(queries)

    assert cost(f"/tickets/{number}/") == cost(f"/tickets/{draft}/") + 1


def test_a_signature_may_be_handed_only_to_those_whom_the_form_offers(today: Regulation) -> None:
    number = apply(today)

    form = read(today, "du", f"/tickets/{number}/actions/pass_on", **HTMX)
    offered = dict(re.findall(r'<option value="(\d+)"[^>]*>([^<]+)<', form))
    for pk in offered:
        today.do(number, "pass_on", {"signer": int(pk), "reason": "出差"}, by="du")
        today.members["last"] = today.members["du"]
        break

    names = set(offered.values())
    assert {"范财务 · 财务", "马经理 · 经理", "周员工 · 员工"} <= names
    assert not any(name.startswith(("陈员工", "杜负责")) for name in names)
    assert Handover.objects.count() == 1


def test_the_inbox_lists_what_waits_and_as_whom(today: Regulation) -> None:
    own, other = apply(today, item="打印纸"), apply(today, item="椅子", by="zhou")
    deputise(today, "fan", of="du")

    du, fan, chen = (words(read(today, name, "/approvals/")) for name in ("du", "fan", "chen"))

    assert du.index(own) < du.index(other)
    assert "代 杜负责 打印纸" in fan
    assert "代 杜负责" not in du
    assert "没有等您审批的工单" in chen


def test_the_lists_of_what_i_signed_and_what_i_applied_for(today: Regulation) -> None:
    number = apply(today)
    today.do(number, "sign", {**YES, "reason": "同意购买"}, by="du")

    signed, applied, nothing = (
        words(read(today, name, f"/approvals/{page}")) for name, page in (("du", "signed"), ("chen", "applied"), ("lei", "signed"))
    )

    assert ("同意购买" in signed, "审批中" in signed, number in signed) == (True, True, True)
    assert "会签 法务 雷法务 财务 范财务、费财务" in applied
    assert "您还没有审批过申请" in nothing


def test_a_long_list_goes_on_at_the_next_page(today: Regulation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("banjie.approval.views.PAGE", 2)
    numbers = [apply(today) for _n in range(3)]
    sign(today, numbers[0], "du")
    sign(today, numbers[1], "du")
    sign(today, numbers[2], "du")

    for address, reader in (("/approvals/", "lei"), ("/approvals/signed", "du"), ("/approvals/applied", "chen")):
        first = read(today, reader, address)
        following = re.findall(r'rel="next" href="([^"]+)"', first)[0]
        second = read(today, reader, following)
        shown = [{number for number in numbers if number in html} for html in (first, second)]
        assert len(shown[0]) == 2
        assert shown[0] | shown[1] == set(numbers)
        assert 'rel="prev"' in second


def test_htmx_gets_the_list_alone_and_the_page_listens(today: Regulation) -> None:
    part = read(today, "du", "/approvals/", **HTMX)

    assert part.lstrip().startswith('<div id="list" data-live-topic="')
    assert "<html" not in part
    assert f"member:{today.members['du'].pk}" in part


def test_the_navigation_leads_there_with_a_key_and_a_live_count(today: Regulation) -> None:
    apply(today)
    sidebar = read(today, "du", "/approvals/").split('id="sidebar"')[1].split("</aside>")[0]

    mark = read(today, "du", "/approvals/count", **HTMX)
    none = read(today, "chen", "/approvals/count", **HTMX)

    assert re.search(r'href="/approvals/" aria-current="page" data-go="p"', sidebar)
    assert 'hx-get="/approvals/count" hx-trigger="load"' in sidebar
    assert words(mark) == "待我审批： 1"
    assert words(none) == ""
    assert 'hx-trigger="live"' in none


def test_the_pages_cost_the_same_however_many_rows_they_have(today: Regulation) -> None:
    def costs() -> list[int]:
        found = []
        for name, address in (("du", ""), ("du", "count"), ("du", "signed"), ("chen", "applied")):
            browser = client(today, name)
            browser.get(f"/approvals/{address}")
            with CaptureQueriesContext(connection) as queries:
                assert browser.get(f"/approvals/{address}").status_code == 200
            found.append(len(queries))
        return found

    sign(today, apply(today), "du")
    apply(today)
    few = costs()
    for _n in range(15):
        sign(today, apply(today), "du")
        apply(today)

    assert costs() == few
    assert max(few) <= 8


@pytest.mark.req("PLT-09")
def test_what_a_deputy_no_longer_sees_is_told_nowhere(today: Regulation) -> None:
    today.dismiss("zhou", "staff")
    number = apply(today, item="机密采购")
    named = deputise(today, "zhou", of="du")
    sign(today, number, "zhou")
    assert "机密采购" in read(today, "zhou", "/approvals/signed")

    Delegation.objects.filter(pk=named.pk).update(ended_at=timezone.now())
    forget()

    assert client(today, "zhou").get("/approvals/signed").status_code == 403
    assert client(today, "zhou").get(f"/tickets/{number}/").status_code == 404
    assert Signature.objects.get().by == today.members["zhou"]


def test_a_deputy_is_named_shown_on_both_sides_and_ended(today: Regulation) -> None:
    du = client(today, "du")
    last = timezone.localdate() + timedelta(days=2)

    sent = du.post(
        "/people/deputies", {"deputy": "zhou", "since": str(timezone.localdate()), "until": str(last), "reason": "休假"}, headers=HTMX
    )

    made = Delegation.objects.get()
    assert (sent.status_code, sent["HX-Redirect"]) == (204, "/people/deputies")
    assert timezone.localtime(made.until).date() == last + timedelta(days=1)
    mine, his = words(read(today, "du", "/people/deputies")), words(read(today, "zhou", "/people/deputies"))
    assert f"周员工 zhou 代理中 {timezone.localdate()} 至 {last} · 休假" in mine
    assert f"我代理谁 杜负责 代理中 {timezone.localdate()} 至 {last} · 休假" in his
    assert client(today, "zhou").post(f"/people/deputies/{made.pk}/end").status_code == 404
    assert du.post(f"/people/deputies/{made.pk}/end", headers=HTMX).status_code == 204
    assert "目前及以后都没有指定代理人" in words(read(today, "du", "/people/deputies"))


@pytest.mark.parametrize(
    ("entered", "field", "words_of"),
    [
        ({"deputy": "nobody"}, "deputy", "没有找到这位在职人员"),
        ({"deputy": ""}, "deputy", "没有找到这位在职人员"),
        ({"deputy": "du"}, "deputy", "不能"),
        ({"until": ""}, "until", "请填写最后一天"),
        ({"until": "2020-01-01"}, "until", "结束"),
        ({"since": "31.12."}, "since", "2026-12-31"),
        ({"until": "9999-12-31"}, "until", "2026-12-31"),
    ],
)
def test_what_is_wrong_with_a_deputy_is_said_at_its_field(today: Regulation, entered: dict[str, str], field: str, words_of: str) -> None:
    right = {"deputy": "zhou", "since": "", "until": str(timezone.localdate() + timedelta(days=2))}

    response = client(today, "du").post("/people/deputies", right | entered, headers=HTMX)

    assert (response.status_code, response["X-Fragment"]) == (422, "refusal")
    assert f'data-field-error="{field}"' in text_of(response)
    assert words_of in text_of(response)
    assert not Delegation.objects.exists()


def test_deputies_that_would_go_round_in_a_circle_are_refused_at_the_field(today: Regulation) -> None:
    deputise(today, "du", of="zhou")

    response = client(today, "du").post("/people/deputies", {"deputy": "周员工", "until": str(timezone.localdate())}, headers=HTMX)

    assert response.status_code == 409
    assert 'data-field-error="deputy"' in text_of(response)
    assert "周员工" in text_of(response)


def test_who_manages_members_names_and_ends_a_deputy_on_the_members_page(today: Regulation) -> None:
    today.appoint("ma", "admin")
    du = today.members["du"].pk
    assert Permission.MEMBER_MANAGE in today.actor("ma").grants[0].permissions | today.actor("ma").grants[-1].permissions
    form = {"deputy": "zhou", "until": str(timezone.localdate())}

    sent = client(today, "ma").post(f"/people/members/{du}/deputies", form, headers=HTMX)
    shown = read(today, "ma", f"/people/members/{du}")
    refused = client(today, "chen").post(f"/people/members/{du}/deputies", form, headers=HTMX)
    ended = client(today, "ma").post(f"/people/deputies/{Delegation.objects.get().pk}/end", headers=HTMX)

    assert (sent["HX-Redirect"], ended["HX-Redirect"], refused.status_code) == (f"/people/members/{du}", f"/people/members/{du}", 403)
    assert "周员工 zhou 代理中" in words(shown)
    assert Delegation.objects.get().ended_at is not None
