"""The console's pages in Chinese, with the clock of the day: doors read it themselves."""

from __future__ import annotations

import pytest
from django.utils import timezone

from banjie.people.grants import forget
from banjie.people.models import Member
from tests.console.desk import Desk
from tests.pos import Pos
from tools import messages


@pytest.fixture(scope="session", autouse=True)
def _compiled_catalogues() -> None:
    messages.compile_all()


@pytest.fixture
def desk(pos: Pos) -> Desk:
    """Return browsers of the cast on the regulation at work, at the present time."""
    Member.objects.update(must_change_password=False)
    forget()
    pos.now = timezone.now()
    return Desk(pos)
