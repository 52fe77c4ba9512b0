"""Rows that fill the places of a path: each function makes them and returns the places."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from banjie.channels.models import TextMessage
from banjie.customers.verbs.contacts import ContactDraft, save_contact
from banjie.customers.verbs.phones import PhoneDraft, add_phone
from banjie.deadlines.duties import run_duties
from banjie.deadlines.models import DutyRun, Finding
from banjie.people.verbs.delegations import DelegationDraft, name_deputy
from banjie.people.verbs.members import deactivate_member
from banjie.people.verbs.tokens import create_token
from banjie.rulebook.queries import active_program
from banjie.rulebook.shipped import install_shipped, shipped_text
from banjie.rulebook.verbs.versions import activate, propose, save_draft
from banjie.people.verbs.waivers import ask_for_waiver
from banjie.tickets.attachments import attach
from banjie.tickets.lifecycle import perform
from banjie.tickets.links import link_tickets
from banjie.tickets.opening import open_ticket
from banjie.worktime.drafts import CalendarDraft
from banjie.worktime.verbs.install_shipped import install_shipped_calendars
from banjie.worktime.verbs.save_calendar import save_calendar
from tests.cast import BUILDER, LONG_AGO, Cast
from tests.pos import DETAILS, merchant
from tests.rulebook.books import SMALL


def calendar_made(cast: Cast) -> Mapping[str, object]:
    """Make a calendar and return its place in a path."""
    draft = CalendarDraft(title="班", tz="Asia/Shanghai", weekly=(((540, 1080),),) * 7)
    save_calendar("walked", draft, by=cast.admin.actor, at=LONG_AGO)
    return {"code": "walked"}


def regulation(cast: Cast) -> Mapping[str, object]:
    """Put the POS regulation to work."""
    install_shipped_calendars(by=BUILDER, at=LONG_AGO)
    install_shipped("pos-terminal-service", by=BUILDER, at=LONG_AGO)
    return {}


def kept_ledger(cast: Cast) -> Mapping[str, object]:
    """Put a small regulation to work that keeps a ledger."""
    install_shipped_calendars(by=BUILDER, at=LONG_AGO)
    text = SMALL + "ledgers:\n  all: {title: 台账, types: job, columns: phone}\n"
    version = propose(save_draft(text, by=BUILDER, at=LONG_AGO).pk, by=BUILDER, at=LONG_AGO)
    activate(version.pk, by=BUILDER, at=LONG_AGO)
    return {}


def printed(cast: Cast) -> Mapping[str, object]:
    """Open a ticket of headquarters whose acceptance prints a sheet."""
    install_shipped_calendars(by=BUILDER, at=LONG_AGO)
    text = (
        SMALL.replace("by: agent", "by: hq_agent")
        .replace("agent: {title: 客服}", "hq_agent: {title: 客服}")
        .replace("asks: [phone, level]}", "asks: [phone, level], prints: 受理单}")
    )
    version = propose(save_draft(text, by=BUILDER, at=LONG_AGO).pk, by=BUILDER, at=LONG_AGO)
    activate(version.pk, by=BUILDER, at=LONG_AGO)
    done = open_ticket(active_program("small-book"), "job", {"phone": "13800138000", "level": "high"}, by=cast.li.actor, at=timezone.now())
    return {"number": done.number, "name": "accept"}


def dispatched(cast: Cast) -> Mapping[str, object]:
    """Dispatch a ticket of Changsha to zhao and return its places in a path."""
    regulation(cast)
    asset = merchant("老王火锅", "HN-CS", {"terminal_no": "T-88001"}, "zhao", cast)
    payload = {**DETAILS, "terminal_no": "T-88001"}
    now = timezone.now()
    number = open_ticket(active_program("pos-terminal-service"), "consumables", payload, by=cast.li.actor, at=now).number
    perform(number, "dispatch", {}, by=cast.li.actor, at=now)
    kept = attach(number, SimpleUploadedFile("a.txt", b"text"), by=cast.li.actor, at=now)
    run_duties(now)
    run = DutyRun.objects.order_by("pk")[0]
    return {"number": number, "name": "urge", "attachment_id": kept.pk, "customer_id": asset.customer_id, "run_id": run.pk}


def linked(cast: Cast) -> Mapping[str, object]:
    """Link a ticket of zhao's to another of his."""
    places = dispatched(cast)
    now = timezone.now()
    other = open_ticket(
        active_program("pos-terminal-service"), "consumables", {**DETAILS, "terminal_no": "T-88001"}, by=cast.li.actor, at=now
    ).number
    perform(other, "dispatch", {}, by=cast.li.actor, at=now)
    return {**places, "link_id": link_tickets(str(places["number"]), other, "related", by=cast.li.actor, at=now).pk}


