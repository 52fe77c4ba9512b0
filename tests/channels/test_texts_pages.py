"""Who manages members sees the text messages and sends again what failed."""

from __future__ import annotations

import pytest
from django.test import Client

from banjie.channels.models import TextMessage
from banjie.channels.texts import send_texts
from banjie.channels.verbs.retry import NothingToRetry, retry_text
from banjie.kernel.errors import NotPermitted, Unseen
from banjie.people.grants import forget
from banjie.people.models import AdminEvent
from tests.cast import BUILDER
from tests.channels.faults import dispatched, states
from tests.channels.gateway_server import Server
from tests.regulation import Regulation


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
