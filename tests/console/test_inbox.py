"""The inbox, and a customer's tickets."""

from __future__ import annotations

from banjie.channels.models import Notification
from banjie.channels.words import LOOKS, sentence
from banjie.customers.models import Customer
from tests.console.desk import HTMX, Desk


def test_a_dispatch_is_told_and_opening_the_ticket_reads_it(desk: Desk) -> None:
    zhao, number = desk.pos.cast.zhao, desk.dispatched()

    inbox = desk.read(zhao, "/inbox/?unread=1")
    bell = desk.read(zhao, "/inbox/bell", **HTMX)
    desk.read(zhao, f"/tickets/{number}/")

    assert "李娜 把这张工单派给了您" in inbox
    assert "打印机不出纸" in inbox
    assert '<span class="icon-button-count">1</span>' in bell
    assert number not in desk.read(zhao, "/inbox/?unread=1")
    assert number in desk.read(zhao, "/inbox/")


def test_nobody_reads_or_marks_anothers_notifications(desk: Desk) -> None:
    number = desk.dispatched()
    told = Notification.objects.get(member=desk.pos.cast.zhao.member)

    desk.browser(desk.pos.cast.li).post("/inbox/read", {"id": str(told.pk)})

    told.refresh_from_db()
    assert told.read_at is None
    assert number not in desk.read(desk.pos.cast.li, "/inbox/")


def test_all_are_marked_at_once(desk: Desk) -> None:
    for _n in range(3):
        desk.dispatched()

    desk.browser(desk.pos.cast.zhao).post("/inbox/read")

    assert not Notification.objects.filter(member=desk.pos.cast.zhao.member, read_at=None).exists()


def test_every_kind_has_a_sentence_of_its_own() -> None:
    sentences = {kind: sentence(kind, "李娜") for kind in LOOKS}

    assert all(text != kind for kind, text in sentences.items())
    assert sentence("of-later", "李娜") == "of-later"


def test_a_customers_page_lists_the_tickets_that_the_reader_may_see(desk: Desk) -> None:
    number = desk.open()
    customer = Customer.objects.get(name="老王火锅")

    assert number in desk.read(desk.pos.cast.chen_hn, f"/customers/{customer.pk}/tickets", **HTMX)
    assert desk.browser(desk.pos.cast.gu_gz).get(f"/customers/{customer.pk}/tickets").status_code == 404
