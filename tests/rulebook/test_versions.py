"""Versions: a draft is proposed, approved by another, active, retired; what was active never changes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from banjie.kernel.errors import InvalidInput, NotPermitted, StaleVersion, Unseen
from banjie.people.access import actor_of_member, forget
from banjie.people.actor import Actor
from banjie.people.models import AdminEvent, Role
from banjie.people.permissions import Permission
from banjie.people.verbs.posts import assign_post
from banjie.rulebook.models import Rulebook, RulebookVersion
from banjie.rulebook.queries import active_program, program_of
from banjie.rulebook.records import NotReady
from banjie.rulebook.shipped import install_shipped, shipped_text
from banjie.rulebook.verbs.drafts import change_draft, return_proposal
from banjie.rulebook.verbs.versions import activate, propose, save_draft
from banjie.worktime.verbs.install_shipped import install_shipped_calendars
from tests.cast import BUILDER, LONG_AGO, Cast
from tests.pos import Pos, moment
from tests.rulebook.books import SMALL

NOW = moment("2024-06-03 09:00")
Status = RulebookVersion.Status


@pytest.fixture
def calendars(db: None) -> None:
    install_shipped_calendars(by=BUILDER, at=LONG_AGO)


@pytest.fixture
def author(cast: Cast) -> Actor:
    """Return Li with a role that may write rulebooks and also activate them."""
    permissions = [Permission.RULEBOOK_EDIT, Permission.RULEBOOK_ACTIVATE]
    role = Role.objects.create(code="rule_author", title="制度编写人", scope=Role.Scope.SUBTREE, permissions=permissions)
    assign_post(cast.li.member, role=role, unit=cast.units["HQ"], by=BUILDER, at=LONG_AGO)
    forget()
    return actor_of_member(cast.li.member.pk, NOW)


@pytest.fixture
def approver(cast: Cast) -> Actor:
    """Return Wang with the shipped role that approves rulebooks."""
    assign_post(cast.wang_sup.member, role=cast.roles["rulebook_approver"], unit=cast.units["HQ"], by=BUILDER, at=LONG_AGO)
    forget()
    return actor_of_member(cast.wang_sup.member.pk, NOW)


def proposed(text: str, author: Actor) -> RulebookVersion:
    return propose(save_draft(text, by=author, at=NOW).pk, by=author, at=NOW)


@pytest.mark.req("COM-20")
def test_a_version_is_drafted_proposed_and_activated_by_the_role_that_the_book_names(
    calendars: None, author: Actor, approver: Actor
) -> None:
    draft = save_draft(shipped_text("pos-terminal-service"), by=author, at=NOW)
    waiting = propose(draft.pk, by=author, at=NOW)

    version = activate(waiting.pk, by=approver, at=NOW + timedelta(hours=1))

    assert (version.number, version.status) == (1, Status.ACTIVE)
    assert version.created_by_id == author.member_id
    assert (version.approved_by_id, version.approved_at) == (approver.member_id, NOW + timedelta(hours=1))
    assert Rulebook.objects.get().active_id == version.pk
    kinds = list(AdminEvent.objects.filter(subject="pos-terminal-service v1").order_by("id").values_list("kind", flat=True))
    assert kinds == ["rulebook.drafted", "rulebook.proposed", "rulebook.activated"]


@pytest.mark.req("COM-20")
def test_nobody_approves_a_rulebook_of_his_own(calendars: None, author: Actor) -> None:
    version = proposed(SMALL, author)

    with pytest.raises(NotPermitted) as refused:
        activate(version.pk, by=author, at=NOW)

    assert "不能批准自己编写的规则书" in refused.value.message
    assert RulebookVersion.objects.get().status == Status.PROPOSED


@pytest.mark.req("COM-20")
def test_only_the_role_that_the_book_names_approves_it(calendars: None, author: Actor, approver: Actor, cast: Cast) -> None:
    named = SMALL.replace("calendar:", "approver: boss\ncalendar:")
    boss = Role.objects.create(code="boss", title="主管", scope=Role.Scope.SUBTREE, permissions=[Permission.RULEBOOK_READ])
    assign_post(cast.zhao.member, role=boss, unit=cast.units["HQ"], by=BUILDER, at=LONG_AGO)
    forget()
    first, system = proposed(named, author), BUILDER

    with pytest.raises(NotPermitted) as refused:
        activate(first.pk, by=approver, at=NOW)

    assert "须由“主管”批准" in refused.value.message
    activate(first.pk, by=system, at=NOW)
    # Once in force it says who approves the next one: holders of that role and nobody else, whatever the new text says.
    second = proposed(SMALL.replace("calendar:", "approver: agent\ncalendar:"), author)
    with pytest.raises(NotPermitted, match="须由“主管”批准"):
        activate(second.pk, by=approver, at=NOW)
    assert activate(second.pk, by=actor_of_member(cast.zhao.member.pk, NOW), at=NOW).status == Status.ACTIVE


def test_a_first_version_is_approved_by_whoever_may_activate_while_nobody_holds_the_role_it_names(
    calendars: None, author: Actor, approver: Actor
) -> None:
    version = proposed(SMALL.replace("calendar:", "approver: boss\ncalendar:"), author)

    assert activate(version.pk, by=approver, at=NOW).status == Status.ACTIVE


def test_without_permission_nothing_is_saved_proposed_or_activated(calendars: None, author: Actor, cast: Cast) -> None:
    version = proposed(SMALL, author)

    attempts: tuple[Callable[[], object], ...] = (
        lambda: save_draft(SMALL, by=cast.zhao.actor, at=NOW),
        lambda: propose(version.pk, by=cast.zhao.actor, at=NOW),
        lambda: activate(version.pk, by=cast.zhao.actor, at=NOW),
        lambda: return_proposal(version.pk, "不妥", by=cast.zhao.actor, at=NOW),
        lambda: change_draft(version.pk, SMALL, expect=version.digest, by=cast.zhao.actor, at=NOW),
    )

    for attempt in attempts:
        with pytest.raises(NotPermitted):
            attempt()

    assert RulebookVersion.objects.count() == 1


def test_a_text_with_errors_is_not_saved_and_each_error_has_its_place(author: Actor) -> None:
    with pytest.raises(InvalidInput) as refused:
        save_draft(SMALL.replace("verb: verify", "verb: verifi"), by=author, at=NOW)

    assert refused.value.errors[0].field == "32:26"
    assert not RulebookVersion.objects.exists()


@pytest.mark.req("PLT-10")
def test_a_limit_left_unset_may_be_drafted_and_blocks_the_proposal(calendars: None, author: Actor) -> None:
    draft = save_draft(SMALL.replace("low: 8h", "low: unset"), by=author, at=NOW)

    with pytest.raises(NotReady) as refused:
        propose(draft.pk, by=author, at=NOW)

    assert "还有 1 个时限没有设定，第一个在第 21 行" in refused.value.message
    assert RulebookVersion.objects.get().status == Status.DRAFT


def test_a_draft_that_says_what_is_not_built_yet_cannot_be_proposed(calendars: None, author: Actor) -> None:
    draft = save_draft(
        SMALL.replace("\nfields:\n", "\nfields:\n  photos: {title: 照片, kind: rows, fields: {one: {title: 照片, kind: file}}}\n"),
        by=author,
        at=NOW,
    )

    with pytest.raises(NotReady) as refused:
        propose(draft.pk, by=author, at=NOW)

    assert "尚未建成" in refused.value.message
    assert refused.value.errors


@pytest.mark.parametrize(
    "text", [SMALL.replace("cn-24h", "cn-2h"), SMALL.replace("within: handling}", "within: handling, calendar: cn-2h}")]
)
def test_a_calendar_that_does_not_exist_blocks_the_proposal(calendars: None, author: Actor, text: str) -> None:
    draft = save_draft(text, by=author, at=NOW)

    with pytest.raises(NotReady) as refused:
        propose(draft.pk, by=author, at=NOW)

    assert "没有日历“cn-2h”。请先在“日历”中建立，或改用：cn-24h, cn-office" in refused.value.message


def test_a_new_version_retires_the_one_before(calendars: None, author: Actor) -> None:
    first = activate(proposed(SMALL, author).pk, by=BUILDER, at=NOW)

    second = activate(proposed(SMALL.replace("小办法", "新办法"), author).pk, by=BUILDER, at=NOW + timedelta(days=1))

    first.refresh_from_db()
    assert (first.status, first.retired_at) == (Status.RETIRED, NOW + timedelta(days=1))
    assert second.number == 2
    assert active_program("small-book").number == 2
    assert Rulebook.objects.get().title == "新办法"


@pytest.mark.parametrize("step", ["activate a draft", "propose twice", "activate twice", "propose what is active", "return a draft"])
def test_no_step_can_be_left_out_or_done_twice(calendars: None, author: Actor, step: str) -> None:
    draft = save_draft(SMALL, by=author, at=NOW)
    if step in {"propose twice", "activate twice", "propose what is active"}:
        propose(draft.pk, by=author, at=NOW)
    if step in {"activate twice", "propose what is active"}:
        activate(draft.pk, by=BUILDER, at=NOW)
    before = RulebookVersion.objects.values().get()

    with pytest.raises(NotReady):
        _do(step, draft.pk, author)

    assert RulebookVersion.objects.values().get() == before


def _do(step: str, version_id: int, author: Actor) -> None:
    if step.startswith("propose"):
        propose(version_id, by=author, at=NOW)
    elif step.startswith("return"):
        return_proposal(version_id, "不妥", by=author, at=NOW)
    else:
        activate(version_id, by=BUILDER, at=NOW)


def test_a_version_that_does_not_exist_is_unseen(author: Actor) -> None:
    with pytest.raises(Unseen):
        propose(987654, by=author, at=NOW)


@pytest.mark.parametrize("status", [Status.PROPOSED, Status.ACTIVE, Status.RETIRED])
@pytest.mark.parametrize(
    "change",
    [
        "update rulebook_rulebookversion set source = 'x' where id = %s",
        "update rulebook_rulebookversion set digest = 'x' where id = %s",
        "update rulebook_rulebookversion set number = 9 where id = %s",
        "update rulebook_rulebookversion set created_by_id = null where id = %s",
        "delete from rulebook_rulebookversion where id = %s",
    ],
)
def test_sql_cannot_change_a_text_that_was_proposed(calendars: None, author: Actor, status: str, change: str) -> None:
    version = _in(status, author)

    with pytest.raises(IntegrityError, match="immutable"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change, [version.pk])

    version.refresh_from_db()
    assert version.source == SMALL


@pytest.mark.parametrize(
    ("status", "after"),
    [
        (Status.ACTIVE, "draft"),
        (Status.ACTIVE, "proposed"),
        (Status.RETIRED, "draft"),
        (Status.RETIRED, "active"),
        (Status.DRAFT, "active"),
        (Status.PROPOSED, "retired"),
    ],
)
def test_sql_cannot_move_a_version_backwards_or_past_its_approval(calendars: None, author: Actor, status: str, after: str) -> None:
    version = _in(status, author)
    Rulebook.objects.update(active=None)

    with pytest.raises(IntegrityError, match="immutable"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("update rulebook_rulebookversion set status = %s, activated_at = now() where id = %s", [after, version.pk])


def _in(status: str, author: Actor) -> RulebookVersion:
    version = save_draft(SMALL, by=author, at=NOW)
    if status != Status.DRAFT:
        version = propose(version.pk, by=author, at=NOW)
    if status in {Status.ACTIVE, Status.RETIRED}:
        version = activate(version.pk, by=BUILDER, at=NOW)
    if status == Status.RETIRED:
        activate(proposed(SMALL, author).pk, by=BUILDER, at=NOW)
        version.refresh_from_db()
    return version


@pytest.mark.req("COM-20")
def test_a_ticket_keeps_the_version_under_which_it_was_opened(pos: Pos) -> None:
    number = pos.open().number
    stricter = shipped_text("pos-terminal-service").replace(
        "pattern: '[A-Za-z0-9-]{4,20}'}", "pattern: '[A-Za-z0-9-]{4,20}', hint: 见机身}"
    )
    version = propose(save_draft(stricter, by=BUILDER, at=pos.now).pk, by=BUILDER, at=pos.now)

    activate(version.pk, by=BUILDER, at=pos.now)

    old = pos.ticket(number)
    assert program_of(old.rulebook_version_id).number == 1
    assert not program_of(old.rulebook_version_id).field("terminal_no").hint
    pos.program = active_program("pos-terminal-service")
    assert program_of(pos.ticket(pos.open().number).rulebook_version_id).number == 2


def test_roles_that_the_organisation_lacks_are_created_on_activation_and_others_stay(calendars: None, cast: Cast) -> None:
    before = Role.objects.get(code="hq_agent")

    install_shipped("pos-terminal-service", by=BUILDER, at=NOW)
    activate(propose(save_draft(SMALL, by=BUILDER, at=NOW).pk, by=BUILDER, at=NOW).pk, by=BUILDER, at=NOW)

    assert Role.objects.get(code="hq_agent").title == before.title
    assert Role.objects.get(code="boss").title == "主管"
    assert Role.objects.get(code="agent").scope == Role.Scope.SUBTREE


def test_a_draft_is_changed_by_whoever_read_its_last_text(author: Actor) -> None:
    draft = save_draft(SMALL, by=BUILDER, at=NOW)

    changed = change_draft(draft.pk, SMALL.replace("小办法", "新办法"), expect=draft.digest, by=author, at=NOW)

    assert (changed.number, changed.created_by_id) == (1, author.member_id)
    assert changed.digest != draft.digest
    with pytest.raises(StaleVersion):
        change_draft(draft.pk, SMALL, expect=draft.digest, by=author, at=NOW)


def test_a_draft_cannot_become_another_rulebook_nor_wrong(author: Actor) -> None:
    draft = save_draft(SMALL, by=author, at=NOW)

    with pytest.raises(InvalidInput):
        change_draft(draft.pk, SMALL.replace("small-book", "other-book"), expect=draft.digest, by=author, at=NOW)
    with pytest.raises(InvalidInput):
        change_draft(draft.pk, "nothing", expect=draft.digest, by=author, at=NOW)

    draft.refresh_from_db()
    assert draft.source == SMALL


def test_a_proposal_is_returned_with_a_reason_and_may_be_changed_again(calendars: None, author: Actor, approver: Actor) -> None:
    version = proposed(SMALL, author)
    with pytest.raises(InvalidInput):
        return_proposal(version.pk, "  ", by=approver, at=NOW)

    returned = return_proposal(version.pk, "时效太松", by=approver, at=NOW)

    assert returned.status == Status.DRAFT
    assert AdminEvent.objects.get(kind="rulebook.returned").detail["reason"] == "时效太松"
    change_draft(version.pk, SMALL.replace("8h", "4h"), expect=version.digest, by=author, at=NOW)


def test_a_proposed_text_cannot_be_changed(calendars: None, author: Actor) -> None:
    version = proposed(SMALL, author)

    with pytest.raises(NotReady):
        change_draft(version.pk, SMALL, expect=version.digest, by=author, at=NOW)
