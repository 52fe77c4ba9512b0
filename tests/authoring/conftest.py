"""A browser in which the administrator is signed in, and an organisation at work."""

from __future__ import annotations

import pytest
from django.test import Client

from banjie.people.grants import forget
from banjie.people.models import Member
from banjie.worktime.verbs.install_shipped import install_shipped_calendars
from tests.cast import BUILDER, LONG_AGO, Cast


def client_of(member: Member) -> Client:
    """Return a browser in which a member is signed in."""
    Member.objects.update(must_change_password=False)
    forget()
    client = Client()
    client.force_login(member)
    return client


@pytest.fixture
def admin(cast: Cast) -> Client:
    """Return the administrator's browser; calendars are there."""
    install_shipped_calendars(by=BUILDER, at=LONG_AGO)
    return client_of(cast.admin.member)
