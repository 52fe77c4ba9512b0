"""The gateway for text messages: what it gets is signed; when it fails, is slow or refuses, the messages wait in bounds or say why."""

from __future__ import annotations

import hmac
import json
import logging
import time
from datetime import timedelta
from hashlib import sha256

import pytest

from banjie.channels import gateway
from banjie.channels.models import TextMessage
from banjie.channels.texts import LEASE, WAITS, send_texts
from banjie.config.environment import BadEnvironment, read_environment
from tests.channels.faults import dispatched, states
from tests.channels.gateway_server import TOKEN, Server, serving, set_up
from tests.regulation import Regulation


def test_a_message_is_signed_and_carries_its_id(law: Regulation, sms: Server) -> None:
    dispatched(law)

    send_texts(law.now)

    headers, body = sms.came[0]
    stamp = headers["X-Banjie-Timestamp"]
    assert headers["X-Banjie-Signature"] == hmac.new(TOKEN.encode(), f"{stamp}.".encode() + body, sha256).hexdigest()
    assert int(stamp) == int(law.now.timestamp())
    assert headers["Idempotency-Key"] == json.loads(body)["id"]
    assert len({body["id"] for body in sms.bodies}) == 2


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
    with set_up(address):
        dispatched(law)
        assert send_texts(law.now) == 1
    assert sorted(TextMessage.objects.values_list("attempts", flat=True)) == [0, 1]
    assert all(state == "waiting" for _name, state in states())

    with serving() as back, set_up(back.url):
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
