"""E-mail: what a change queues is sent to a real SMTP server, once, in the reader's language."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from email import message_from_bytes, policy

import pytest
from django.test import override_settings

from banjie.channels.mail import send_queued
from banjie.channels.models import Notification
from banjie.config.environment import read_environment
from banjie.people.models import Member
from tests.pos import DETAILS, Pos


class _Handler(socketserver.StreamRequestHandler):
    """Speaks just enough SMTP; refuses recipients of nowhere.example."""

    def handle(self) -> None:
        self.wfile.write(b"220 test\r\n")
        lines: list[bytes] = []
        while line := self.rfile.readline().decode().rstrip("\r\n"):
            word = line.upper()
            if word == "DATA":
                self.wfile.write(b"354 go\r\n")
                while (text := self.rfile.readline().rstrip(b"\r\n")) != b".":
                    lines.append(text)
                self.server.letters.append(b"\n".join(lines))  # type: ignore[attr-defined]
                lines = []
            self.wfile.write(b"550 no such user\r\n" if "NOWHERE" in word and word.startswith("RCPT") else b"250 ok\r\n")


@pytest.fixture
def letters() -> Iterator[list[bytes]]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Handler) as server:
        server.daemon_threads = True
        server.letters = []  # type: ignore[attr-defined]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        env = read_environment({"BANJIE_EMAIL_URL": f"smtp://127.0.0.1:{server.server_address[1]}"})
        with override_settings(ENV=env):
            yield server.letters  # type: ignore[attr-defined]
        server.shutdown()


@pytest.mark.req("PLT-07")
def test_a_dispatch_reaches_the_engineers_mailbox_once_and_the_record_says_so(pos: Pos, letters: list[bytes]) -> None:
    Member.objects.filter(pk=pos.cast.zhao.member.pk).update(email="zhao@example.com")
    number = pos.dispatched()

    assert send_queued(pos.now) == 1
    assert send_queued(pos.now) == 0

    (letter,) = [message_from_bytes(text, policy=policy.default) for text in letters]
    assert letter["To"] == "zhao@example.com"
    assert number in letter["Subject"]
    assert "李娜" in letter["Subject"]
    assert "五.3" in letter.get_content()
    assert "打印机不出纸" in letter.get_content()
    row = Notification.objects.get(member=pos.cast.zhao.member, kind="dispatched")
    assert (row.email_state, row.email_at) == ("sent", pos.now)


def test_a_refused_address_is_recorded_and_does_not_hold_up_the_others(pos: Pos, letters: list[bytes]) -> None:
    Member.objects.filter(pk=pos.cast.zhao.member.pk).update(email="zhao@nowhere.example")
    Member.objects.filter(pk=pos.cast.gu_gz.member.pk).update(email="gu@example.com")
    pos.dispatched()
    relayed = pos.open("consumables", {**DETAILS, "merchant_no": "M-7002"}).number
    pos.do(relayed, "dispatch")

    assert send_queued(pos.now) == 2

    states = dict(Notification.objects.exclude(email_state="").values_list("member__name", "email_state"))
    assert states == {"赵强": "failed", "顾燕": "sent"}
    assert len(letters) == 1


def test_without_a_server_nothing_is_queued(pos: Pos) -> None:
    Member.objects.filter(pk=pos.cast.zhao.member.pk).update(email="zhao@example.com")

    pos.dispatched()

    assert send_queued(pos.now) == 0
    assert set(Notification.objects.values_list("email_state", flat=True)) == {""}
