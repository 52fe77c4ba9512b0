"""Put approved versions to work when their time has come."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_noop

from banjie.kernel.errors import Refused
from banjie.people.actor import Actor
from banjie.rulebook.models import RulebookVersion
from banjie.rulebook.records import checked, log, refuse_unready
from banjie.rulebook.verbs.versions import put_to_work

Status = RulebookVersion.Status
_AT_ONCE = 20


@transaction.atomic
def start_approved(now: datetime) -> int:
    """Activate the versions whose time has come; return how many did.

    One that cannot work any more, because a calendar that it names is gone, becomes a draft again; the administration log says why.
    """
    due = RulebookVersion.objects.select_for_update(skip_locked=True, of=("self",)).select_related("rulebook")
    system, done = Actor.system("rulebook calendar"), 0
    for version in due.filter(status=Status.APPROVED, starts_at__lte=now).order_by("starts_at")[:_AT_ONCE]:
        try:
            report, book = checked(version.source)
            refuse_unready(report, book)
        except Refused as why:
            version.status, version.approved_at, version.approved_by_id, version.starts_at = Status.DRAFT, None, None, None
            version.save(update_fields=["status", "approved_at", "approved_by_id", "starts_at"])
            log("rulebook.returned", version, by=system, at=now, note=f"{gettext_noop('It could not start')}: {why.message}")
        else:
            put_to_work(version, book, by=system, at=now)
            done += 1
    return done
