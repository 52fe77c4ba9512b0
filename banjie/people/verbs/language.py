"""Let a member choose the language of his pages."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from banjie.kernel.errors import FieldError, InvalidInput, NotPermitted
from banjie.people.actor import Actor
from banjie.people.events import changed, facts_of, record
from banjie.people.grants import forget
from banjie.people.models import Member


@transaction.atomic
def change_own_language(language: str, *, by: Actor, at: datetime) -> Member:
    """Choose one of the site's languages, for every browser from the next sign-in on.

    Raises:
        NotPermitted: `by` is no person.
        ReadOnlyToken: `by` came in with a token that may only read.
        InvalidInput: the site does not speak this language.
    """
    by.must_write()
    if by.member_id is None:
        raise NotPermitted
    if language not in dict(settings.LANGUAGES):
        raise InvalidInput(errors=[FieldError("language", _("Choose one of the list."))])
    member = Member.objects.select_for_update().get(pk=by.member_id)
    before = facts_of(member)
    member.language = language
    member.save(update_fields=["language"])
    if before["language"] != language:
        record("member.changed", member.username, changed(before, facts_of(member)), by=by, at=at)
    forget()
    return member
