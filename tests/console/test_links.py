"""Links on the ticket's page: the card, its forms, and what is refused inside them."""

from __future__ import annotations

import pytest

from banjie.tickets.models import Link
from tests.console.desk import HTMX, Desk, text_of


@pytest.mark.req("PLT-14")
def test_a_ticket_is_linked_on_its_page_and_both_pages_show_it(desk: Desk) -> None:
    li = desk.pos.cast.li
    one, two = desk.dispatched(), desk.dispatched()

    response = desk.browser(li).post(f"/tickets/{one}/links", {"other": two, "relation": "parent"}, headers=HTMX)

    assert response.status_code == 200
    assert response["HX-Trigger"] == "ticket-refresh"
    assert 'id="ticket-links"' in text_of(response)
    assert f"/tickets/{two}/" in text_of(response)
    page, other = desk.read(li, f"/tickets/{one}/"), desk.read(li, f"/tickets/{two}/")
    assert "上级工单" in page.split('id="ticket-links"')[1].split("</section>")[0]
    assert "下级工单" in other.split('id="ticket-links"')[1].split("</section>")[0]
    assert "关联工单" in page.split('id="timeline"')[1]


def test_a_refused_link_says_why_at_its_field(desk: Desk) -> None:
    one = desk.dispatched()

    response = desk.browser(desk.pos.cast.li).post(f"/tickets/{one}/links", {"other": one, "relation": "related"}, headers=HTMX)

    assert (response.status_code, response["X-Fragment"]) == (422, "refusal")
    assert 'data-field-error="other"' in text_of(response)
    assert "这是本工单自己的编号" in text_of(response)


def test_a_link_is_ended_on_the_page_with_its_reason(desk: Desk) -> None:
    li = desk.pos.cast.li
    one, two = desk.dispatched(), desk.dispatched()
    desk.browser(li).post(f"/tickets/{one}/links", {"other": two, "relation": "related"}, headers=HTMX)
    address = f"/tickets/{two}/links/{Link.objects.get().pk}/end"
    assert address in desk.read(li, f"/tickets/{two}/")

    refused = desk.browser(li).post(address, {"reason": ""}, headers=HTMX)
    ended = desk.browser(li).post(address, {"reason": "不是同一台"}, headers=HTMX)

    assert (refused.status_code, ended.status_code) == (422, 200)
    assert 'data-field-error="reason"' in text_of(refused)
    assert f"/tickets/{one}/" not in text_of(ended)
    timeline = desk.read(li, f"/tickets/{one}/").split('id="timeline"')[1]
    assert "解除关联" in timeline
    assert "不是同一台" in timeline


def test_who_may_only_read_sees_links_and_no_form(desk: Desk) -> None:
    cast = desk.pos.cast
    one, two = desk.dispatched(), desk.dispatched()
    assert "link-form" not in desk.read(cast.auditor, f"/tickets/{one}/")
    desk.browser(cast.li).post(f"/tickets/{one}/links", {"other": two, "relation": "related"}, headers=HTMX)

    page = desk.read(cast.auditor, f"/tickets/{one}/").split('id="ticket-links"')[1].split("</section>")[0]

    assert f"/tickets/{two}/" in page
    assert "<form" not in page


@pytest.mark.req("PLT-09")
def test_a_linked_ticket_of_another_branch_is_nowhere_on_the_page(desk: Desk) -> None:
    cast = desk.pos.cast
    one = desk.dispatched()
    guizhou = desk.pos.open("consumables", {"source": "bank", "merchant_no": "M-7002", "problem": "贵州的事"}).number
    desk.browser(cast.li).post(f"/tickets/{one}/links", {"other": guizhou, "relation": "related"}, headers=HTMX)

    page = desk.read(cast.chen_hn, f"/tickets/{one}/")

    assert guizhou not in page
    assert "您无权查看的工单" in page
    assert guizhou in desk.read(cast.li, f"/tickets/{one}/")
