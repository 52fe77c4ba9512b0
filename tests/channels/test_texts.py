"""Text messages: what a rulebook asks for reaches a real HTTP server, signed, once; and waits, stays bounded or fails with its reason."""

from __future__ import annotations

import hmac
import json
import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.db import IntegrityError, transaction
from django.test import Client, override_settings

from banjie.channels import gateway
from banjie.channels.models import Notification, TextMessage
from banjie.channels.texts import LEASE, WAITS, send_texts
from banjie.channels.verbs.retry import NothingToRetry, retry_text
from banjie.config.environment import BadEnvironment, read_environment
from banjie.kernel.errors import NotPermitted, Unseen
from banjie.people.grants import forget
from banjie.people.models import AdminEvent, Member
from banjie.rulebook.check import check
from tests.cast import BUILDER
from tests.regulation import Regulation, install
from tests.rulebook.books import SMALL, spoil

TOKEN = "a-secret-of-the-gateway"
PEOPLE = {
    "an": ("安坐席", "hotline_agent", "HQ"),
    "gao": ("高工区", "responsible_area", "NORTH"),
    "gu": ("顾工区", "responsible_area", "NORTH"),
    "han": ("韩维护", "handler", "NORTH"),
    "hou": ("侯维护", "handler", "NORTH"),
}
FAULT = {"user_no": "U-1001", "user_address": "和平路1号", "phone": "13900001111", "arrears": "clear", "content": "不能上网"}


@dataclass
class Server:
    """A gateway: what came, and how it answers."""

    url: str = ""
    status: int = 200
    answer: bytes = b"{}"
    wait: float = 0.0
    drip: bool = False
    came: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    @property
    def bodies(self) -> list[dict[str, str]]:
        return [json.loads(body) for _headers, body in self.came]