def judged(cast: Cast) -> Mapping[str, object]:
    """Let a deadline of Changsha be judged and return the result's place in a path."""
    places = dispatched(cast)
    return {"finding_id": Finding.objects.get(ticket__number=places["number"], rule="dispatched").pk}


def rulebook_drafted(cast: Cast) -> Mapping[str, object]:
    """Draft a copy of the POS regulation."""
    regulation(cast)
    return {"version_id": save_draft(shipped_text("pos-terminal-service"), by=BUILDER, at=LONG_AGO).pk}


def rulebook_proposed(cast: Cast) -> Mapping[str, object]:
    """Let a rulebook that names no approver wait for its approval."""
    install_shipped_calendars(by=BUILDER, at=LONG_AGO)
    version = propose(save_draft(SMALL, by=BUILDER, at=LONG_AGO).pk, by=BUILDER, at=LONG_AGO)
    return {"version_id": version.pk}


def unit_of_hunan(cast: Cast) -> Mapping[str, object]:
    """Return a district that has neither units below nor tickets."""
    return {"unit_id": cast.units["HN-YY"].pk}


def member_of_hunan(cast: Cast) -> Mapping[str, object]:
    """Return an engineer."""
    return {"member_id": cast.liu_hn.member.pk}


def member_who_left(cast: Cast) -> Mapping[str, object]:
    """Return a member who may be taken back."""
    deactivate_member(cast.liu_hn.member, by=BUILDER, at=timezone.now())
    return member_of_hunan(cast)


def post_of_hunan(cast: Cast) -> Mapping[str, object]:
    """Return an engineer's post."""
    return {"post_id": cast.liu_hn.member.posts.get().pk}


def role_of_engineers(cast: Cast) -> Mapping[str, object]:
    """Return the engineers' role."""
    return {"role_id": cast.roles["engineer"].pk}


def token_of_li(cast: Cast) -> Mapping[str, object]:
    """Return a token of Li's."""
    return {"token_id": create_token(name="x", scope="read", expires_at=None, by=cast.li.actor, at=timezone.now()).token.pk}


def delegation_of_li(cast: Cast) -> Mapping[str, object]:
    """Let Zhang be Li's deputy for a day."""
    now = timezone.now()
    draft = DelegationDraft(cast.li.member, cast.zhang.member, now, now + timedelta(days=1))
    return {"delegation_id": name_deputy(draft, by=BUILDER, at=now).pk}


def customer(cast: Cast) -> Mapping[str, object]:
    """Return a customer of Changsha with a contact, a phone and an asset."""
    asset = merchant("老王火锅", "HN-CS", {"terminal_no": "T-88001"}, "zhao", cast)
    contact = save_contact(asset.customer_id, ContactDraft(name="王老板"), by=BUILDER, at=LONG_AGO)
    phone = add_phone(asset.customer_id, PhoneDraft(number="13800000001"), by=BUILDER, at=LONG_AGO)
    return {"customer_id": asset.customer_id, "asset_id": asset.pk, "contact_id": contact.pk, "phone_id": phone.pk}


def urged(cast: Cast) -> Mapping[str, object]:
    """Dispatch a ticket; the action to try is urging."""
    return {**dispatched(cast), "action": "urge"}
