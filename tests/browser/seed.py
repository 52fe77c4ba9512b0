"""Fill a new site for the browser: the cast with passwords, the POS regulation and that of returns, and yesterday's 37 completed tickets.

Run in the site's environment: `python -m tests.browser.seed`.
"""

from __future__ import annotations

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "banjie.config.settings")
django.setup()

from datetime import timedelta  # noqa: E402 - Django first

from django.contrib.auth.hashers import make_password  # noqa: E402
from django.utils import timezone  # noqa: E402

from banjie.customers.verbs.assets import AssetDraft, save_asset  # noqa: E402
from banjie.customers.verbs.customers import CustomerDraft, save_customer  # noqa: E402
from banjie.deadlines.duties import run_duties  # noqa: E402
from banjie.people.actor import Actor  # noqa: E402
from banjie.people.grants import actor_of_member  # noqa: E402
from banjie.people.models import Member, Unit  # noqa: E402
from banjie.rulebook.queries import active_program  # noqa: E402
from banjie.rulebook.shipped import install_shipped  # noqa: E402
from banjie.tickets.lifecycle import perform  # noqa: E402
from banjie.tickets.opening import open_ticket  # noqa: E402
from banjie.worktime.verbs.install_shipped import install_shipped_calendars  # noqa: E402
from tests.browser.people import PASSWORD  # noqa: E402
from tests.cast import BUILDER, build_cast  # noqa: E402
from tests.pos import DETAILS, GUIDED  # noqa: E402
from tests.returns import install_returns  # noqa: E402

COMPLETED = 37


def seed() -> None:
    """Fill the site."""
    now = timezone.now()
    long_ago = now - timedelta(days=40)
    yesterday = timezone.localtime(now).replace(hour=0, minute=30, second=0, microsecond=0) - timedelta(days=1)
    build_cast(at=long_ago)
    Member.objects.update(password=make_password(PASSWORD), must_change_password=False)
    install_shipped_calendars(by=BUILDER, at=long_ago)
    install_shipped("pos-terminal-service", by=BUILDER, at=yesterday - timedelta(hours=1))
    install_returns(at=yesterday - timedelta(hours=1))
    unit = Unit.objects.get(code="HN-CS").pk
    customer = save_customer(CustomerDraft(name="老王火锅", kind="merchant", unit_id=unit), by=BUILDER, at=long_ago)
    keys = {"terminal_no": "T-88001", "merchant_no": "M-5001", "barcode": "PS-900001"}
    save_asset(
        customer.pk, AssetDraft(name="POS", address="老王火锅门店", unit_id=unit, engineer="zhao", keys=keys), by=BUILDER, at=long_ago
    )
    li, zhao = (_actor(name) for name in ("li", "zhao"))
    program = active_program("pos-terminal-service")
    for n in range(COMPLETED):
        at = yesterday + timedelta(minutes=10 * n)
        number = open_ticket(program, "device_fault", {**DETAILS, "terminal_no": "T-88001"}, by=li, at=at).number
        perform(number, "guide", GUIDED, by=li, at=at + timedelta(minutes=1))
        perform(number, "dispatch", {}, by=li, at=at + timedelta(minutes=2))
        perform(number, "complete", {"result": "更换打印模块", "fully_solved": True}, by=zhao, at=at + timedelta(minutes=30))
    run_duties(now)


def _actor(username: str) -> Actor:
    return actor_of_member(Member.objects.get(username=username).pk, timezone.now())


if __name__ == "__main__":
    seed()
