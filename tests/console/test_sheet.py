"""What a ticket's page leaves out of its form."""

from __future__ import annotations

import pytest

from banjie.console.queries.sheet import data, sheet
from tests.regulation import Regulation
from tests.regulations.service_exception import at_work, reported


@pytest.fixture
def law(db: None) -> Regulation:
    return at_work()


def test_a_field_that_this_ticket_never_asks_has_no_empty_line(law: Regulation) -> None:
    plain, oral = reported(law, by="ke"), reported(law, by="ke", oral=True, written="来电称壶柄熔化")

    shown = [{one["name"]: one["value"] for one in data(sheet(law.actor("ke"), number, "zh-hans", law.now))} for number in (plain, oral)]

    assert "written" not in shown[0]
    assert shown[1]["written"] == "来电称壶柄熔化"