@contextmanager
def serving() -> Iterator[Server]:
    state = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            state.came.append((dict(self.headers), self.rfile.read(int(self.headers["Content-Length"]))))
            time.sleep(state.wait)
            with suppress(OSError):  # the sender may have hung up
                self.answer()

        def answer(self) -> None:
            if state.drip:
                for sign in b"HTTP/1.1 200 OK\r\nX-Slow: " + b"x" * 200:
                    self.wfile.write(bytes([sign]))
                    time.sleep(0.05)
                return
            self.send_response(state.status)
            self.send_header("Location", "http://127.0.0.1:1/elsewhere")
            self.end_headers()
            self.wfile.write(state.answer)

        def log_message(self, *_arguments: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        state.url = f"http://127.0.0.1:{server.server_address[1]}/send?account=7"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield state
        server.shutdown()


@pytest.fixture
def sms() -> Iterator[Server]:
    with serving() as state, override_settings(ENV=read_environment({"BANJIE_SMS_URL": state.url, "BANJIE_SMS_TOKEN": TOKEN})):
        yield state


@pytest.fixture
def law(db: None) -> Regulation:
    return install("hotline-service", PEOPLE, {"NORTH": ("城北工区", "城北")})


def dispatched(law: Regulation, **entries: str) -> str:
    """Return a fault that was sent to the northern area, or to the person named in `entries`."""
    number = law.open("fault", FAULT, by="an", is_new=True)
    unit = {} if entries else {"target_unit": str(law.units["NORTH"].pk)}
    law.do(number, "dispatch", {**unit, **entries}, by="an")
    return number


def states(**narrowed: object) -> list[tuple[str, str]]:
    return sorted(TextMessage.objects.filter(**narrowed).values_list("member__username", "state"))


@pytest.mark.req("HOT-16")
def test_the_areas_staff_gets_a_text_message_when_a_fault_is_dispatched(law: Regulation, sms: Server) -> None:
    number = dispatched(law)

    assert send_texts(law.now) == 2
    assert send_texts(law.now) == 0

    assert sorted(body["to"] for body in sms.bodies) == ["+8613800010001", "+8613800010002"]
    assert states() == [("gao", "sent"), ("gu", "sent")]
    said = sms.bodies[0]["text"]
    assert number in said
    assert "故障报修" in said
    assert "安坐席" in said
    assert not any(secret in said for secret in ("不能上网", "13900001111", "和平路", "U-1001"))


@pytest.mark.req("HOT-16")
def test_a_single_technician_gets_it_when_the_ticket_is_sent_to_him_or_assigned(law: Regulation, sms: Server) -> None:
    dispatched(law, technician=str(law.members["han"].pk))
    number = dispatched(law)
    law.do(number, "sign", by="gao")
    law.do(number, "assign", {"technician": str(law.members["hou"].pk), "reason": "就近"}, by="gao")

    send_texts(law.now)

    assert {name for name, _state in states(kind="dispatched")} == {"han", "hou"}


@pytest.mark.req("HOT-16")
def test_without_a_gateway_nothing_is_queued_and_nothing_sent(law: Regulation) -> None:
    dispatched(law)

    assert send_texts(law.now) == 0
    assert not TextMessage.objects.exists()
    assert Notification.objects.filter(kind="relayed").count() == 2


def test_actions_of_which_the_book_does_not_say_so_send_none(law: Regulation, sms: Server) -> None:
    number = dispatched(law)
    TextMessage.objects.all().delete()

    law.do(number, "refuse", {"reason": "不是本工区"}, by="gao")

    assert Notification.objects.filter(kind="sent_back").exists()
    assert not TextMessage.objects.exists()


def test_who_has_no_mobile_gets_none(law: Regulation, sms: Server) -> None:
    Member.objects.filter(username="gao").update(phone="")
    Member.objects.filter(username="gu").update(phone="085187654321")

    dispatched(law)

    assert not TextMessage.objects.exists()


def test_a_message_is_signed_and_carries_its_id(law: Regulation, sms: Server) -> None:
    dispatched(law)

    send_texts(law.now)

    headers, body = sms.came[0]
    stamp = headers["X-Banjie-Timestamp"]
    assert headers["X-Banjie-Signature"] == hmac.new(TOKEN.encode(), f"{stamp}.".encode() + body, sha256).hexdigest()
    assert int(stamp) == int(law.now.timestamp())
    assert headers["Idempotency-Key"] == json.loads(body)["id"]
    assert len({body["id"] for body in sms.bodies}) == 2


def test_a_person_gets_one_message_for_an_event_however_many_notices_reach_him(db: None, sms: Server) -> None:
    book = SMALL.replace(
        "finish: {title: 办结, verb: complete, by: agent", "finish: {title: 办结, verb: complete, tell: agent, sms: true, by: boss"
    )
    book = book.replace("done: {title: 办结, stage: closing}", "done: {title: 办结, stage: closing, tell: agent}")
    law = install(book, {"an": ("安客服", "agent", "HQ"), "bo": ("薄主管", "boss", "HQ")})
    number = law.open("job", by="an")

    law.do(number, "finish", {"result": "好", "fully_solved": True}, by="bo")

    assert Notification.objects.filter(member__username="an", ticket_number=number).count() == 2
    row = TextMessage.objects.get()
    assert (row.member.username, row.kind) == ("an", "told")
    row.pk, row.key = None, "00000000-0000-0000-0000-000000000000"
    with pytest.raises(IntegrityError, match="text_message_once"), transaction.atomic():
        row.save(force_insert=True)


def test_a_change_that_is_undone_leaves_no_message_behind(law: Regulation, sms: Server) -> None:
    with transaction.atomic():
        dispatched(law)
        written = TextMessage.objects.count()
        transaction.set_rollback(True)

    assert written == 2
    assert not TextMessage.objects.exists()


def test_a_gateway_that_fails_is_tried_again_later_and_not_for_ever(law: Regulation, sms: Server) -> None:
    dispatched(law, technician=str(law.members["han"].pk))
    sms.status, sms.answer = 503, b'{"error": "busy, 13800010003 waits"}'

    for wait in WAITS:
        assert send_texts(law.now) == 1
        assert send_texts(law.now) == 0
        row = TextMessage.objects.get()
        assert (row.state, row.next_at) == ("waiting", law.now + wait)
        law.now += wait
    assert send_texts(law.now) == 1

    row = TextMessage.objects.get()
    assert (row.state, row.attempts, row.next_at) == ("failed", len(WAITS) + 1, None)
    assert "HTTP 503" in row.error
    assert "busy" in row.error
    assert "13800010003" not in row.error
    assert len({body["id"] for body in sms.bodies}) == 1
    assert send_texts(law.now + timedelta(days=1)) == 0


def test_a_gateway_that_is_down_is_asked_once_a_call_and_recovers(law: Regulation) -> None:
    with serving() as gone:
        address = gone.url
    with override_settings(ENV=read_environment({"BANJIE_SMS_URL": address, "BANJIE_SMS_TOKEN": TOKEN})):
        dispatched(law)
        assert send_texts(law.now) == 1
    assert sorted(TextMessage.objects.values_list("attempts", flat=True)) == [0, 1]
    assert all(state == "waiting" for _name, state in states())

    with serving() as back, override_settings(ENV=read_environment({"BANJIE_SMS_URL": back.url, "BANJIE_SMS_TOKEN": TOKEN})):
        assert send_texts(law.now + WAITS[0]) == 2

    assert states() == [("gao", "sent"), ("gu", "sent")]


@pytest.mark.parametrize("way", ["silent", "drip"])
def test_a_slow_gateway_is_left_in_bounded_time(law: Regulation, sms: Server, monkeypatch: pytest.MonkeyPatch, way: str) -> None:
    monkeypatch.setattr(gateway, "TIMEOUT", 0.4)
    sms.wait, sms.drip = (5.0, False) if way == "silent" else (0.0, True)
    dispatched(law)
    begun = time.monotonic()

    assert send_texts(law.now) == 1

    assert time.monotonic() - begun < 2
    row = TextMessage.objects.get(attempts=1)
    assert row.state == "waiting"
    assert "没有回应" in row.error


def test_what_the_gateway_refuses_has_failed_at_once_and_holds_up_nobody(law: Regulation, sms: Server) -> None:
    dispatched(law)
    sms.status, sms.answer = 422, b'{"error": "no such number"}'

    assert send_texts(law.now) == 2

    assert states() == [("gao", "failed"), ("gu", "failed")]
    assert "no such number" in TextMessage.objects.all()[0].error


def test_a_redirect_is_not_followed(law: Regulation, sms: Server) -> None:
    dispatched(law, technician=str(law.members["han"].pk))
    sms.status = 302

    send_texts(law.now)

    assert len(sms.came) == 1
    assert "HTTP 302" in TextMessage.objects.get(state="failed").error


def test_what_a_killed_worker_had_claimed_is_sent_later_as_the_same_message(law: Regulation, sms: Server) -> None:
    dispatched(law, technician=str(law.members["han"].pk))
    TextMessage.objects.update(attempts=1, next_at=law.now + LEASE)

    assert send_texts(law.now) == 0
    assert send_texts(law.now + LEASE) == 1

    assert sms.bodies[0]["id"] == str(TextMessage.objects.get(state="sent").key)


def test_who_has_left_meanwhile_gets_none_and_a_corrected_number_counts(law: Regulation, sms: Server) -> None:
    dispatched(law)
    Member.objects.filter(username="gao").update(is_active=False, left_at=law.now)
    Member.objects.filter(username="gu").update(phone="13911112222")

    send_texts(law.now)

    assert states() == [("gao", "failed"), ("gu", "sent")]
    assert [body["to"] for body in sms.bodies] == ["+8613911112222"]
    assert TextMessage.objects.get(state="sent").sent_to == "139****2222"


def test_neither_numbers_nor_the_token_are_logged(law: Regulation, sms: Server, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    dispatched(law)
    sms.status = 500

    send_texts(law.now)

    said = "\n".join(record.getMessage() for record in caplog.records if record.name.startswith("banjie"))
    assert TOKEN not in said
    assert "1380001000" not in said
    assert TOKEN not in repr(read_environment({"BANJIE_SMS_URL": sms.url, "BANJIE_SMS_TOKEN": TOKEN}))


@pytest.mark.parametrize(
    ("url", "token", "said"),
    [
        ("ftp://sms.example/x", TOKEN, "write a whole address"),
        ("https://me:secret-word@sms.example/x", TOKEN, "without user and password"),
        ("https://sms.example/x", "", "needs BANJIE_SMS_TOKEN"),
        ("https://sms.example/x", "short", "at least 16 characters"),
    ],
)
def test_a_setting_that_is_wrong_is_named_without_its_secret(url: str, token: str, said: str) -> None:
    with pytest.raises(BadEnvironment) as wrong:
        read_environment({"BANJIE_SMS_URL": url, "BANJIE_SMS_TOKEN": token})

    assert said in str(wrong.value)
    assert "secret-word" not in str(wrong.value)
    assert "now:" not in str(wrong.value)


def test_what_failed_is_sent_again_by_who_manages_members(law: Regulation, sms: Server) -> None:
    dispatched(law, technician=str(law.members["han"].pk))
    sms.status = 400
    send_texts(law.now)
    row = TextMessage.objects.get()
    sms.status = 200

    with pytest.raises(NotPermitted):
        retry_text(row.pk, by=law.actor("an"), at=law.now)
    with pytest.raises(Unseen):
        retry_text(row.pk + 1, by=BUILDER, at=law.now)
    retry_text(row.pk, by=BUILDER, at=law.now)
    send_texts(law.now)

    assert states() == [("han", "sent")]
    assert AdminEvent.objects.get(kind="text.retried").subject == "han"
    with pytest.raises(NothingToRetry):
        retry_text(row.pk, by=BUILDER, at=law.now)


def test_administrators_see_what_was_sent_and_what_failed_and_why(law: Regulation, sms: Server) -> None:
    law.appoint("an", "admin")
    dispatched(law)
    number = dispatched(law, technician=str(law.members["han"].pk))
    send_texts(law.now)
    TextMessage.objects.filter(member__username="han").update(state="failed", error="号码不存在")
    forget()
    client = Client()
    client.force_login(law.members["an"])

    page = client.get("/text-messages/").content.decode()
    failed = client.get("/text-messages/?state=failed").content.decode()
    client.post(f"/text-messages/{TextMessage.objects.get(state='failed').pk}/retry")

    assert all(word in page for word in ("高工区", "138****0001", "已发送", "号码不存在", number))
    assert "1380001000" not in page
    assert 'href="/text-messages/"' in page
    assert "高工区" not in failed
    assert states(member__username="han") == [("han", "waiting")]


def test_an_empty_list_says_when_messages_are_written(law: Regulation) -> None:
    law.appoint("an", "admin")
    client = Client()
    client.force_login(law.members["an"])

    page = client.get("/text-messages/").content.decode()

    assert "还没有短信" in page
    assert "没有配置短信网关" in page


def test_a_book_that_asks_for_messages_to_nobody_is_told_so() -> None:
    spoiled = spoil(
        "verb: verify, by: agent, from: opened, needs: verified", "verb: verify, by: agent, from: opened, sms: true, needs: verified"
    )

    assert (spoiled.only.line, spoiled.only.column) == spoiled.at("sms: true")
    assert "请加上 tell" in spoiled.only.message
    assert check(spoiled_with_tell := SMALL.replace("needs: verified}", "needs: verified, tell: boss, sms: true}")).problems == ()
    assert spoiled_with_tell
